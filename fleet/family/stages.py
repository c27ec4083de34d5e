"""How far a child's trip has come, as its family may know it: pure judgement, from what is known and the time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fleet.trips.states import State

BEFORE = timedelta(minutes=30)
"""So long before the planned departure a family may see a bus that was let go, unless the school says otherwise."""
AFTER = timedelta(hours=2)
"""So long after the planned end at most: a trip that nobody closes must not show its bus all night."""
LATE_AFTER = timedelta(minutes=5)


class Call(StrEnum):
    """What is known of the bus at a stop."""

    AHEAD = "ahead"
    ARRIVED = "arrived"
    DEPARTED = "departed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Stage(StrEnum):
    """What a family is told of a trip."""

    ABSENT = "absent"
    CANCELLED = "cancelled"
    PLANNED = "planned"
    NO_WORD = "no_word"
    """It should have left, and there is no word that it has."""
    COMING = "coming"
    AT_STOP = "at_stop"
    PASSED = "passed"
    SKIPPED = "skipped"
    UNCLEAR = "unclear"
    """It is past the stop; whether it stood there is not known."""
    AT_SCHOOL = "at_school"
    OVER = "over"
    """Its time is over without any word of it."""


WITH_BUS = frozenset({Stage.COMING, Stage.AT_STOP})
"""The stages in which the bus is shown: let go or running, and not past the child's stop."""


@dataclass(frozen=True)
class Facts:
    """What a stage follows from.

    Attributes:
        state: of the trip.
        starts_at: planned departure.
        ends_at: planned end.
        call: what is known of the bus at the child's stop.
        reached_school: whether it has arrived at the school, its last stop.
        is_absent: the child does not ride.
        shown_before: so long before the planned departure the bus may be seen.
    """

    state: State
    starts_at: datetime
    ends_at: datetime
    call: Call = Call.AHEAD
    reached_school: bool = False
    is_absent: bool = False
    shown_before: timedelta = BEFORE


def stage_of(facts: Facts, now: datetime) -> Stage:
    """How far a trip has come for a family at a moment."""
    if facts.is_absent:
        return Stage.ABSENT
    if facts.state == State.CANCELLED:
        return Stage.CANCELLED
    if facts.reached_school:
        return Stage.AT_SCHOOL
    if facts.call == Call.SKIPPED:
        return Stage.SKIPPED
    if facts.call == Call.DEPARTED:
        return Stage.PASSED
    if facts.call == Call.UNKNOWN:
        return Stage.UNCLEAR
    if facts.state in (State.CLOSING, State.CLOSED):
        return Stage.PASSED if facts.call == Call.ARRIVED else Stage.UNCLEAR
    return stage_ahead(facts, now)


def stage_ahead(facts: Facts, now: datetime) -> Stage:
    """The same, of an open trip that has not left the child's stop behind."""
    if now > facts.ends_at + AFTER:
        return Stage.OVER
    if facts.state == State.PLANNED:
        return Stage.NO_WORD if now > facts.starts_at + LATE_AFTER else Stage.PLANNED
    if now < facts.starts_at - facts.shown_before:
        return Stage.PLANNED
    return Stage.AT_STOP if facts.call == Call.ARRIVED else Stage.COMING


def turns_of(facts: Facts) -> Iterator[datetime]:
    """The moments at which the clock alone may change the stage."""
    yield facts.starts_at - facts.shown_before
    yield facts.starts_at + LATE_AFTER
    yield facts.ends_at + AFTER
