"""Lets the demo's pupils ride on the simulated buses, until it is stopped."""

import time
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from web.demo_riders import EVERY_S, ride_along

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """``manage.py demo_riders``."""

    help = "Records boardings, counts and walks of the demo's trips as its simulated buses drive."

    def handle(self, *args: Any, **options: Any) -> None:
        """Ride along until interrupted."""
        while True:
            try:
                closed = ride_along(timezone.now())
            except Exception as error:
                log.exception("demo_riders_failed", error=repr(error))
            else:
                if closed:
                    log.info("demo_trips_closed", trips=closed)
            close_old_connections()
            time.sleep(EVERY_S)
