"""Registers the app with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DutyConfig(AppConfig):
    """Driving and rest times."""

    name = "fleet.duty"
    verbose_name = _("Driving and rest times")

    def ready(self) -> None:
        """Register the permissions."""
        import_module("fleet.duty.permissions")
