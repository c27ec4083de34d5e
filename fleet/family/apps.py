"""Registers the app with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FamilyConfig(AppConfig):
    """Families."""

    name = "fleet.family"
    verbose_name = _("Families")

    def ready(self) -> None:
        """Register the permissions."""
        import_module("fleet.family.permissions")
