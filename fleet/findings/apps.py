"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FindingsConfig(AppConfig):
    """What the rules found, with its evidence."""

    name = "fleet.findings"
    verbose_name = _("Findings")
