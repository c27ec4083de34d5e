"""What the rules know of a trip, and what they say about it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from telematics.fix import Fix
from telematics.line import Line
from telematics.match import Position
from telematics.rules.episode import Episode, Evidence, ReportKey, Severity

ROUTE_ARTICLE = "校车安全管理条例 第三十条"
"""Buses follow the approved route, but for traffic control, works, disaster, severe weather or an accident."""
STOP_ARTICLE = "校车安全管理条例 第三十二条"
"""Children board and alight at approved stops only."""


class Stretch(msgspec.Struct, frozen=True):
    """A part of a trip's line on which a speed limiter is set.

    Attributes:
        begins_m: along the line.
        ends_m: along the line.
        limit_mps: that it is set to.
        since: it holds from then on, inclusive; None for as long as the trip's line.
        until: up to then, exclusive; None for no end.
    """

    begins_m: float
    ends_m: float
    limit_mps: float
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, along_m: float, at: datetime) -> bool:
        """Whether it counts for a bus there and then."""
        is_set = (self.since is None or self.since <= at) and (self.until is None or at < self.until)
        return is_set and self.begins_m <= along_m <= self.ends_m


class Plan(msgspec.Struct, frozen=True):
    """A trip as it is approved.

    Attributes:
        trip_id: names it, as in the matching.
        line: that it follows.
        stops_m: how far along the line each stop is, in order.
        starts_at: planned departure.
        ends_at: planned end.
        exception: why it may leave its route (Art 30), where two people have said so; else empty.
        limiters: where a speed limiter is set.
    """

    trip_id: str
    line: Line
    stops_m: Sequence[float]
    starts_at: datetime
    ends_at: datetime
    exception: str = ""
    limiters: Sequence[Stretch] = ()

    def away_m(self, fix: Fix) -> float:
        """How far a report is from the line, metres."""
        places = self.line.places(fix.lat or 0.0, fix.lon or 0.0, float("inf"))
        return min(place.away_m for place in places)


class Placed(msgspec.Struct, frozen=True):
    """A sound report on a trip that is under way.

    Attributes:
        fix: the report.
        key: its key.
        plan: the trip.
        along_m: how far along its line, where the bus is on it; else None.
        confidence: probability of that, 0 to 1.
    """

    fix: Fix
    key: ReportKey
    plan: Plan
    along_m: float | None
    confidence: float

    @classmethod
    def of(cls, fix: Fix, plan: Plan, position: Position) -> "Placed":
        """A report where the matching puts it."""
        is_on = position.trip_id == plan.trip_id
        return cls(fix, ReportKey.of(fix), plan, position.along_m if is_on else None, position.confidence)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule found on a trip, in a form that is kept with the rules' state.

    Attributes:
        rule: name of the rule.
        trip_id: the trip.
        first: the first report of it.
        peak_key: the worst.
        last: the newest.
        is_over: whether it has ended.
        lat: where it was worst, degrees.
        lon: where it was worst, degrees.
        reports: so many reports.
        peak: the worst value, in `unit`.
        limit: what is allowed, in `unit`.
        unit: of both.
        limit_source: what sets the limit.
        article: the law.
        severity: how soon a person must look at it.
        details: what else was measured.
    """

    rule: str
    trip_id: str
    first: ReportKey
    peak_key: ReportKey
    last: ReportKey
    is_over: bool
    lat: float | None
    lon: float | None
    reports: int
    peak: float | None = None
    limit: float | None = None
    unit: str = ""
    limit_source: str
    article: str
    severity: Severity = Severity.MEDIUM
    details: dict[str, str | int | float | bool | None] = {}

    def episode(self) -> Episode:
        """The same as an episode."""
        return Episode(
            rule=self.rule,
            started_at=self.first.time,
            last_at=self.last.time,
            ended_at=self.last.time if self.is_over else None,
            peak=self.peak,
            limit=self.limit,
            unit=self.unit,
            limit_source=self.limit_source,
            article=self.article,
            lat=self.lat,
            lon=self.lon,
            evidence=Evidence(self.first, self.peak_key, self.last, self.reports),
            severity=self.severity,
            details=dict(self.details),
        )
