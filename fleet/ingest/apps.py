"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IngestConfig(AppConfig):
    """From gateways to the database and on to live screens."""

    name = "fleet.ingest"
    verbose_name = _("Ingest")
