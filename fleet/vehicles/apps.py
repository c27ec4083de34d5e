"""Registers the app with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VehiclesConfig(AppConfig):
    """Buses, and the devices that report where they are."""

    name = "fleet.vehicles"
    verbose_name = _("Vehicles")

    def ready(self) -> None:
        """Register the permissions."""
        import_module("fleet.vehicles.permissions")
