"""What was so where and when: who was on a trip, where it was dangerous, and what the weather was.

Tables with validity, read from the database now and then, asked by event time: a report that comes late is judged by
what was in force when it was made.
"""

import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from fleet.organisations.queries import with_all_below
from fleet.routes.models import HazardousStretch, LowVisibility
from fleet.trips.models import Trip, TripState
from fleet.vehicles.models import DeviceAssignment
from telematics.line import Line
from telematics.roads import RoadIndex, RoadStretch

FRESH_S = 20.0
"""What is switched on is in force so soon at the latest."""
AT_HAZARD_COS = 0.8
LANE_SLACK_M = 12.0
"""A bus on a stretch is no further from its lanes than a receiver's error; one on the next street is."""
HAZARD_LANES = 2
ON_TRIP_UNTIL = timedelta(hours=3)
"""A trip that nobody closed is over so long after its planned end."""
DAYS_KEPT = 16


class Period(NamedTuple):
    """From a time on, inclusive, until another, exclusive; None for no end."""

    since: datetime
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether a time lies in it."""
        return self.since <= at and (self.until is None or at < self.until)


class Stay(NamedTuple):
    """A device in a bus: whose it is, and for how long."""

    period: Period
    bus: int
    organisations: frozenset[int]


class Hazards:
    """The dangerous stretches of routes, found by place and course."""

    def __init__(self, stretches: Iterable[tuple[Period, Sequence[tuple[float, float]]]]) -> None:
        self._periods: list[Period] = []
        roads = []
        for number, (period, line) in enumerate(stretches):
            self._periods.append(period)
            roads.append(RoadStretch("", "", line, key=number, lanes=HAZARD_LANES))
        self._index = RoadIndex(roads)

    def holds(self, lat: float, lon: float, course_deg: float | None, at: datetime) -> bool:
        """Whether a place was on a dangerous stretch, one way or the other, at a time."""
        if not self._periods:
            return False
        near = self._index.near(lat, lon, course_deg, least_cos=AT_HAZARD_COS)
        return any(
            away_m <= LANE_SLACK_M and self._periods[road].holds(at)
            for (road, _), (away_m, _) in near.items()
        )


class Tables:
    """All that limits depend on beside the road, as the database has it; read again when it is no longer fresh."""

    def __init__(self) -> None:
        self._read_at = -1e9
        self._stays: Mapping[str, Sequence[Stay]] = {}
        self._weather: Sequence[tuple[Period, frozenset[int]]] = ()
        self._hazards = Hazards(())
        self._trips: dict[date, Mapping[int, Sequence[Period]]] = {}

    def refresh(self) -> bool:
        """Read again what may have changed, unless that was just done; whether it was read."""
        now = time.monotonic()
        if now - self._read_at < FRESH_S:
            return False
        self._read_at = now
        self._stays = read_stays()
        self._weather = read_weather()
        self._hazards = Hazards(read_hazards())
        self._trips.clear()
        return True

    def stay(self, device: str, at: datetime) -> Stay | None:
        """The bus that a device was in."""
        stays = self._stays.get(device)
        if stays is None:
            return None
        found = 0 if len(stays) == 1 else bisect_right(stays, at, key=since_of) - 1
        return stays[found] if found >= 0 and stays[found].period.holds(at) else None

    def is_hazard(self, lat: float, lon: float, course_deg: float | None, at: datetime) -> bool:
        """Whether a place was dangerous at a time."""
        return self._hazards.holds(lat, lon, course_deg, at)

    def is_low_visibility(self, stay: Stay | None, at: datetime) -> bool:
        """Whether low visibility had been declared for the area of a bus."""
        if not self._weather or stay is None:
            return False
        return any(
            period.holds(at) and not stay.organisations.isdisjoint(area) for period, area in self._weather
        )

    def may_have_pupils(self, stay: Stay | None, at: datetime, day: date) -> bool:
        """Whether a bus was on a trip, so that pupils have to be taken to be aboard.

        A device in no bus, and a bus that has no trips that day, tell nothing about it: they are taken to be on one.

        Args:
            stay: the device in a bus.
            at: the time.
            day: the local day of that time.
        """
        if stay is None:
            return True
        trips = self._trips_of(day).get(stay.bus)
        return trips is None or any(one.holds(at) for one in trips)

    def _trips_of(self, day: date) -> Mapping[int, Sequence[Period]]:
        if day not in self._trips:
            if len(self._trips) >= DAYS_KEPT:
                self._trips.clear()
            self._trips[day] = read_trips(day)
        return self._trips[day]


def since_of(stay: Stay) -> datetime:
    """When a device came into a bus."""
    return stay.period.since


def read_stays() -> dict[str, list[Stay]]:
    """By device, the buses that it was in, in order."""
    found: dict[str, list[Stay]] = defaultdict(list)
    rows = DeviceAssignment.objects.order_by("since").values_list(
        "device__identifier", "since", "until", "bus_id", "bus__operator_id", "bus__school_id"
    )
    for device, since, until, bus, *organisations in rows.iterator():
        found[device].append(Stay(Period(since, until), bus, frozenset(filter(None, organisations))))
    return found


def read_weather() -> list[tuple[Period, frozenset[int]]]:
    """The times of low visibility, each with the organisations in whose area it was."""
    rows = LowVisibility.objects.values_list("since", "until", "organisation_id", "archived_at")
    return [
        (Period(since, min(filter(None, (until, archived)), default=None)), frozenset(with_all_below([area])))
        for since, until, area, archived in rows
    ]


def read_hazards() -> list[tuple[Period, list[tuple[float, float]]]]:
    """The dangerous stretches, each from when it was recorded; where nothing tells that, since its pattern holds."""
    found = []
    recorded = dict(HazardousStretch.history.filter(history_type="+").values_list("id", "history_date"))
    for one in HazardousStretch.objects.select_related("pattern"):
        since = recorded.get(one.pk) or midnight(one.pattern.valid_from)
        line = Line([(lat, lon) for lon, lat in one.pattern.line.coords])
        found.append((Period(since, one.archived_at), cut(line, one.begins_m, one.ends_m)))
    return found


def midnight(day: date) -> datetime:
    """When a local day begins."""
    return datetime.combine(day, clock.min, timezone.get_default_timezone())


def cut(line: Line, begins_m: float, ends_m: float) -> list[tuple[float, float]]:
    """The part of a line between two distances along it, its bends kept."""
    inner = [float(corner) for corner in line.along_m if begins_m < corner < ends_m]
    return [line.point_at(along_m) for along_m in (begins_m, *inner, ends_m)]


def read_trips(day: date) -> dict[int, list[Period]]:
    """By bus, the times of a day at which it was on a trip; trips that are under way have no end yet."""
    found: dict[int, list[Period]] = defaultdict(list)
    rows = Trip.objects.filter(
        ~Q(state=TripState.CANCELLED), bus__isnull=False, service_date=day
    ).values_list("bus_id", "state", "starts_at", "ends_at", "started_at", "ended_at")
    for bus, state, starts_at, ends_at, started_at, ended_at in rows.iterator():
        since = min(filter(None, (starts_at, started_at)))
        under_way = state in (TripState.RUNNING, TripState.CLOSING) and ended_at is None
        until = ends_at + ON_TRIP_UNTIL if under_way else ended_at or ends_at
        found[bus].append(Period(since, until))
    return found
