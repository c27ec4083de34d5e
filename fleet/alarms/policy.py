"""Which findings become alarms, which of them are one alarm, and who is told next: pure functions.

An alarm costs a person's attention, and a queue of more than one in ten minutes is no longer read (EEMUA 191): what
needs no person is kept for the record, and what goes on or comes again is the same alarm.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fleet.alarms.states import State
from telematics.rules.episode import Severity

COMES_AGAIN_WITHIN = timedelta(minutes=15)
"""An episode so soon after another of the same rule and subject is the same alarm, while that is open."""

RANK = {Severity.RECORD: 0, Severity.MEDIUM: 1, Severity.HIGH: 2, Severity.EMERGENCY: 3}

HIGHEST_LEVEL = 2


@dataclass(frozen=True)
class Patience:
    """How long an alarm may wait at each level before the next one is told.

    Attributes:
        unseen: for whoever is told first to acknowledge it; and for those at the next level.
        unresolved: from raised to resolved, before those at the highest level are told.
    """

    unseen: tuple[timedelta, ...]
    unresolved: timedelta


PATIENCE = {
    Severity.EMERGENCY: Patience((timedelta(minutes=1), timedelta(minutes=3)), timedelta(minutes=15)),
    Severity.HIGH: Patience((timedelta(minutes=5), timedelta(minutes=15)), timedelta(hours=2)),
}
"""A medium alarm waits; it is in the day's report."""

ENDS_BY_ITSELF_AFTER = timedelta(hours=1)
"""A medium alarm that ended so long ago, and that nobody took up, is resolved as passed by itself."""


def becomes_alarm(severity: Severity, *, is_live: bool) -> bool:
    """Whether a finding is put before a person: what has just happened, and an emergency however late it is told."""
    if severity is Severity.EMERGENCY:
        return True
    return is_live and RANK[severity] >= RANK[Severity.MEDIUM]


def is_same_alarm(alarm: tuple[datetime, datetime], episode: tuple[datetime, datetime]) -> bool:
    """Whether an episode of the same rule and subject belongs to an open alarm: it overlaps it, or comes soon after.

    Args:
        alarm: from when, and until when the alarm was seen to last.
        episode: the same of the episode.
    """
    return episode[0] <= alarm[1] + COMES_AGAIN_WITHIN and episode[1] >= alarm[0] - COMES_AGAIN_WITHIN


def is_grave(severity: Severity) -> bool:
    """Whether what was done about it has to be said."""
    return RANK[severity] >= RANK[Severity.HIGH]


def level_due(severity: Severity, state: State, raised_at: datetime, now: datetime) -> int:
    """Which level has to be told by now: 0 whoever watches, 1 who answers for them, 2 the head of the school.

    Args:
        severity: of the alarm.
        state: how far it is handled.
        raised_at: when it was put before people, or came to be new again.
        now: the present.
    """
    patience = PATIENCE.get(severity)
    if patience is None or state is State.RESOLVED:
        return 0
    waited = now - raised_at
    if waited >= patience.unresolved:
        return HIGHEST_LEVEL
    if state is not State.NEW:
        return 0
    return sum(waited >= one for one in patience.unseen)


def passes_by_itself(severity: Severity, state: State, ended_at: datetime | None, now: datetime) -> bool:
    """Whether an alarm that nobody took up may leave the queue."""
    if severity is not Severity.MEDIUM or state is not State.NEW or ended_at is None:
        return False
    return now - ended_at >= ENDS_BY_ITSELF_AFTER
