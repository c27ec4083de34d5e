"""Scheduled work on child ledgers."""

import structlog
from celery import shared_task
from django.utils import timezone

from fleet.ledger.findings import watch

log = structlog.get_logger(__name__)


@shared_task
def watch_ledgers() -> int:
    """Find trips that stay open and pupils missing in class, and who is to be told by now; gives how many changed."""
    found = watch(timezone.now())
    if found:
        log.info("ledgers_watched", changed=found)
    return found
