"""Scheduled work on alarms."""

import structlog
from celery import shared_task
from django.utils import timezone

from fleet.alarms.escalation import escalate_due

log = structlog.get_logger(__name__)


@shared_task
def escalate_alarms() -> int:
    """Tell the next people of alarms that nobody has taken up."""
    changed = escalate_due(timezone.now())
    if changed:
        log.info("alarms_escalated", alarms=[one.pk for one in changed])
    return len(changed)
