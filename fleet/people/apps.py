"""Registers the app with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """The people who sign in."""

    name = "fleet.people"
    verbose_name = _("People")

    def ready(self) -> None:
        """Register the permissions."""
        import_module("fleet.people.permissions")
        import_module("fleet.people.account_permissions")
