"""A driver with buses that report each minute, said in a few words."""

import itertools
import re
from datetime import UTC, datetime, timedelta

from django.contrib.gis.geos import Point

from fleet.duty.models import SignIn, SignInSource
from fleet.positions.models import Fix
from fleet.vehicles.models import Bus, DeviceAssignment
from tests.trips.drives import device_in

DAY = datetime(2026, 11, 23, tzinfo=UTC)
EIGHT = DAY + timedelta(hours=0)
"""08:00 in Shanghai."""
digests = itertools.count(1)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def device_of(bus: Bus):
    assigned = DeviceAssignment.objects.filter(bus=bus).first()
    return assigned.device if assigned else device_in(bus)


def reports(bus: Bus, start: datetime, text: str) -> list[Fix]:
    """What a bus reports each minute of such as ``"D2h R20m ?1h D1h"``: driving, standing, silent."""
    device, rows, now = device_of(bus), [], start
    parts = re.findall(r"([DR?])(?:(\d+)h)?(?:(\d+)m)?", text)
    for letter, hour, minute in parts:
        length = int(hour or 0) * 60 + int(minute or 0)
        for _ in range(length):
            if letter != "?":
                rows.append(report(device, now, 10.0 if letter == "D" else 0.0))
            now += timedelta(minutes=1)
    if parts[-1][0] != "?":
        rows.append(report(device, now, 0.0))
    return rows


def report(device, time: datetime, mps: float) -> Fix:
    return Fix(
        device=device,
        time=time,
        digest=next(digests),
        received_at=time,
        position=Point(120, 30, srid=4326),
        speed_mps=mps,
        source="test",
        raw=b"",
    )


def drove(bus: Bus, start: datetime, text: str) -> None:
    Fix.objects.bulk_create(reports(bus, start, text))


def signed(driver, bus: Bus, since: datetime, until: datetime | None = None, **changes) -> SignIn:
    return SignIn.objects.create(
        driver=driver, bus=bus, since=since, until=until, source=SignInSource.PAGE, **changes
    )


def log(driver) -> str:
    """A driver's log as it is stored, in hours from eight: ``"driving 0-2, rest 2-2.5"``."""

    def hour(moment: datetime) -> str:
        return f"{(moment - EIGHT) / hours(1):.2f}".rstrip("0").rstrip(".")

    return ", ".join(f"{one.activity} {hour(one.since)}-{hour(one.until)}" for one in driver.duty_log.all())
