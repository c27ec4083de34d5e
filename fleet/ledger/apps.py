"""Registers the app with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """The child ledger."""

    name = "fleet.ledger"
    verbose_name = _("Child ledger")

    def ready(self) -> None:
        """Register the permissions."""
        import_module("fleet.ledger.permissions")
