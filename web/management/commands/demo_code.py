"""Prints the code that the demo's administrator is asked for at sign-in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from web.demo_second_factor import code_now, kept_key


class Command(BaseCommand):
    """``manage.py demo_code``."""

    help = "Prints the code of now for the demo's second factors. Each code signs in once."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        self.stdout.write(code_now(kept_key(settings.DATA_DIR)))
