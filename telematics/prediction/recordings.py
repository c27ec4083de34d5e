"""Recorded positions and stop passings as CSV; errors name file, line and field."""

import math
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from telematics.gtfs import Feed, wrong
from telematics.transit.faults import Faults
from telematics.transit.tables import BadInputError, Row, rows_in


class Report(msgspec.Struct, frozen=True):
    """One recorded position of a bus that drives a known trip.

    Attributes:
        run: recording and vehicle.
        day: local date, such as 2010-11-27.
        time_s: Unix time.
        lat: degrees.
        lon: degrees.
        trip_id: what it drives.
    """

    run: tuple[str, str]
    day: str
    time_s: float
    lat: float
    lon: float
    trip_id: str


def read_reports(path: Path, feed: Feed) -> list[Report]:
    """The reports of buses in service, by time.

    Of the labels only the trip is read, which dispatching knows of a bus, and that it is in service; where the bus
    is along its trip is found from latitude and longitude.

    Raises:
        BadInputError: the file can't be read, or names a trip that the feed doesn't have.
    """
    reports = []
    needed = ("source_file", "vid", "time_local", "lat", "lon", "actual_phase", "trip_id")
    for row in _rows(path, needed):
        time_s, day = _moment(row, "time_local", feed)
        trip_id, phase = row.optional("trip_id"), row.optional("actual_phase")
        lat, lon = row.degrees("lat", 90), row.degrees("lon", 180)
        if trip_id and trip_id not in feed.trips:
            raise wrong(row, "trip_id", f"the feed has no trip {trip_id}")
        if trip_id and phase == "IN_PROGRESS":
            run = (row.text("source_file"), row.text("vid"))
            reports.append(Report(run, day, time_s, lat, lon, trip_id))
    return sorted(reports, key=lambda report: (report.time_s, report.run))


def read_passings(path: Path, feed: Feed) -> dict[tuple[str, str, str], dict[int, float]]:
    """Per source file, vehicle and trip, the Unix time at which each stop (from 0, in order) was passed.

    Raises:
        BadInputError: the file can't be read, or contradicts the feed.
    """
    passings: dict[tuple[str, str, str], dict[int, float]] = {}
    needed = ("source_file", "vid", "trip_id", "stop_sequence", "observed_passing_local")
    for row in _rows(path, needed):
        trip_id = row.text("trip_id")
        if trip_id not in feed.trips:
            raise wrong(row, "trip_id", f"the feed has no trip {trip_id}")
        sequence = row.whole("stop_sequence")
        sequences = feed.trips[trip_id].stop_sequences
        if sequence not in sequences:
            raise wrong(row, "stop_sequence", f"trip {trip_id} has no stop {sequence}")
        time_s, _ = _moment(row, "observed_passing_local", feed)
        of_trip = passings.setdefault((row.text("source_file"), row.text("vid"), trip_id), {})
        of_trip[sequences.index(sequence)] = time_s
    return passings


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield from rows_in(path.name, stream, needed, Faults(), math.inf)
    except OSError as error:
        raise BadInputError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path.name}: not UTF-8 text") from error


def _moment(row: Row, field: str, feed: Feed) -> tuple[float, str]:
    text = row.text(field)
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise wrong(row, field, f"{text!r} is not a time such as 2010-11-27 07:05:00") from error
    if local.tzinfo is not None:
        raise wrong(row, field, f"{text!r} must be local time, without a zone")
    return local.replace(tzinfo=feed.zone).timestamp(), text[:10]
