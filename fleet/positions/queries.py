"""Reads: where buses are and where they were."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from fleet.positions.models import Fix, LastPosition
from fleet.positions.rows import LAT, LON, STANDING_BELOW_MPS, LastPositionRow
from fleet.vehicles.models import DeviceAssignment
from telematics.fix import UNFIT_FOR_RULES


def live_row(bus: int, row: LastPositionRow) -> list[Any]:
    """A last position as live screens take it: id, time, lon, lat, speed, course, last heard, state.

    Times are milliseconds since 1970, positions degrees WGS-84, speed m/s, course degrees true.
    """
    return [
        bus,
        milliseconds(row.time),
        rounded(row.lon, 7),
        rounded(row.lat, 7),
        rounded(row.speed_mps, 2),
        rounded(row.course_deg, 1),
        milliseconds(row.heard_at),
        row.state,
    ]


def live_row_of(bus: int, last: LastPosition | None) -> list[Any]:
    """The same, of a stored last position; of none where the bus has never reported."""
    if last is None:
        return [bus, None, None, None, None, None, None, 0]
    lon, lat = last.position.coords if last.position else (None, None)
    row = LastPositionRow(
        last.device_id, last.version, last.time, lon, lat, last.speed_mps, last.course_deg, last.heard_at,
        last.state, "",
    )  # fmt: skip
    return live_row(bus, row)


def milliseconds(time: datetime | None) -> int | None:
    """A time as milliseconds since 1970."""
    return None if time is None else round(time.timestamp() * 1000)


def rounded(number: float | None, digits: int) -> float | None:
    """The number with so many digits after the point: what a screen needs."""
    return None if number is None else round(number, digits)


MAX_TRAIL_POINTS = 5_000


def trail(bus: int, until: datetime, length: timedelta) -> list[list[Any]]:
    """Where a bus was in the time before `until`: [time ms, lon, lat, m/s, doubtful 0 or 1], oldest first.

    Reports are found through the devices that were in the bus when they were made.
    """
    since = until - length
    points: list[list[Any]] = []
    for one in DeviceAssignment.objects.filter(bus=bus, since__lte=until):
        points += stretch_of_trail(one.device_id, max(since, one.since), min(until, one.until or until))
    points.sort(key=itemgetter(0))
    return points[-MAX_TRAIL_POINTS:]


def stretch_of_trail(device: int, since: datetime, until: datetime) -> list[list[Any]]:
    """The newest reports with a position that a device made from `since` on and before `until`."""
    reports = Fix.objects.filter(device=device, time__gte=since, time__lt=until, position__isnull=False)
    rows = reports.order_by("-time").values_list("time", LON, LAT, "speed_mps", "verdicts")
    return [
        [
            milliseconds(time),
            rounded(lon, 7),
            rounded(lat, 7),
            rounded(speed, 2),
            int(bool(marks & UNFIT_FOR_RULES)),
        ]
        for time, lon, lat, speed, marks in rows[:MAX_TRAIL_POINTS]
    ]


def last_driving(bus: int) -> datetime | None:
    """When a bus was last reported moving, in a place; where it never was, its newest report with a place."""
    of_bus = list(DeviceAssignment.objects.filter(bus=bus).order_by("-since"))
    moving = newest_report(of_bus, speed_mps__gte=STANDING_BELOW_MPS)
    return moving or newest_report(of_bus)


def newest_report(assignments: Iterable[DeviceAssignment], **wanted: float) -> datetime | None:
    """The event time of the newest report with a position that devices made while they were in a bus."""
    newest: datetime | None = None
    for one in assignments:
        reports = Fix.objects.filter(device=one.device_id, time__gte=one.since, position__isnull=False)
        if one.until:
            reports = reports.filter(time__lt=one.until)
        times = reports.filter(**wanted).order_by("-time").values_list("time", flat=True)
        newest = max(filter(None, (newest, times.first())), default=None)
    return newest
