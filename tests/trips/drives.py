"""Synthetic drives along a pattern of `tests.routes.builders`: a straight road to the east."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from fleet.trips.models import Trip
from fleet.vehicles.changes import give_device_to_bus
from fleet.vehicles.models import Bus, Device, DeviceAssignment
from telematics.fix import Fix
from telematics.geometry import distance_m, moved
from tests.fleet.builders import device

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
STARTS_LAT, STARTS_LON = 30.0, 120.0
MPS = 8.0
EVERY_S = 5
DWELL_S = 20.0


def device_in(bus: Bus) -> Device:
    """A device that has been in a bus since long ago."""
    made = device()
    give_device_to_bus(device=made, bus=bus)
    DeviceAssignment.objects.filter(device=made).update(since=LONG_AGO)
    return made


def report(time: datetime, metres: float, mps: float = MPS, aside_m: float = 0.0) -> Fix:
    """A report so far along the road, and so far to the north of it."""
    lat, lon = moved(STARTS_LAT, STARTS_LON, 90, metres)
    lat, lon = moved(lat, lon, 0, aside_m)
    return Fix(time=time, lat=lat, lon=lon, speed_mps=mps, course_deg=90.0, satellites=9, source="test")


def metres_of(fix: Fix) -> float:
    """How far along the road a report is."""
    return distance_m(STARTS_LAT, STARTS_LON, STARTS_LAT, fix.lon or 0.0)


def drive(trip: Trip, *, late_s: float = 0.0, until_m: float | None = None) -> list[Fix]:
    """A whole run that stands twenty seconds at each stop, reported every five seconds."""
    return drive_along([visit.distance_m for visit in trip.visits.all()], trip.starts_at, late_s, until_m)


def drive_along(
    stops_m: Sequence[float], starts_at: datetime, late_s: float = 0.0, until_m: float | None = None
) -> list[Fix]:
    reports, metres, time, waits = [], 0.0, starts_at + timedelta(seconds=late_s - 30), 30.0
    ahead = list(stops_m[1:])
    while True:
        reports.append(report(time, metres, 0.0 if waits > 0 else MPS))
        if (not ahead and waits <= 0) or (until_m is not None and metres >= until_m):
            return reports
        time += timedelta(seconds=EVERY_S)
        if waits > 0:
            waits -= EVERY_S
            continue
        metres += MPS * EVERY_S
        if ahead and metres >= ahead[0]:
            metres, waits = ahead.pop(0), DWELL_S
