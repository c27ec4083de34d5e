"""Writes: alarms that nobody takes up are put before the next people; passed ones leave the queue."""

from datetime import datetime

from django.db import transaction

from fleet.alarms.announce import announce_after_commit
from fleet.alarms.models import Alarm, Reason
from fleet.alarms.policy import HIGHEST_LEVEL, level_due, passes_by_itself
from fleet.alarms.raising import record, resolve_unasked
from fleet.alarms.states import OPEN, State
from telematics.rules.episode import Severity

ESCALATED = "escalated"
STAGES = {"attendant": 0, "coordinator": 1, "principal": 2}
"""How far a finding itself says that people must be told: the child ledger's own minutes, from the law."""


def escalate_due(now: datetime) -> list[Alarm]:
    """Raise the level of alarms that waited too long, and resolve what has passed by itself.

    Returns:
        The alarms that were changed.
    """
    changed = []
    for pk in Alarm.objects.filter(state__in=OPEN).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            alarm = Alarm.objects.select_for_update(of=("self",)).select_related("finding").get(pk=pk)
            if looked_after(alarm, now):
                changed.append(alarm)
                announce_after_commit([alarm])
    return changed


def looked_after(alarm: Alarm, now: datetime) -> bool:
    """Whether an alarm was escalated or has left the queue."""
    state, severity = State(alarm.state), Severity(alarm.severity)
    if passes_by_itself(severity, state, alarm.ended_at, now):
        resolve_unasked(alarm, Reason.PASSED, now)
        return True
    by_story = STAGES.get(str(alarm.finding.details.get("stage")), 0)
    level = min(HIGHEST_LEVEL, max(by_story, level_due(severity, state, alarm.raised_at, now)))
    if level <= alarm.level or state is State.RESOLVED:
        return False
    alarm.level = level
    alarm.save()
    record(alarm, ESCALATED, now, details={"level": level})
    return True
