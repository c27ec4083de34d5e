"""Reads a GTFS Schedule feed as it comes, and tells everything in it that can't be right.

Feeds begin with a mark before the first byte, have blank lines and hours beyond 24, and lack the files that they may
lack: all that is no fault.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from telematics.geometry import distance_m
from telematics.transit.faults import Fault, FaultKind, Faults
from telematics.transit.schedule import BUS, Agency, Call, LatLon, Route, Schedule, Service, Stop, Trip
from telematics.transit.tables import FeedError, FieldError, Row, Tables
from telematics.transit.writing import ADDED, REMOVED, WEEKDAYS

STOPS_FOR_BOARDING = ("", "0")
"""Values of `location_type`: a station, an entrance or a crossing in it is no place where a bus stops."""
DIRECTIONS = {"": None, "0": 0, "1": 1}
FLAGS = {"0": 0, "1": 1}
MOST_DEPARTURES = 100_000
"""So many that frequencies stand for, at most."""
TABLES_OF = {
    "stop_id": {"stops.txt"},
    "route_id": {"routes.txt"},
    "service_id": {"calendar.txt", "calendar_dates.txt"},
    "shape_id": {"shapes.txt"},
    "trip_id": {"trips.txt"},
}
"""Where the ids are made that other tables refer to."""
Timed = tuple[int, str, int | None, int | None, Row]


@dataclass(frozen=True)
class Reading:
    """What was read.

    Attributes:
        schedule: all that could be understood.
        faults: what can't be right, the first of it; a feed that has any is not to be used.
        fault_count: how much there is of that.
        left_out: trips that stop fewer than twice, and so go nowhere.
    """

    schedule: Schedule
    faults: Sequence[Fault]
    fault_count: int
    left_out: Sequence[str] = ()


@dataclass
class _Parts:
    agencies: dict[str, Agency] = field(default_factory=dict)
    stops: dict[str, Stop] = field(default_factory=dict)
    routes: dict[str, Route] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    shapes: dict[str, tuple[LatLon, ...]] = field(default_factory=dict)
    trips: dict[str, Trip] = field(default_factory=dict)


def read_schedule(content: bytes) -> Reading:
    """Read a zipped feed; nothing is raised, whatever it holds."""
    faults, parts = Faults(), _Parts()
    left_out: list[str] = []
    try:
        tables = Tables(content, faults)
    except FeedError as error:
        faults.add(error.fault)
    else:
        _FeedReader(tables, faults, parts, left_out).read()
    schedule = Schedule(parts.agencies, parts.stops, parts.routes, parts.services, parts.shapes, parts.trips)
    return Reading(schedule, sorted(faults.found), faults.count, left_out)


class _FeedReader:
    def __init__(self, tables: Tables, faults: Faults, parts: _Parts, left_out: list[str]) -> None:
        self._tables, self._faults, self._parts, self._left_out = tables, faults, parts, left_out
        self._ids: dict[str, set[str]] = defaultdict(set)
        """The ids that there are, by the name of their field: those of lines with faults too."""

    def _new(self, row: Row, field_name: str) -> str:
        key = row.new(field_name, self._ids[field_name])
        self._ids[field_name].add(key)
        return key

    def _referred(self, row: Row, field_name: str) -> str:
        is_told = self._tables.unread.isdisjoint(TABLES_OF[field_name])
        return row.one_of(field_name, self._ids[field_name] if is_told else None)

    def read(self) -> None:
        self._agencies()
        self._stops()
        self._routes()
        self._services()
        self._shapes()
        self._trips()
        self._translations()

    def _agencies(self) -> None:
        needed = ("agency_name", "agency_timezone")
        for row in self._tables.rows("agency.txt", needed):
            with suppress(FieldError):
                key = row.optional("agency_id")
                if key in self._parts.agencies:
                    raise row.fault("agency_id", FaultKind.REPEATED, key)
                zone = row.text("agency_timezone")
                try:
                    ZoneInfo(zone)
                except (ZoneInfoNotFoundError, ValueError, OSError) as error:
                    raise row.fault("agency_timezone", FaultKind.NO_ZONE, zone) from error
                name, language = row.text("agency_name"), row.optional("agency_lang")
                self._parts.agencies[key] = Agency(key, name, row.optional("agency_url"), zone, language)

    def _stops(self) -> None:
        for row in self._tables.rows("stops.txt", ("stop_id", "stop_lat", "stop_lon")):
            with suppress(FieldError):
                key = self._new(row, "stop_id")
                if row.optional("location_type") not in STOPS_FOR_BOARDING:
                    continue
                lat, lon = row.degrees("stop_lat", 90), row.degrees("stop_lon", 180)
                self._parts.stops[key] = Stop(key, row.text("stop_name"), lat, lon)

    def _routes(self) -> None:
        for row in self._tables.rows("routes.txt", ("route_id",)):
            with suppress(FieldError):
                key = self._new(row, "route_id")
                short, long = row.optional("route_short_name"), row.optional("route_long_name")
                name = long if short in long else " ".join(filter(None, (short, long)))
                if not name:
                    raise row.fault("route_long_name", FaultKind.EMPTY)
                kind = row.whole("route_type") if row.optional("route_type") else BUS
                self._parts.routes[key] = Route(key, name, row.optional("agency_id"), kind=kind)

    def _services(self) -> None:
        if not self._tables.has("calendar.txt") and not self._tables.has("calendar_dates.txt"):
            self._faults.add(Fault("calendar.txt", 0, "", FaultKind.NO_FILE))
        services = self._parts.services
        needed = ("service_id", *WEEKDAYS, "start_date", "end_date")
        for row in self._tables.rows("calendar.txt", needed, optional=True):
            with suppress(FieldError):
                key = self._new(row, "service_id")
                flags = [row.choice(day, FLAGS) or 0 for day in WEEKDAYS]
                first, last = row.day("start_date"), row.day("end_date")
                if last < first:
                    raise row.fault("end_date", FaultKind.WRONG_ORDER, row.text("end_date"))
                weekdays = sum(flag << number for number, flag in enumerate(flags))
                services[key] = Service(key, weekdays, first, last)
        of_days = ("service_id", "date", "exception_type")
        for row in self._tables.rows("calendar_dates.txt", of_days, optional=True):
            with suppress(FieldError):
                self._exception(row)

    def _exception(self, row: Row) -> None:
        key = row.text("service_id")
        self._ids["service_id"].add(key)
        day, kind = row.day("date"), row.text("exception_type")
        service = self._parts.services.get(key, Service(key))
        if day in service.added | service.removed:
            raise row.fault("date", FaultKind.REPEATED, row.text("date"))
        if kind == ADDED:
            changed = msgspec.structs.replace(service, added=service.added | {day})
        elif kind == REMOVED:
            changed = msgspec.structs.replace(service, removed=service.removed | {day})
        else:
            raise row.fault("exception_type", FaultKind.NOT_ONE_OF, kind)
        self._parts.services[key] = changed

    def _shapes(self) -> None:
        points: dict[str, dict[int, LatLon]] = defaultdict(dict)
        lines: dict[str, int] = {}
        needed = ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence")
        for row in self._tables.rows("shapes.txt", needed, optional=True):
            with suppress(FieldError):
                key = row.text("shape_id")
                self._ids["shape_id"].add(key)
                number = row.whole("shape_pt_sequence")
                if number in points[key]:
                    raise row.fault("shape_pt_sequence", FaultKind.REPEATED, str(number))
                points[key][number] = row.degrees("shape_pt_lat", 90), row.degrees("shape_pt_lon", 180)
                lines[key] = row.line
        for key, numbered in points.items():
            if len(set(numbered.values())) < 2:
                self._faults.add(Fault("shapes.txt", lines.get(key, 0), "shape_id", FaultKind.NO_LINE, key))
                continue
            self._parts.shapes[key] = tuple(point for _number, point in sorted(numbered.items()))

    def _trips(self) -> None:
        heads: dict[str, Trip] = {}
        for row in self._tables.rows("trips.txt", ("route_id", "service_id", "trip_id")):
            with suppress(FieldError):
                key = self._new(row, "trip_id")
                heads[key] = self._head(row)
        calls: dict[str, list[Timed]] = defaultdict(list)
        for row in self._tables.rows("stop_times.txt", ("trip_id", "stop_id", "stop_sequence")):
            with suppress(FieldError):
                trip = self._referred(row, "trip_id")
                stop = self._referred(row, "stop_id")
                arrival, departure = row.clock_s("arrival_time"), row.clock_s("departure_time")
                calls[trip].append((row.whole("stop_sequence"), stop, arrival, departure, row))
        for key, head in heads.items():
            timed = sorted(calls.get(key, []), key=lambda call: call[0])
            if any(call[1] not in self._parts.stops for call in timed):
                continue
            if len(timed) < 2:
                self._left_out.append(key)
                continue
            with suppress(FieldError):
                whole = tuple(timed_calls(key, timed, self._parts.stops))
                self._parts.trips[key] = msgspec.structs.replace(head, calls=whole)
        self._frequencies()

    def _head(self, row: Row) -> Trip:
        shape = row.optional("shape_id")
        return Trip(
            trip_id=row.text("trip_id"),
            route_id=self._referred(row, "route_id"),
            service_id=self._referred(row, "service_id"),
            calls=(),
            direction=row.choice("direction_id", DIRECTIONS),
            shape_id=self._referred(row, "shape_id") if shape else "",
            headsign=row.optional("trip_headsign"),
        )

    def _frequencies(self) -> None:
        """Put in the place of a trip that runs again and again its runs."""
        runs: dict[str, set[int]] = defaultdict(set)
        needed = ("trip_id", "start_time", "end_time", "headway_secs")
        for row in self._tables.rows("frequencies.txt", needed, optional=True):
            with suppress(FieldError):
                trip = self._referred(row, "trip_id")
                if trip not in self._parts.trips:
                    continue
                row.text("start_time")
                row.text("end_time")
                first, end = row.clock_s("start_time") or 0, row.clock_s("end_time") or 0
                starts = range(first, end, row.whole("headway_secs", least=1))
                if sum(map(len, runs.values())) + len(starts) > MOST_DEPARTURES:
                    raise row.fault("headway_secs", FaultKind.TOO_MANY_ROWS, str(MOST_DEPARTURES))
                runs[trip].update(starts)
        for trip, starts_s in runs.items():
            pattern = self._parts.trips.pop(trip)
            for start_s in sorted(starts_s):
                key = f"{trip}@{start_s}"
                self._parts.trips[key] = moved(pattern, key, start_s - pattern.calls[0].departure_s)

    def _translations(self) -> None:
        needed = ("table_name", "field_name", "language", "translation")
        for row in self._tables.rows("translations.txt", needed, optional=True):
            if not row.optional("language").lower().startswith("en"):
                continue
            told, key = row.optional("translation"), row.optional("record_id")
            if row.optional("table_name") == "stops" and key in self._parts.stops:
                stop = self._parts.stops[key]
                self._parts.stops[key] = msgspec.structs.replace(stop, name_en=told)
            elif row.optional("field_name") == "route_long_name" and key in self._parts.routes:
                route = self._parts.routes[key]
                self._parts.routes[key] = msgspec.structs.replace(route, name_en=told)


def timed_calls(trip: str, timed: Sequence[Timed], stops: dict[str, Stop]) -> Iterator[Call]:
    """The calls of a trip in their order; times that the feed leaves out lie in between by the distance.

    Raises:
        FieldError: where a number is there twice, the ends have no time, or time goes back.
    """
    for before, call in pairwise(timed):
        if before[0] == call[0]:
            raise call[4].fault("stop_sequence", FaultKind.REPEATED, str(call[0]))
    for call in (timed[0], timed[-1]):
        if call[2] is None and call[3] is None:
            raise call[4].fault("arrival_time", FaultKind.NO_TIME_AT_END, trip)
    left_s = 0
    for sequence, stop, arrival, departure, row in filled(timed, stops):
        if arrival < left_s or departure < arrival:
            field_name = "arrival_time" if arrival < left_s else "departure_time"
            raise row.fault(field_name, FaultKind.BACK_IN_TIME, row.optional(field_name))
        left_s = departure
        yield Call(sequence, stop, arrival, departure)


def filled(timed: Sequence[Timed], stops: dict[str, Stop]) -> Iterator[tuple[int, str, int, int, Row]]:
    """The calls with a time at each."""
    at_m = [0.0]
    for before, call in pairwise(timed):
        left, reached = stops[before[1]], stops[call[1]]
        at_m.append(at_m[-1] + distance_m(left.lat, left.lon, reached.lat, reached.lon))
    known = [number for number, call in enumerate(timed) if call[2] is not None or call[3] is not None]
    for number, (sequence, stop, arrival, departure, row) in enumerate(timed):
        arrival_s, departure_s = first_of(arrival, departure), first_of(departure, arrival)
        if number not in known:
            one = max(number_known for number_known in known if number_known < number)
            other = min(number_known for number_known in known if number_known > number)
            left_s = first_of(timed[one][3], timed[one][2])
            comes_s = first_of(timed[other][2], timed[other][3])
            way_m = at_m[other] - at_m[one]
            share = (at_m[number] - at_m[one]) / way_m if way_m else 0.5
            arrival_s = departure_s = round(left_s + share * (comes_s - left_s))
        yield sequence, stop, arrival_s, departure_s, row


def first_of(one: int | None, other: int | None) -> int:
    """The first of two times that is known; one of them is."""
    return one if one is not None else other or 0


def moved(trip: Trip, key: str, by_s: int) -> Trip:
    """The same trip at another time."""
    calls = (
        msgspec.structs.replace(call, arrival_s=call.arrival_s + by_s, departure_s=call.departure_s + by_s)
        for call in trip.calls
    )
    return msgspec.structs.replace(trip, trip_id=key, calls=tuple(calls))
