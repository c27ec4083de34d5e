"""Scheduled work on what devices report, and don't."""

import structlog
from celery import shared_task
from django.utils import timezone

from fleet.ingest.silences import tell_silences
from fleet.regulations.profile import HERE
from fleet.regulations.queries import profile_for

log = structlog.get_logger(__name__)


@shared_task
def watch_silences() -> int:
    """Tell of buses that have fallen silent under way; gives how many are."""
    going_on, taken_back = tell_silences(timezone.now(), profile=profile_for(HERE, timezone.localdate()).code)
    if going_on or taken_back:
        log.info("silences", going_on=len(going_on), taken_back=len(taken_back))
    return len(going_on)
