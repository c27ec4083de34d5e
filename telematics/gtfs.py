"""GTFS Schedule: stop patterns and trips out of a feed; errors name file, line and field.

Source: https://gtfs.org/documentation/schedule/reference/. Read are agency, calendar, trips, stop_times, stops and
shapes; a feed without shapes gives lines from stop to stop.
"""

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import numpy as np

from telematics.line import Line
from telematics.timetable import PatternStop, PlannedTrip, RoutePattern

NEAR_LINE_M = 150.0
"""A stop that lies further from its trip's shape belongs to another."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class BadInputError(Exception):
    """A file can't be used; the message names file, line and field."""


class GtfsTrip(msgspec.Struct, frozen=True):
    """A trip of the feed, on no particular day."""

    trip_id: str
    block_id: str
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


class Row:
    """A line of a table, whose fields know where they stand."""

    def __init__(self, file: str, number: int, fields: dict[str, str]) -> None:
        self._place = f"{file}, line {number}"
        self._fields = fields

    def text(self, field: str) -> str:
        """The field's text.

        Raises:
            BadInputError: it is empty.
        """
        value = (self._fields.get(field) or "").strip()
        if not value:
            raise self.wrong(field, "is empty")
        return value

    def optional(self, field: str) -> str:
        """The field's text, or none."""
        return (self._fields.get(field) or "").strip()

    def number(self, field: str) -> float:
        """The field as a finite number."""
        try:
            value = float(self.text(field))
        except ValueError as error:
            raise self.wrong(field, f"{self._fields[field]!r} is not a number") from error
        if not np.isfinite(value):
            raise self.wrong(field, f"{self._fields[field]!r} is not a number")
        return value

    def degrees(self, field: str, most: float) -> float:
        """The field as degrees of latitude (`most` 90) or longitude (180)."""
        value = self.number(field)
        if abs(value) > most:
            raise self.wrong(field, f"{value:g} is beyond {most:g} degrees")
        return value

    def clock_s(self, field: str) -> float:
        """The field, such as 25:10:00, in seconds."""
        parts = self.text(field).split(":")
        if (
            len(parts) != 3
            or not all(part.isdigit() for part in parts)
            or int(parts[1]) > 59
            or int(parts[2]) > 59
        ):
            raise self.wrong(field, f"{self._fields[field]!r} is not a time such as 07:05:00")
        hours, minutes, seconds = (int(part) for part in parts)
        return 3600.0 * hours + 60 * minutes + seconds

    def wrong(self, field: str, what: str) -> BadInputError:
        """An error that names this line and `field`."""
        return BadInputError(f"{self._place}, {field}: {what}")


def read_rows(file: str, stream: io.TextIOBase, needed: tuple[str, ...]) -> Iterator[Row]:
    """The lines of a CSV table with a header.

    Raises:
        BadInputError: a needed column is missing, or the text is not UTF-8.
    """
    reader = csv.DictReader(stream)
    try:
        missing = [name for name in needed if name not in (reader.fieldnames or ())]
        if missing:
            raise BadInputError(f"{file}, line 1: no column {', '.join(missing)}")
        for fields in reader:
            yield Row(file, reader.line_num, fields)
    except UnicodeDecodeError as error:
        raise BadInputError(f"{file}, line {reader.line_num + 1}: not UTF-8 text") from error
    except csv.Error as error:
        raise BadInputError(f"{file}, line {reader.line_num + 1}: {error}") from error


def read_feed(path: Path) -> Feed:
    """Read a zipped feed.

    Raises:
        BadInputError: it can't be read or contradicts itself.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _FeedReader(path, archive).read()
    except (OSError, zipfile.BadZipFile) as error:
        raise BadInputError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


class _FeedReader:
    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path = path
        self._archive = archive

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
            if trip_id not in calls or len(calls[trip_id]) < 2:
                raise row.wrong("trip_id", f"{trip_id} has fewer than two stop_times")
            if shape and shape not in shapes:
                raise row.wrong("shape_id", f"shapes.txt has no {shape}")
            sequences, stop_ids, clock_s = zip(*sorted(calls[trip_id]), strict=True)
            if any(late < early for early, late in pairwise(clock_s)):
                raise row.wrong("trip_id", f"stop_times of {trip_id} go back in time")
            if (shape, stop_ids) not in patterns:
                line = shapes.get(shape) or [places[stop] for stop in stop_ids]
                try:
                    patterns[shape, stop_ids] = make_pattern(
                        f"{shape or 'stops'}#{len(patterns)}",
                        line,
                        [(stop, *places[stop]) for stop in stop_ids],
                    )
                except ValueError as error:
                    raise row.wrong("shape_id", str(error)) from error
            trips[trip_id] = GtfsTrip(
                trip_id,
                row.optional("block_id"),
                kinds.get(row.text("service_id"), "workday"),
                patterns[shape, stop_ids],
                sequences,
                clock_s,
            )
        return Feed(self._zone(), trips)

    def _rows(self, name: str, *needed: str) -> Iterator[Row]:
        try:
            stream = self._archive.open(name)
        except KeyError as error:
            raise BadInputError(f"{self._path}: no {name}") from error
        with io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
            yield from read_rows(f"{self._path.name}/{name}", text, needed)

    def _zone(self) -> ZoneInfo:
        for row in self._rows("agency.txt", "agency_timezone"):
            name = row.text("agency_timezone")
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError) as error:
                raise row.wrong("agency_timezone", f"no time zone {name}") from error
        raise BadInputError(f"{self._path.name}/agency.txt: no agency")

    def _day_kinds(self) -> dict[str, str]:
        """Per service, what kind of day it runs on; one that runs on several kinds counts as a workday's."""
        kinds: dict[str, str] = {}
        if "calendar.txt" not in self._archive.namelist():
            return kinds
        for row in self._rows("calendar.txt", "service_id", *WEEKDAYS):
            days = [day for day in WEEKDAYS if row.text(day) == "1"]
            kinds[row.text("service_id")] = days[0] if days in (["saturday"], ["sunday"]) else "workday"
        return kinds

    def _shapes(self) -> dict[str, list[tuple[float, float]]]:
        points = defaultdict(list)
        if "shapes.txt" not in self._archive.namelist():
            return {}
        fields = ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence")
        for row in self._rows("shapes.txt", *fields):
            place = row.degrees("shape_pt_lat", 90), row.degrees("shape_pt_lon", 180)
            points[row.text("shape_id")].append((row.number("shape_pt_sequence"), place))
        return {shape: [place for _, place in sorted(numbered)] for shape, numbered in points.items()}

    def _calls(self, places: dict[str, tuple[float, float]]) -> dict[str, list[tuple[int, str, float]]]:
        calls = defaultdict(list)
        for row in self._rows("stop_times.txt", "trip_id", "stop_id", "stop_sequence", "arrival_time"):
            stop = row.text("stop_id")
            if stop not in places:
                raise row.wrong("stop_id", f"stops.txt has no {stop}")
            calls[row.text("trip_id")].append(
                (int(row.number("stop_sequence")), stop, row.clock_s("arrival_time"))
            )
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
