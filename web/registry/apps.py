"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    """The registry's pages, and the imports made there."""

    name = "web.registry"
    verbose_name = _("Registry")
