"""GTFS Schedule: stop patterns and trips out of a feed; errors name file, line and field.

Source: https://gtfs.org/documentation/schedule/reference/. Of the tables, which `telematics.transit.tables` reads,
this takes what following and predicting needs: agency, calendar, trips, stop_times, stops and shapes; a feed without
shapes gives lines from stop to stop.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from telematics.line import Line
from telematics.timetable import PatternStop, PlannedTrip, RoutePattern
from telematics.transit.faults import Fault, FaultKind, Faults
from telematics.transit.tables import BadInputError, FaultError, Row, TableError, Tables
from telematics.transit.writing import WEEKDAYS

NEAR_LINE_M = 150.0
"""A stop that lies further from its trip's shape belongs to another."""


def wrong(row: Row, field: str, what: str) -> BadInputError:
    """An error that names a line and its field."""
    return BadInputError(f"{row.file}, line {row.line}, {field}: {what}")


class GtfsTrip(msgspec.Struct, frozen=True):
    """A trip of the feed, on no particular day."""

    trip_id: str
    day_kind: str
    pattern: RoutePattern
    stop_sequences: tuple[int, ...]
    stop_clock_s: tuple[float, ...]


class Feed(msgspec.Struct, frozen=True):
    """What a feed says: its zone, and its trips by id."""

    zone: ZoneInfo
    trips: dict[str, GtfsTrip]

    def midnight_s(self, day: date) -> float:
        """Unix time from which the service day's clock counts: noon less twelve hours."""
        noon = datetime.combine(day, time(12), tzinfo=self.zone).astimezone(UTC)
        return (noon - timedelta(hours=12)).timestamp()

    def planned(self, trip_id: str, near_s: float) -> PlannedTrip:
        """The trip on the service day on which it runs nearest to Unix time `near_s`.

        Raises:
            KeyError: the feed has no such trip.
        """
        trip = self.trips[trip_id]
        today = datetime.fromtimestamp(near_s, self.zone).date()
        middle_s = (trip.stop_clock_s[0] + trip.stop_clock_s[-1]) / 2
        midnights = [self.midnight_s(today + timedelta(days=offset)) for offset in (-1, 0, 1)]
        midnight = min(midnights, key=lambda start: abs(start + middle_s - near_s))
        return PlannedTrip(trip.trip_id, trip.pattern, trip.day_kind, midnight, trip.stop_clock_s)


def read_feed(path: Path) -> Feed:
    """Read a zipped feed.

    Raises:
        BadInputError: it can't be read or contradicts itself.
    """
    try:
        return _FeedReader(path.read_bytes()).read()
    except OSError as error:
        raise BadInputError(f"{path}: {error.strerror or error}") from error
    except FaultError as error:
        fault = error.fault
        raise BadInputError(f"{path.name}/{fault}" if fault.file else f"{path.name}{fault}") from error


class _FeedReader:
    def __init__(self, content: bytes) -> None:
        self._faults = Faults()
        self._tables = Tables(content, self._faults)

    def read(self) -> Feed:
        kinds = self._day_kinds()
        places = {
            row.text("stop_id"): (row.degrees("stop_lat", 90), row.degrees("stop_lon", 180))
            for row in self._rows("stops.txt", "stop_id", "stop_lat", "stop_lon")
        }
        shapes = self._shapes()
        calls = self._calls(places)
        patterns: dict[tuple[str, tuple[str, ...]], RoutePattern] = {}
        trips = {}
        for row in self._rows("trips.txt", "trip_id", "service_id"):
            trip_id, shape = row.text("trip_id"), row.optional("shape_id")
            if len(calls.get(trip_id, ())) < 2:
                raise wrong(row, "trip_id", f"{trip_id} has fewer than two stop_times")
            if shape:
                row.one_of("shape_id", shapes)
            sequences, stop_ids, clock_s = zip(*sorted(calls[trip_id]), strict=True)
            if any(late < early for early, late in pairwise(clock_s)):
                raise wrong(row, "trip_id", f"stop_times of {trip_id} go back in time")
            if (shape, stop_ids) not in patterns:
                line = shapes.get(shape) or [places[stop] for stop in stop_ids]
                try:
                    patterns[shape, stop_ids] = make_pattern(
                        f"{shape or 'stops'}#{len(patterns)}",
                        line,
                        [(stop, *places[stop]) for stop in stop_ids],
                    )
                except ValueError as error:
                    raise wrong(row, "shape_id", str(error)) from error
            kind = kinds.get(row.text("service_id"), "workday")
            trips[trip_id] = GtfsTrip(trip_id, kind, patterns[shape, stop_ids], sequences, clock_s)
        return Feed(self._zone(), trips)

    def _rows(self, name: str, *needed: str, optional: bool = False) -> Iterator[Row]:
        yield from self._tables.rows(name, needed, optional=optional)
        if self._faults.found:
            raise TableError(self._faults.found[0])

    def _zone(self) -> ZoneInfo:
        for row in self._rows("agency.txt", "agency_timezone"):
            name = row.text("agency_timezone")
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError) as error:
                raise row.fault("agency_timezone", FaultKind.NO_ZONE, name) from error
        raise TableError(Fault("agency.txt", 0, "", FaultKind.EMPTY))

    def _day_kinds(self) -> dict[str, str]:
        """Per service, what kind of day it runs on; one that runs on several kinds counts as a workday's."""
        kinds: dict[str, str] = {}
        for row in self._rows("calendar.txt", "service_id", *WEEKDAYS, optional=True):
            days = [day for day in WEEKDAYS if row.text(day) == "1"]
            kinds[row.text("service_id")] = days[0] if days in (["saturday"], ["sunday"]) else "workday"
        return kinds

    def _shapes(self) -> dict[str, list[tuple[float, float]]]:
        points = defaultdict(list)
        fields = ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence")
        for row in self._rows("shapes.txt", *fields, optional=True):
            place = row.degrees("shape_pt_lat", 90), row.degrees("shape_pt_lon", 180)
            points[row.text("shape_id")].append((row.number("shape_pt_sequence"), place))
        return {shape: [place for _, place in sorted(numbered)] for shape, numbered in points.items()}

    def _calls(self, places: dict[str, tuple[float, float]]) -> dict[str, list[tuple[int, str, float]]]:
        calls = defaultdict(list)
        for row in self._rows("stop_times.txt", "trip_id", "stop_id", "stop_sequence", "arrival_time"):
            stop = row.one_of("stop_id", places)
            row.text("arrival_time")
            call = row.whole("stop_sequence"), stop, float(row.clock_s("arrival_time") or 0)
            calls[row.text("trip_id")].append(call)
        return calls


def make_pattern(
    pattern_id: str, points: list[tuple[float, float]], stops: list[tuple[str, float, float]]
) -> RoutePattern:
    """The pattern whose stops, given as (id, lat, lon), lie along a line in their order.

    Of the places where the line comes near each stop, those are taken that together lie nearest and never go back
    (dynamic programming), so that a line that passes a stop twice is no trouble.

    Raises:
        ValueError: a stop is not near the line, or the stops can't be put in order along it.
    """
    line = Line(points)
    best: list[tuple[float, float, tuple[float, ...]]] = [(0.0, 0.0, ())]
    for stop_id, lat, lon in stops:
        places = line.places(lat, lon, NEAR_LINE_M)
        if not places:
            raise ValueError(f"stop {stop_id} is more than {NEAR_LINE_M:g} m from the line")
        reached = []
        for place in places:
            before = [way for way in best if way[1] <= place.along_m + 1.0]
            if before:
                cost, at_m, ways = min(before)
                along_m = max(place.along_m, at_m)
                reached.append((cost + place.away_m**2, along_m, (*ways, along_m)))
        if not reached:
            raise ValueError(f"stop {stop_id} lies before the one that it follows")
        best = reached
    distances_m = min(best)[2]
    return RoutePattern(
        pattern_id,
        points,
        [PatternStop(stop[0], along_m) for stop, along_m in zip(stops, distances_m, strict=True)],
    )
