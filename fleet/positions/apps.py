"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PositionsConfig(AppConfig):
    """Where devices reported to be, and where each was last."""

    name = "fleet.positions"
    verbose_name = _("Positions")
