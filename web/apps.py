"""Registers the web layer with Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, live consumers, commands and system checks."""

    name = "web"

    def ready(self) -> None:
        """Register the system checks."""
        from web import checks  # noqa: F401, PLC0415  (imported for its registrations, once apps are ready)
