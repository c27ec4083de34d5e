"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DispatchConfig(AppConfig):
    """What was asked of the dispatch gate, and what it said."""

    name = "fleet.dispatch"
    verbose_name = _("Dispatch")

    def ready(self) -> None:
        """Make the permissions known."""
        from fleet.dispatch import permissions  # noqa: F401, PLC0415  models are ready only now
