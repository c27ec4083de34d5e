"""Registers the app with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoutesConfig(AppConfig):
    """Roads, routes and stops: where buses may run and stop."""

    name = "fleet.routes"
    verbose_name = _("Routes")

    def ready(self) -> None:
        """Register the permissions."""
        import_module("fleet.routes.permissions")
