"""Registers the app with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationsConfig(AppConfig):
    """Districts, schools and operators, and who serves in them."""

    name = "fleet.organisations"
    verbose_name = _("Organisations")

    def ready(self) -> None:
        """Register the permissions."""
        import_module("fleet.organisations.permissions")
