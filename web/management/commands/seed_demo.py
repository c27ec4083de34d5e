"""Fills the database with the demo's district, and tells who can sign in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from web.demo import add_bus_for_recording, kept_password, seed


class Command(BaseCommand):
    """``manage.py seed_demo``."""

    help = "Fills the database with the demo's district, and tells who can sign in. Can be run again."

    def add_arguments(self, parser: CommandParser) -> None:
        """A bus more, for a recording."""
        parser.add_argument(
            "--replay-bus", metavar="PLATE", help="add a bus of this plate, for a recording to drive"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, then print a login for each role."""
        password = kept_password(settings.DATA_DIR)
        logins = seed(password)
        if options["replay_bus"]:
            add_bus_for_recording(options["replay_bus"])
        for login in logins:
            self.stdout.write(f"  {login.username:<12} {password}   {login.role.value}: {login.sees}")
