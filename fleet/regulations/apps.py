"""Registers the app with Django; the profiles that are shipped are loaded after each migration."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed_apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RegulationsConfig(AppConfig):
    """What the law says in numbers, by jurisdiction and day."""

    name = "fleet.regulations"
    verbose_name = _("Regulations")

    def ready(self) -> None:
        """Make the permissions known, and have shipped profiles loaded."""
        from fleet.regulations import permissions  # noqa: F401, PLC0415  models are ready only now

        post_migrate.connect(load_after_migration, sender=self)


def load_after_migration(sender: AppConfig, apps: Any = installed_apps, **options: Any) -> None:
    """Load the shipped profiles into a database that has come to have a place for them."""
    from fleet.regulations.shipped import load_shipped_profiles  # noqa: PLC0415  models are ready only now

    try:
        apps.get_model("regulations", "RegulationNumber")
    except LookupError:
        return
    load_shipped_profiles()
