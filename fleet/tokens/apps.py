"""Registers the app with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TokensConfig(AppConfig):
    """Access tokens of people."""

    name = "fleet.tokens"
    verbose_name = _("Access tokens")

    def ready(self) -> None:
        """Register the permissions."""
        import_module("fleet.tokens.permissions")
