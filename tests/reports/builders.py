"""A school's bus with a trip that ended late, a finding on it with an alarm, and one outside of any trip."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fleet.alarms.models import Alarm, AlarmState
from fleet.findings.models import Finding
from fleet.reports.queries import Report, report_of
from fleet.reports.subjects import Subject, SubjectKind
from fleet.trips.models import StopVisit, Trip, TripState, VisitState
from tests.trips.builders import MONDAY, Line, line, trip_of

SUNDAY = date(2026, 11, 29)
SEVEN = datetime(2026, 11, 22, 23, 10, tzinfo=UTC)
"""Ten past seven on Monday in China."""
NOW = SEVEN + timedelta(days=3)


@dataclass(frozen=True)
class Week:
    """What there is to report of."""

    line: Line
    trip: Trip
    finding: Finding
    alarm: Alarm


def found(one: Line, trip: Trip | None, at: datetime = SEVEN, **changes: Any) -> Finding:
    given: dict[str, Any] = {
        "bus": one.bus, "driver": one.driver, "trip": trip, "rule": "speeding", "severity": "high", "points": 3,
        "subject": f"bus:{one.bus.pk}", "started_at": at, "last_at": at, "limit_source": "posted", "article": "t",
        "profile": "t", "found_live": True,
    }  # fmt: skip
    return Finding.objects.create(**given | changes)


def alarm(finding: Finding, one: Line, **changes: Any) -> Alarm:
    given: dict[str, Any] = {
        "about": finding.subject, "rule": finding.rule, "severity": finding.severity, "bus": finding.bus,
        "trip": finding.trip, "driver": finding.driver, "operator": one.where.operator, "school": one.where.school,
        "finding": finding, "started_at": finding.started_at, "last_at": finding.last_at,
        "raised_at": finding.started_at,
    }  # fmt: skip
    return Alarm.objects.create(**given | changes)


def late_trip(one: Line, at: datetime = SEVEN) -> Trip:
    """One that ended ten minutes late; it came late to its second stop, and of the others nothing is known."""
    trip = trip_of(one, at)
    trip.state, trip.started_at, trip.ended_at = TripState.CLOSED, at, trip.ends_at + timedelta(minutes=10)
    trip.save()
    StopVisit.objects.filter(trip=trip).update(state=VisitState.UNKNOWN)
    for order, late_min in ((0, 0), (1, 9)):
        visit = list(trip.visits.order_by("order"))[order]
        visit.arrived_at = visit.planned_at + timedelta(minutes=late_min)
        visit.state = VisitState.DEPARTED
        visit.save()
    return trip


def week(one: Line | None = None) -> Week:
    one = one or line()
    trip = late_trip(one)
    finding = found(one, trip)
    found(one, None, SEVEN + timedelta(days=1), rule="signal_gap", severity="medium", points=None)
    found(one, trip, SEVEN + timedelta(minutes=1), withdrawn_at=NOW)
    seen = alarm(finding, one, seen_at=SEVEN + timedelta(minutes=2), state=AlarmState.ACKNOWLEDGED)
    return Week(one, trip, finding, seen)


def report(one: Line, kind: SubjectKind, record: Any, by: Any = None, days: Any = (MONDAY, SUNDAY)) -> Report:
    return report_of(by or one.where.coordinator, Subject(kind, record), days[0], days[1], NOW)
