"""Registers the app, and its permissions, with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Safety reports."""

    name = "fleet.reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        """Make the permissions known."""
        import_module("fleet.reports.permissions")
