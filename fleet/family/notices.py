"""What a trip's families are to be told now: pure, from where the trip is and what each guardian has chosen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from fleet.family.models import NoticeKind
from fleet.family.stages import LATE_AFTER, Call
from fleet.trips.states import State

ARRIVING_WITHIN = timedelta(minutes=2)
"""So long before it may come at the earliest, a bus is said to be arriving: a child must be at the stop by then."""


@dataclass(frozen=True)
class Happening:
    """A trip as it concerns the families of one of its stops.

    Attributes:
        day: on which it runs, local.
        call: what is known of the bus at the stop.
        stops_away: 1 where the stop is the next.
        low_at: earliest predicted arrival, where one is predicted.
        late_by: how late the bus is expected, where it is predicted.
        late_reason: where somebody has said it.
        plate: of the bus that runs; empty where the school does not show it.
    """

    day: date
    state: State
    call: Call
    stops_away: int
    low_at: datetime | None
    late_by: timedelta | None
    late_reason: str
    is_substituted: bool
    plate: str
    reached_school: bool


def kinds_due(
    one: Happening, wanted_stops_away: int, now: datetime
) -> Iterator[tuple[NoticeKind, dict[str, Any]]]:
    """Each kind that holds now, with what its words need; whether it was told already is not asked here."""
    if one.state == State.CANCELLED:
        yield NoticeKind.CANCELLED, {"day": one.day.isoformat()}
        return
    if one.reached_school:
        yield NoticeKind.AT_SCHOOL, {}
        return
    if one.call not in (Call.AHEAD, Call.ARRIVED):
        return
    if one.is_substituted and one.state in (State.PLANNED, State.DISPATCHED, State.RUNNING):
        yield NoticeKind.SUBSTITUTE, {"plate": one.plate, "day": one.day.isoformat()}
    if one.state in (State.PLANNED, State.DISPATCHED, State.RUNNING) and is_late(one):
        yield NoticeKind.LATE, {"minutes": minutes_late(one), "reason": one.late_reason}
    if one.state != State.RUNNING:
        return
    if one.call == Call.ARRIVED or (one.low_at and one.low_at - now <= ARRIVING_WITHIN):
        yield NoticeKind.ARRIVING, {}
    elif one.stops_away <= wanted_stops_away:
        yield NoticeKind.STOPS_AWAY, {"stops": one.stops_away}
    else:
        yield NoticeKind.DEPARTED, {}


def is_late(one: Happening) -> bool:
    """Whether it is worth telling that a bus is late: a reason was given, or it is expected late."""
    return bool(one.late_reason) or (one.late_by is not None and one.late_by >= LATE_AFTER)


def minutes_late(one: Happening) -> int | None:
    """How late it is expected in whole minutes; None where nobody knows."""
    return round(one.late_by.total_seconds() / 60) if one.late_by and one.late_by >= LATE_AFTER else None


def is_quiet(at: time, quiet_from: time | None, quiet_until: time | None) -> bool:
    """Whether a local time lies in the quiet hours."""
    if quiet_from is None or quiet_until is None:
        return False
    if quiet_from <= quiet_until:
        return quiet_from <= at < quiet_until
    return at >= quiet_from or at < quiet_until
