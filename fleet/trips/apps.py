"""Registers the app with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TripsConfig(AppConfig):
    """Trips."""

    name = "fleet.trips"
    verbose_name = _("Trips")

    def ready(self) -> None:
        """Register the permissions."""
        import_module("fleet.trips.permissions")
