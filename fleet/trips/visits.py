"""What the matching tells of a trip's stops, put together: pure, on rows that are stored afterwards."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from fleet.trips.models import StopVisit, VisitState
from telematics.match import Call, Phase, Position, StopCall
from telematics.rules.episode import ReportKey

STATES = {
    Call.ARRIVED: VisitState.ARRIVED,
    Call.DEPARTED: VisitState.DEPARTED,
    Call.SKIPPED: VisitState.SKIPPED,
    Call.UNKNOWN: VisitState.UNKNOWN,
}
FIELDS = ("state", "arrived_at", "departed_at", "uncertainty_s", "confidence", "evidence")
SEEN = (VisitState.ARRIVED, VisitState.DEPARTED)
PASSED_BY_M = 20.0
"""A bus so far beyond a stop has left it behind."""
STARTED_BY_M = 150.0
"""A bus so far beyond its first stop is on its way: it does not look for a place to park."""
SURE = 0.5
"""Less likely places than this decide nothing."""


def forget(visits: Iterable[StopVisit], bus: int) -> bool:
    """Make as if a bus had reached none of the stops; what another bus did before it was replaced stays.

    Returns:
        Whether anything was forgotten.
    """
    gone = [visit for visit in visits if visit.state != VisitState.AHEAD and is_by(visit, bus)]
    for visit in gone:
        visit.state, visit.evidence = VisitState.AHEAD, {}
        visit.arrived_at = visit.departed_at = visit.uncertainty_s = visit.confidence = None
    return bool(gone)


def is_by(visit: StopVisit, bus: int) -> bool:
    """Whether what is known of a stop was seen of a bus."""
    return bool(visit.evidence.get("bus") == bus)


def take_call(visits: Sequence[StopVisit], call: StopCall, bus: int) -> None:
    """Take what became of a stop. What was seen is not made undone by what was not, nor by a substitute."""
    visit = visits[call.stop]
    state = STATES[call.call]
    if visit.state in SEEN and (state not in SEEN or not is_by(visit, bus)):
        return
    visit.state = state
    visit.uncertainty_s, visit.confidence = call.bracket_s, call.confidence
    visit.evidence = {"bus": bus, "between": [report(key) for key in call.evidence]}
    if call.call is Call.ARRIVED:
        visit.arrived_at = call.at
    elif call.call is Call.DEPARTED:
        visit.departed_at = call.at


def take_position(visits: Sequence[StopVisit], position: Position, key: ReportKey, bus: int) -> None:
    """Stops that a bus has left behind before it was first seen on its way: nobody knows of them."""
    if not is_under_way(visits, position):
        return
    for visit in visits:
        if visit.distance_m + PASSED_BY_M < position.along_m and visit.state == VisitState.AHEAD:
            visit.state, visit.confidence = VisitState.UNKNOWN, position.confidence
            visit.evidence = {"bus": bus, "seen_beyond": report(key)}


def leave_unknown(visits: Iterable[StopVisit], bus: int) -> None:
    """Make the stops that are ahead unknown: their bus does not come to them any more."""
    for visit in visits:
        if visit.state == VisitState.AHEAD:
            visit.state, visit.evidence = VisitState.UNKNOWN, {"bus": bus}


def is_under_way(visits: Sequence[StopVisit], position: Position) -> bool:
    """Whether a bus is surely beyond its first stop."""
    beyond_m = position.along_m - visits[0].distance_m
    return (
        position.phase in (Phase.RUNNING, Phase.DONE)
        and position.confidence >= SURE
        and beyond_m >= STARTED_BY_M
    )


def departed_first(visits: Sequence[StopVisit]) -> datetime | None:
    """When a trip left its first stop, where that was seen."""
    return visits[0].departed_at


def arrived_last(visits: Sequence[StopVisit]) -> datetime | None:
    """When a trip reached its last stop, where that was seen."""
    return visits[-1].arrived_at


def report(key: ReportKey) -> list[Any]:
    """A report as evidence names it: event time and digest."""
    named: list[Any] = msgspec.to_builtins(key)
    return named
