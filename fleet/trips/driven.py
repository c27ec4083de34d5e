"""Reads: on which days a bus drove, and the routes that its driving tells of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from fleet.positions.models import Fix as StoredFix
from fleet.regulations.calendars import china_calendar
from fleet.routes.models import Direction, Stop, Term
from fleet.routes.queries import patterns_on
from fleet.trips.generation import weekday_of_schools
from fleet.trips.reports import reports_of_bus
from fleet.vehicles.models import Bus, DeviceAssignment
from telematics.fix import Fix
from telematics.geometry import distance_m
from telematics.learning.drives import AT_SCHOOL_M, STANDS_BELOW_MPS
from telematics.learning.routes import DrivenDay, Learned, learn_routes
from telematics.learning.stops import KnownStop

DAYS_BACK = 30
"""Older driving may be of another timetable."""
FEWEST_REPORTS = 60
"""Of a bus that moves; fewer are no day of driving."""
DAYS_CHOSEN = 3
SATURDAY = 5


@dataclass(frozen=True)
class DayOfDriving:
    """A day on which a bus drove.

    Attributes:
        day: local.
        reports: made while the bus moved.
        is_school_day: whether the calendar of its school says so; where it has none, from Monday to Friday.
    """

    day: date
    reports: int
    is_school_day: bool


def days_of_driving(bus: Bus, today: date) -> list[DayOfDriving]:
    """The days before today, of the last thirty, on which a bus drove, the newest first."""
    first, until = midnight(today - timedelta(days=DAYS_BACK)), midnight(today)
    counts: dict[date, int] = {}
    for one in DeviceAssignment.objects.filter(bus=bus, since__lt=until):
        if one.until is not None and one.until <= first:
            continue
        found = StoredFix.objects.filter(
            device=one.device_id,
            time__gte=max(first, one.since),
            time__lt=min(until, one.until or until),
            speed_mps__gte=STANDS_BELOW_MPS,
        )
        by_day = found.annotate(day=TruncDate("time", tzinfo=timezone.get_default_timezone())).values_list(
            "day"
        )
        for day, reports in by_day.annotate(count=Count("*")).order_by():
            counts[day] = counts.get(day, 0) + reports
    return [
        DayOfDriving(day, reports, is_school_day(bus, day))
        for day, reports in sorted(counts.items(), reverse=True)
        if reports >= FEWEST_REPORTS
    ]


def days_to_learn_from(days: Sequence[DayOfDriving]) -> list[date]:
    """The three last school days of some days of driving; the last three days where there are none."""
    chosen = [one.day for one in days if one.is_school_day] or [one.day for one in days]
    return chosen[:DAYS_CHOSEN]


def is_school_day(bus: Bus, day: date) -> bool:
    """Whether the school of a bus teaches on a day."""
    if bus.school_id and Term.objects.current().filter(school=bus.school_id).exists():
        return bus.school_id in weekday_of_schools(day, china_calendar())
    return day.weekday() < SATURDAY


def learned_from(bus: Bus, days: Sequence[date], stops: Sequence[Stop]) -> Learned:
    """The ways that a bus runs, from its driving on some days.

    Args:
        bus: which.
        days: local.
        stops: that may be served; one within 30 m of where the bus stands is taken for the same.
    """
    known = [KnownStop(one.pk, one.place.y, one.place.x, one.approach_deg) for one in stops]
    driven = [DrivenDay(day, reports_on(bus, day)) for day in sorted(days)]
    return learn_routes(driven, timezone.get_default_timezone(), known, school_gate(bus.school_id))


def reports_on(bus: Bus, day: date) -> list[Fix]:
    """The reports of a bus on a local day."""
    return list(reports_of_bus(bus.pk, midnight(day), midnight(day + timedelta(days=1)), after=None))


def school_gate(school: int | None) -> tuple[float, float] | None:
    """(lat, lon) of where the routes of a school begin and end; None where it has none yet."""
    ends: list[tuple[float, float]] = []
    for pattern in patterns_on(timezone.localdate()).filter(route__school=school):
        served = pattern.pattern_stops.select_related("stop").order_by("order")
        end = served.last() if pattern.direction == Direction.TO_SCHOOL else served.first()
        if end:
            ends.append((end.stop.place.y, end.stop.place.x))

    def alike(end: tuple[float, float]) -> int:
        return sum(distance_m(*end, other[0], other[1]) <= AT_SCHOOL_M for other in ends)

    return max(ends, key=alike, default=None)


def midnight(day: date) -> datetime:
    """When a local day begins."""
    return datetime.combine(day, time(), timezone.get_default_timezone())
