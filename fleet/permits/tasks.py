"""Scheduled work on what lapses."""

import structlog
from celery import shared_task
from django.utils import timezone

from fleet.permits.notices import notify_all

log = structlog.get_logger(__name__)


@shared_task
def notify_expiries() -> int:
    """Tell whoever can act what lapses in 60, 30, 7 and 1 days."""
    told = notify_all(timezone.localdate())
    log.info("expiries_notified", notices=told)
    return told
