"""Registers the app with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PupilsConfig(AppConfig):
    """Pupils."""

    name = "fleet.pupils"
    verbose_name = _("Pupils")

    def ready(self) -> None:
        """Register the permissions."""
        import_module("fleet.pupils.permissions")
