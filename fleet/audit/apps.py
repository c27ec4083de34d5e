"""Registers the app with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """The access log."""

    name = "fleet.audit"
    verbose_name = _("Access log")

    def ready(self) -> None:
        """Register the permissions."""
        import_module("fleet.audit.permissions")
