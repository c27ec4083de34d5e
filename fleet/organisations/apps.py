"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationsConfig(AppConfig):
    """Districts, schools and operators, and who serves in them."""

    name = "fleet.organisations"
    verbose_name = _("Organisations")
