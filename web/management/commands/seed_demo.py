"""Fills the database with the demo's district, and tells who can sign in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from telematics.simulator.district import demo_district
from web.accounts.gate import SECOND_FACTOR_ROLES
from web.demo import add_bus_for_recording, kept_password, seed
from web.demo_driving import drive_past_days
from web.demo_second_factor import app_address, guard, kept_key


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
        drive_past_days(demo_district(), timezone.localdate())
        if options["replay_bus"]:
            add_bus_for_recording(options["replay_bus"])
        for login in logins:
            self.stdout.write(f"  {login.username:<12} {password}   {login.role.value}: {login.sees}")
        if settings.ENVIRONMENT.require_mfa:
            self.guard([login.username for login in logins if login.role in SECOND_FACTOR_ROLES])

    def guard(self, usernames: list[str]) -> None:
        """Give those who need one a second factor, and tell how to get past it."""
        key = kept_key(settings.DATA_DIR)
        for username in usernames:
            guard(username, key)
        self.stdout.write(
            f"  A code is asked of {', '.join(usernames)}: manage.py demo_code prints it,"
            f" and authenticator apps take the key\n  {key} or {app_address(usernames[0], key)}"
        )
