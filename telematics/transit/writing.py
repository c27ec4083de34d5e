"""Writes a timetable as a GTFS Schedule feed: the same timetable gives the same bytes, whenever and wherever."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import TypeVar

import msgspec

from telematics.line import Line
from telematics.transit.schedule import LatLon, Schedule, Service

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time that every member of the archive bears: a feed is the same whenever it was written."""
VERSION_DIGITS = 16
ADDED, REMOVED = "1", "2"

Part = TypeVar("Part")
Table = tuple[str, Sequence[str], list[Sequence[object]]]


class Publisher(msgspec.Struct, frozen=True):
    """Who gives the feed away.

    Attributes:
        language: of the names, BCP 47.
        other_language: of the names that are told besides.
    """

    name: str
    url: str
    language: str = "zh"
    other_language: str = "en"


def write_schedule(schedule: Schedule, publisher: Publisher) -> bytes:
    """A zipped feed.

    Args:
        schedule: whose trips name only what is in it.
        publisher: for `feed_info.txt`.
    """
    tables = [table for table in tables_of(schedule, publisher) if table[2]]
    texts = [(name, csv_text(header, rows)) for name, header, rows in tables]
    version = sha256("".join(text for _name, text in texts).encode()).hexdigest()[:VERSION_DIGITS]
    texts.append(("feed_info.txt", csv_text(*feed_info(schedule, publisher, version))))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(texts):
            member = zipfile.ZipInfo(name, LONG_AGO)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            member.create_system = 3
            archive.writestr(member, text.encode())
    return file.getvalue()


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as GTFS writes it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def tables_of(schedule: Schedule, publisher: Publisher) -> Iterator[Table]:
    """Each file with its header and its rows, in the order of their ids."""
    yield (
        "agency.txt",
        ("agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang"),
        [(one.agency_id, one.name, one.url, one.zone, one.language) for one in ordered(schedule.agencies)],
    )
    yield (
        "stops.txt",
        ("stop_id", "stop_name", "stop_lat", "stop_lon"),
        [(one.stop_id, one.name, *degrees(one.lat, one.lon)) for one in ordered(schedule.stops)],
    )
    yield (
        "routes.txt",
        ("route_id", "agency_id", "route_long_name", "route_type"),
        [(one.route_id, one.agency_id, one.name, one.kind) for one in ordered(schedule.routes)],
    )
    yield (
        "trips.txt",
        ("route_id", "service_id", "trip_id", "trip_headsign", "direction_id", "shape_id"),
        [
            (one.route_id, one.service_id, one.trip_id, one.headsign, known(one.direction), one.shape_id)
            for one in ordered(schedule.trips)
        ],
    )
    yield from calls_and_shapes(schedule)
    services = ordered(schedule.services)
    yield (
        "calendar.txt",
        ("service_id", *WEEKDAYS, "start_date", "end_date"),
        [row for one in services for row in calendar_rows(one)],
    )
    yield (
        "calendar_dates.txt",
        ("service_id", "date", "exception_type"),
        [(one.service_id, *row) for one in services for row in exception_rows(one)],
    )
    yield (
        "translations.txt",
        ("table_name", "field_name", "language", "translation", "record_id", "field_value"),
        list(translations(schedule, publisher)),
    )


def calls_and_shapes(schedule: Schedule) -> Iterator[Table]:
    """The two long tables."""
    yield (
        "stop_times.txt",
        ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence", "shape_dist_traveled"),
        [
            (
                trip.trip_id,
                clock(call.arrival_s),
                clock(call.departure_s),
                call.stop_id,
                call.sequence,
                "" if call.along_m is None else f"{call.along_m:.1f}",
            )
            for trip in ordered(schedule.trips)
            for call in trip.calls
        ],
    )
    yield (
        "shapes.txt",
        ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence", "shape_dist_traveled"),
        [
            (shape_id, *degrees(*point), number, f"{along_m:.1f}")
            for shape_id, points in sorted(schedule.shapes.items())
            for number, (point, along_m) in enumerate(measured(points), start=1)
        ],
    )


def ordered(parts: Mapping[str, Part]) -> list[Part]:
    """The parts of a timetable by their ids."""
    return [part for _id, part in sorted(parts.items())]


def feed_info(
    schedule: Schedule, publisher: Publisher, version: str
) -> tuple[Sequence[str], list[Sequence[object]]]:
    """Who gives the feed, for which days, and which version it is."""
    days = [day for service in schedule.services.values() for day in service.days()]
    header = (
        "feed_publisher_name",
        "feed_publisher_url",
        "feed_contact_url",
        "feed_lang",
        "feed_start_date",
        "feed_end_date",
        "feed_version",
    )
    first, last = (plain(min(days)), plain(max(days))) if days else ("", "")
    return header, [(publisher.name, publisher.url, publisher.url, publisher.language, first, last, version)]


def calendar_rows(service: Service) -> Iterator[Sequence[object]]:
    """The weekdays of a service, where it has any."""
    if service.weekdays and service.first and service.last:
        flags = [service.weekdays >> day & 1 for day in range(len(WEEKDAYS))]
        yield service.service_id, *flags, plain(service.first), plain(service.last)


def exception_rows(service: Service) -> list[tuple[str, str]]:
    """The days that differ from the weekdays."""
    rows = [(plain(day), ADDED) for day in service.added] + [(plain(day), REMOVED) for day in service.removed]
    return sorted(rows)


def translations(schedule: Schedule, publisher: Publisher) -> Iterator[Sequence[object]]:
    """The names in the other language."""
    other = publisher.other_language
    for stop in ordered(schedule.stops):
        if stop.name_en:
            yield "stops", "stop_name", other, stop.name_en, stop.stop_id, ""
    for route in ordered(schedule.routes):
        if route.name_en:
            yield "routes", "route_long_name", other, route.name_en, route.route_id, ""
    english = {stop.name: stop.name_en for stop in ordered(schedule.stops) if stop.name_en}
    for headsign in sorted({trip.headsign for trip in schedule.trips.values()} & english.keys()):
        yield "trips", "trip_headsign", other, english[headsign], "", headsign


def measured(points: Sequence[LatLon]) -> list[tuple[LatLon, float]]:
    """The points of a line with how far along it each lies, in metres; of equal neighbours only the first."""
    differing = [point for number, point in enumerate(points) if number == 0 or point != points[number - 1]]
    return list(zip(differing, (float(at_m) for at_m in Line(differing).along_m), strict=True))


def degrees(lat: float, lon: float) -> tuple[str, str]:
    """A place to the centimetre."""
    return f"{lat:.7f}", f"{lon:.7f}"


def clock(seconds: int) -> str:
    """A time of the service day, such as 25:10:00."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest:02d}"


def plain(day: date) -> str:
    """A day as GTFS writes it."""
    return f"{day:%Y%m%d}"


def known(number: int | None) -> object:
    """A number, or nothing."""
    return "" if number is None else number
