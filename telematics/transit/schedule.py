"""A timetable as GTFS Schedule has it: stops, routes, the days of services, shapes, trips.

Source: https://gtfs.org/documentation/schedule/reference/. Angles are degrees WGS-84; clock times are seconds after
noon less twelve hours of the service day, and so may be beyond 24 hours.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import msgspec

BUS = 3
"""Route type of the specification itself: 712, a school bus, is of an extended list that validators warn of."""
TO_SCHOOL, TO_HOME = 0, 1
"""What `direction_id` means in the timetables that Schoolrun writes; elsewhere it means what its maker likes."""

LatLon = tuple[float, float]


class Agency(msgspec.Struct, frozen=True):
    """Who answers for routes."""

    agency_id: str
    name: str
    url: str
    zone: str
    language: str = ""


class Stop(msgspec.Struct, frozen=True):
    """A place where vehicles stop."""

    stop_id: str
    name: str
    lat: float
    lon: float
    name_en: str = ""


class Route(msgspec.Struct, frozen=True):
    """Trips under one name."""

    route_id: str
    name: str
    agency_id: str = ""
    name_en: str = ""
    kind: int = BUS


class Service(msgspec.Struct, frozen=True):
    """The days on which trips run.

    Attributes:
        weekdays: bit 0 is Monday; in the range from `first` to `last`.
        added: days besides.
        removed: days of those on which they don't run.
    """

    service_id: str
    weekdays: int = 0
    first: date | None = None
    last: date | None = None
    added: frozenset[date] = frozenset()
    removed: frozenset[date] = frozenset()

    def days(self) -> frozenset[date]:
        """Every day."""
        found = set(self.added)
        if self.first and self.last and self.weekdays:
            day = self.first
            while day <= self.last:
                if self.weekdays >> day.weekday() & 1:
                    found.add(day)
                day += timedelta(days=1)
        return frozenset(found - self.removed)


class Call(msgspec.Struct, frozen=True, gc=False):
    """A trip at a stop.

    Attributes:
        along_m: along the trip's shape, where that is known.
    """

    sequence: int
    stop_id: str
    arrival_s: int
    departure_s: int
    along_m: float | None = None


class Trip(msgspec.Struct, frozen=True):
    """One run, on each day of its service.

    Attributes:
        direction: 0 or 1; None where the feed does not say.
        headsign: where it goes.
    """

    trip_id: str
    route_id: str
    service_id: str
    calls: tuple[Call, ...]
    direction: int | None = None
    shape_id: str = ""
    headsign: str = ""


class Schedule(msgspec.Struct, frozen=True):
    """A whole timetable, each part by its id."""

    agencies: Mapping[str, Agency]
    stops: Mapping[str, Stop]
    routes: Mapping[str, Route]
    services: Mapping[str, Service]
    shapes: Mapping[str, tuple[LatLon, ...]]
    trips: Mapping[str, Trip]


def service_of(service_id: str, days: Iterable[date], weekdays: int) -> Service:
    """A service that runs on exactly these days, told as weekdays in a range, with the days that differ.

    Raises:
        ValueError: there is no day.
    """
    wanted = frozenset(days)
    if not wanted:
        raise ValueError("A service without a day.")
    regular = Service(service_id, weekdays, min(wanted), max(wanted))
    usual = regular.days()
    return msgspec.structs.replace(regular, added=wanted - usual, removed=usual - wanted)
