"""Registers the app with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedsConfig(AppConfig):
    """Feeds for partners."""

    name = "fleet.feeds"
    verbose_name = _("Feeds for partners")

    def ready(self) -> None:
        """Register the permissions."""
        import_module("fleet.feeds.permissions")
