"""Scheduled work on drivers' logs."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.utils import timezone

from fleet.duty.follow import busy_drivers, follow_drivers
from fleet.duty.log import find_unidentified

log = structlog.get_logger(__name__)

BEHIND = timedelta(minutes=20)
"""How far back each minute's work goes; reports that come later are told by the gateway."""


@shared_task
def follow_duty() -> int:
    """Bring the logs of the drivers who are with a bus up to date; gives how many."""
    now = timezone.now()
    drivers = busy_drivers(now - BEHIND, now)
    follow_drivers(dict.fromkeys(drivers, now - BEHIND), now)
    unidentified = find_unidentified(now - BEHIND, now)
    if unidentified:
        log.info("drivers_unidentified", trips=unidentified)
    return len(drivers)
