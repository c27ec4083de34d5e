"""Reads: the reports of buses while their trips run, through the devices that were in them, in event order."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import F

from fleet.positions.models import Fix as StoredFix
from fleet.positions.rows import READ_FIX, fix_of
from fleet.vehicles.models import DeviceAssignment
from telematics.fix import MISDATED, Fix
from telematics.rules.episode import ReportKey

PAGE = 2000


def reports_of_bus(bus: int, since: datetime, until: datetime, after: ReportKey | None) -> Iterator[Fix]:
    """Rightly dated reports of a bus from `since` to `until`, those after `after` where it is given."""
    begin = max(since, after.time) if after else since
    found: list[Fix] = []
    for one in DeviceAssignment.objects.filter(bus=bus, since__lte=until):
        if one.until is None or one.until > begin:
            found += stretch(one.device_id, max(begin, one.since), min(until, one.until or until))
    found.sort(key=lambda fix: (fix.time, fix.digest))
    return (fix for fix in found if after is None or (fix.time, fix.digest) > (after.time, after.digest))


def stretch(device: int, since: datetime, until: datetime) -> Iterator[Fix]:
    """Rightly dated reports of a device from `since` to `until`."""
    rows = StoredFix.objects.alias(misdated=F("verdicts").bitand(int(MISDATED))).filter(
        device=device, time__gte=since, time__lte=until, misdated=0
    )
    return map(fix_of, rows.order_by("time", "digest").values_list(*READ_FIX).iterator(chunk_size=PAGE))


def buses_of_late_reports(late: dict[int, datetime]) -> dict[int, datetime]:
    """The buses to which late reports belong, each with the oldest event time.

    Args:
        late: by device, the oldest event time of its reports that came late.
    """
    found: dict[int, datetime] = {}
    for one in assignments_of(late):
        time = max(late[one.device_id], one.since)
        if one.until is None or time < one.until:
            found[one.bus_id] = min(time, found.get(one.bus_id, time))
    return found


def assignments_of(devices: Iterable[int]) -> list[DeviceAssignment]:
    """Which buses devices were in, at any time."""
    return list(DeviceAssignment.objects.filter(device__in=list(devices)))
