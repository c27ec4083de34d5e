"""The durable log of reports, on the database: what `telematics.pipeline` reads and writes while it takes a batch."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from fleet.findings.changes import add_tallies, draw_conclusions, record_episodes, rewrite_past
from fleet.findings.models import Finding
from fleet.ingest import postgres, spatialite
from fleet.positions.models import Fix as StoredFix
from fleet.positions.rows import READ_FIX, LastPositionRow, fix_of, last_position_row
from fleet.vehicles.changes import register_devices
from fleet.vehicles.queries import saved_states
from telematics.fix import MISDATED, Arrival, Fix
from telematics.pipeline import DeviceState, OvertakenError, Rulebook, Taken, rebuilt
from telematics.rules.episode import ReportKey

PAGE = 500
"""Rows read at once when history is read: seldom is more needed, and memory is bounded when it is."""


decode_state = msgspec.json.Decoder(DeviceState).decode
"""Fails where a state was dropped, or saved by a version of this program that remembered other things."""


class Known(msgspec.Struct):
    """A device as the log last saved it."""

    device_id: int
    version: int
    state: DeviceState


class Stored(msgspec.Struct):
    """What a committed batch changed, for those who publish it.

    Attributes:
        positions: last position of each device that was in a bus, by bus.
        findings: what was found or changed.
        withdrawn: ids of findings that late reports have undone, with their bus.
        late: by id of their device, the oldest event time of reports that came late.
    """

    positions: dict[int, LastPositionRow] = {}
    findings: list[Finding] = []
    withdrawn: list[Finding] = []
    late: dict[int, datetime] = {}


def oldest(one: dict[int, datetime], other: dict[int, datetime]) -> dict[int, datetime]:
    """For each device of either, the older of its times."""
    return {device: min(times[device] for times in (one, other) if device in times) for device in one | other}


class DatabaseLog:
    """Implements `telematics.pipeline.Log`. Belongs to one thread, with that thread's connection.

    Device states are kept between batches; the version on each saved row tells when another process has moved
    one on, and then nothing is stored and the state is read anew.

    Args:
        rulebook: what states are rebuilt by where they were dropped.
        peer_of: the address that a device not heard of before came from.
    """

    def __init__(self, rulebook: Rulebook, peer_of: Callable[[str], str] = lambda device: "") -> None:
        self._rulebook = rulebook
        self._peer_of = peer_of
        self._sql: Any = postgres if connection.vendor == "postgresql" else spatialite
        self._known: dict[str, Known] = {}
        self.stored = Stored()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; after a failure no state is trusted that was not read anew."""
        self.stored = Stored()
        try:
            with transaction.atomic():
                yield
        except BaseException:
            self._known.clear()
            raise

    def states(self, devices: Iterable[str]) -> dict[str, DeviceState]:
        """The state of each device, registering those never heard of."""
        names = list(devices)
        unread = [name for name in names if name not in self._known]
        if unread:
            self._read_states(unread)
        return {name: self._known[name].state for name in names}

    def append(self, arrivals: Sequence[Arrival]) -> None:
        """Store reports that are newer than all of their device.

        Raises:
            OvertakenError: where another process has stored newer ones meanwhile.
        """
        if arrivals:
            self._sql.append(self._with_ids(arrivals))

    def append_unless_known(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Store those that are not stored yet, and give them back."""
        fresh: list[Arrival] = self._sql.append_unless_known(self._with_ids(arrivals)) if arrivals else []
        for device_id, arrival in self._with_ids(fresh):
            self.stored.late = oldest(self.stored.late, {device_id: arrival.fix.time})
        return fresh

    def newest_before(self, device: str, time: datetime, fits: Callable[[Fix], bool]) -> Fix | None:
        """The newest stored report of a device before `time` that `fits`."""
        earlier = self._dated(device).filter(time__lt=time).order_by("-time", "-digest")
        return next(filter(fits, read(earlier)), None)

    def after(self, device: str, key: ReportKey | None) -> Iterator[Fix]:
        """The stored, rightly dated reports of a device after `key` (None: all), in event order."""
        reports = self._dated(device).order_by("time", "digest")
        if key:
            reports = reports.filter(pk__gt=(self._known[device].device_id, key.time, key.digest))
        return read(reports)

    def mark(self, device: str, fix: Fix) -> None:
        """Replace the verdicts of a stored report by those of `fix`."""
        StoredFix.objects.filter(
            device_id=self._known[device].device_id, time=fix.time, digest=fix.digest
        ).update(verdicts=int(fix.verdicts))

    def save(self, taken: dict[str, Taken]) -> None:
        """Save states, last positions and episodes.

        Raises:
            OvertakenError: where another process has saved a device's state meanwhile.
        """
        self._save_states({name: one for name, one in taken.items() if one.onward or one.rewrite})
        ids = {name: self._known[name].device_id for name in taken}
        now = timezone.now()
        episodes = [(ids[name], found) for name, one in taken.items() for found in one.episodes.values()]
        rewrites = [(ids[name], one.rewrite) for name, one in taken.items() if one.rewrite]
        profile, stale_after = self._rulebook.profile, self._rulebook.plausibility.stale_after
        if episodes:
            self.stored.findings += record_episodes(episodes, profile=profile, now=now, live_for=stale_after)
        for device_id, rewrite in rewrites:
            found, withdrawn = rewrite_past(
                device_id, rewrite, profile=profile, now=now, live_for=stale_after
            )
            self.stored.findings += found
            self.stored.withdrawn += withdrawn
        tallies = [(ids[name], tally) for name, one in taken.items() for tally in one.tallies]
        if tallies:
            self.stored.findings += add_tallies(tallies, profile=profile, now=now, live_for=stale_after)
        draw_conclusions(self.stored.findings, self.stored.withdrawn, now=now)

    def register(self, names: Iterable[str]) -> dict[str, int]:
        """Register devices that named themselves but have not reported yet; gives their ids."""
        with self.transaction():
            return {name: self._known[name].device_id for name in self.states(names)}

    def _read_states(self, names: list[str]) -> None:
        register_devices({name: self._peer_of(name) for name in names})
        for name, saved in saved_states(names).items():
            self._known[name] = Known(saved.device_id, saved.version, DeviceState())
            if saved.has_reports:
                self._known[name].state = self._state_of(name, saved.rule_state)

    def _state_of(self, name: str, rule_state: str) -> DeviceState:
        try:
            return decode_state(rule_state)
        except msgspec.DecodeError:
            return rebuilt(name, self, self._rulebook)

    def _save_states(self, taken: dict[str, Taken]) -> None:
        if not taken:
            return
        rows = []
        for name, one in taken.items():
            known = self._known[name]
            rule_state = msgspec.json.encode(one.state).decode()
            rows.append(last_position_row(known.device_id, known.version, one.state, rule_state))
        rows.sort()
        buses = self._sql.update_last_positions(rows)
        if len(buses) != len(rows):
            raise OvertakenError
        for name, one in taken.items():
            known = self._known[name]
            known.state, known.version = one.state, known.version + 1
        for row in rows:
            bus = buses[row.device_id]
            if bus is not None:
                self.stored.positions[bus] = row

    def _with_ids(self, arrivals: Sequence[Arrival]) -> list[tuple[int, Arrival]]:
        return [(self._known[arrival.device].device_id, arrival) for arrival in arrivals]

    def _dated(self, device: str) -> QuerySet[StoredFix]:
        dated = StoredFix.objects.alias(misdated=F("verdicts").bitand(int(MISDATED))).filter(misdated=0)
        return dated.filter(device_id=self._known[device].device_id)


def read(reports: QuerySet[StoredFix]) -> Iterator[Fix]:
    """Stored reports as the pipeline takes them, without what was received."""
    return map(fix_of, reports.values_list(*READ_FIX).iterator(chunk_size=PAGE))
