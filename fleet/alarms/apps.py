"""Registers the app with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlarmsConfig(AppConfig):
    """Alarms."""

    name = "fleet.alarms"
    verbose_name = _("Alarms")

    def ready(self) -> None:
        """Register the permissions."""
        import_module("fleet.alarms.permissions")
