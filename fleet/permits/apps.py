"""Registers the app, and its permissions, with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PermitsConfig(AppConfig):
    """Use permits and plate cards."""

    name = "fleet.permits"
    verbose_name = _("Use permits")

    def ready(self) -> None:
        """Make the permissions known."""
        import_module("fleet.permits.permissions")
