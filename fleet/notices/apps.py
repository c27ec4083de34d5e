"""Registers the app, and its permissions, with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    """Notices to people."""

    name = "fleet.notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        """Make the permissions known."""
        import_module("fleet.notices.permissions")
