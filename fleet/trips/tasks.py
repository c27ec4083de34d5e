"""Scheduled work on trips."""

import structlog
from celery import shared_task
from django.utils import timezone

from fleet.trips.generation import generate_ahead

log = structlog.get_logger(__name__)


@shared_task
def generate_trips() -> int:
    """Bring the trips of the coming days in line with timetables and calendars; gives how many were added."""
    done = generate_ahead(timezone.now())
    log.info("trips_generated", added=done.added, changed=done.changed, cancelled=done.cancelled)
    return done.added
