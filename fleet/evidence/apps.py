"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    """Evidence."""

    name = "fleet.evidence"
    verbose_name = _("Evidence chain")
