"""The crash benchmark's own books: what the database holds, asked again until it answers."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.db.models import F

from telematics.fix import Verdict
from telematics.pipeline import rebuilt
from telematics.simulator.load import Stream

Answer = TypeVar("Answer")
Key = tuple[int, datetime, int]
"""A report: id of its device, event time, digest."""

FINDING = ("rule", "started_at", "last_at", "ended_at", "peak", "limit", "unit", "limit_source", "article", "profile",
           "place", "evidence")  # fmt: skip
LAST_POSITION = ("time", "position", "speed_mps", "course_deg", "heard_at", "state", "rule_state")


def when_back(ask: Callable[[], Answer]) -> Answer:
    """The database's answer, as soon as it gives one."""
    while True:
        try:
            return ask()
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(0.02)


def stored_keys(devices: range) -> list[Key]:
    """The key of each row of devices with these ids."""
    return when_back(lambda: _rows("SELECT device_id, time, digest", devices))


def stored_count(devices: range) -> int:
    """How many rows devices with these ids have."""
    return int(when_back(lambda: _rows("SELECT count(*)", devices))[0][0])


def _rows(select: str, devices: range) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"{select} FROM positions_fix WHERE device_id >= %s AND device_id < %s",
            [devices.start, devices.stop],
        )
        return list(cursor.fetchall())


def device_ids(prefix: str) -> range:
    """The ids of a stage's devices of one prefix; they were made together, so they follow each other."""
    from fleet.vehicles.models import Device

    found = (
        Device.objects.filter(identifier__startswith=prefix)
        .order_by("identifier")
        .values_list("pk", flat=True)
    )
    ids = range(found[0], found[0] + len(found))
    assert list(found) == list(ids)
    return ids


def expected_keys(streams: Sequence[Stream], devices: range) -> set[Key]:
    """The key of each report in the streams of these devices."""
    from tests.benchmarks.floor import decoded

    return {
        (device, fix.time, fix.digest)
        for device, stream in zip(devices, streams, strict=True)
        for fix in decoded(b"".join(stream.chunks))
    }


def await_rows_at(moment: datetime, devices: range) -> None:
    """Return when each device has a row of that event time: what it sent before is stored then, too."""
    from fleet.positions.models import Fix

    rows = Fix.objects.filter(device__in=devices, time=moment)
    while when_back(lambda: rows.values("device").distinct().count()) < len(devices):
        time.sleep(0.2)


def account(device: int) -> tuple[Any, ...]:
    """All that the database tells of a device, but for when it heard of it and in which bus it was."""
    from fleet.findings.models import Finding
    from fleet.positions.models import Fix, LastPosition

    fixes = Fix.objects.filter(device=device).order_by("time", "digest")
    verdicts = F("verdicts").bitand(~int(Verdict.STALE))
    findings = Finding.objects.filter(device=device, withdrawn_at__isnull=True).order_by("started_at")
    return (
        list(fixes.values_list("time", "digest", "satellites", verdicts)),
        list(findings.values_list(*FINDING)),
        LastPosition.objects.filter(device=device).values_list(*LAST_POSITION).get(),
    )


def is_as_rebuilt(identifier: str) -> bool:
    """Whether the saved state of a device is the one that its stored reports make."""
    from fleet.ingest.log import DatabaseLog
    from fleet.regulations.profile import current_rulebook

    rulebook = current_rulebook()
    log = DatabaseLog(rulebook)
    saved = log.states([identifier])[identifier]
    with log.transaction():
        return saved == rebuilt(identifier, log, rulebook)
