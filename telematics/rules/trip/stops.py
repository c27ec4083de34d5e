"""Missed stops and early departures, from what became of a trip's stops.

No state of their own: the matching has told of each stop whether the bus was seen at it, seen past it on another way,
or not seen at all. ::

    skipped, and children wait there ──────────────────────────▶ missed stop
    skipped, and nobody does; unknown; still ahead ────────────▶ nothing
    departed, surely earlier than planned less `early` ────────▶ early departure, where children may still come:
                                                                 for the record, but from `alarming` on for a person
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from telematics.rules.episode import ReportKey, Severity
from telematics.rules.trip.plan import ROUTE_ARTICLE, Found

MISSED_STOP, EARLY_DEPARTURE = "missed_stop", "early_departure"


class StopLimits(msgspec.Struct, frozen=True):
    """What the rules compare with; rules of the service, for the law gives no number.

    Attributes:
        early: so much before the planned time a bus may leave.
        alarming: so much before it somebody has to see whether a child was left behind.
        min_confidence: less likely places decide nothing.
    """

    early: timedelta = timedelta(minutes=1)
    alarming: timedelta = timedelta(minutes=3)
    min_confidence: float = 0.5


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a stop.

    Attributes:
        trip_id: the trip.
        number: of the stop, from 1.
        planned_at: when the bus was to be there.
        departed_at: when it left, where that was seen.
        uncertainty: so much the departure may have been later.
        is_skipped: whether the bus was seen to leave it out.
        pupils: how many were expected there.
        boards: whether children board there, so that they may come until the planned time.
        confidence: probability of the place, 0 to 1.
        evidence: the reports either side.
        lat: of the stop, degrees.
        lon: of the stop, degrees.
    """

    trip_id: str
    number: int
    planned_at: datetime
    departed_at: datetime | None
    uncertainty: timedelta
    is_skipped: bool
    pupils: int
    boards: bool
    confidence: float
    evidence: tuple[ReportKey, ReportKey]
    lat: float
    lon: float


def judged(calls: Iterable[Call], limits: StopLimits) -> list[Found]:
    """What became of the stops of a bus's day; those between the same two reports are one."""
    together: dict[tuple[str, ReportKey], list[Call]] = defaultdict(list)
    for call in calls:
        if rule := broken_by(call, limits):
            together[rule, call.evidence[0]].append(call)
    return [found(rule, same, limits) for (rule, _), same in together.items()]


def broken_by(call: Call, limits: StopLimits) -> str | None:
    """The rule that a stop's fate breaks, if any."""
    if call.confidence < limits.min_confidence or call.pupils == 0:
        return None
    if call.is_skipped:
        return MISSED_STOP
    if not call.boards or call.departed_at is None:
        return None
    surely_early = call.planned_at - (call.departed_at + call.uncertainty)
    return EARLY_DEPARTURE if surely_early > limits.early else None


def found(rule: str, calls: list[Call], limits: StopLimits) -> Found:
    """What was found at stops that the bus passed between the same two reports."""
    first, (before, after) = calls[0], calls[0].evidence
    is_missed = rule == MISSED_STOP
    early_s = [
        (call.planned_at - call.departed_at).total_seconds() for call in calls if call.departed_at is not None
    ]
    severity = (
        Severity.MEDIUM if early_s and max(early_s) >= limits.alarming.total_seconds() else Severity.RECORD
    )
    return Found(
        rule=rule,
        trip_id=first.trip_id,
        first=before,
        peak_key=after,
        last=after,
        is_over=True,
        lat=first.lat,
        lon=first.lon,
        reports=2,
        peak=None if is_missed else max(early_s),
        limit=None if is_missed else limits.early.total_seconds(),
        unit="" if is_missed else "s",
        limit_source="approved_route" if is_missed else "timetable",
        article=ROUTE_ARTICLE,
        severity=Severity.HIGH if is_missed else severity,
        details={
            "stops": ", ".join(str(call.number) for call in calls),
            "pupils": sum(call.pupils for call in calls),
        },
    )
