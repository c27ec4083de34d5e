"""Fills the database with the demo's district, and tells who can sign in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from web.demo import kept_password, seed


class Command(BaseCommand):
    """``manage.py seed_demo``."""

    help = "Fills the database with the demo's district, and tells who can sign in. Can be run again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, then print a login for each role."""
        password = kept_password(settings.DATA_DIR)
        for login in seed(password):
            self.stdout.write(f"  {login.username:<12} {password}   {login.role.value}: {login.sees}")
