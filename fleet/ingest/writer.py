"""The one writer of a gateway process: batches of arrivals through the pipeline, each in one transaction."""

import asyncio
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog
from django.conf import settings
from django.db import DataError, close_old_connections, connections

from fleet.findings.changes import record_receiver
from fleet.ingest.log import DatabaseLog, Stored, oldest
from fleet.ingest.registry import Registry
from telematics.fix import Arrival
from telematics.pipeline import OvertakenError, Rulebook, ingest

log = structlog.get_logger(__name__)

TRIES = 5
"""Times that a batch is taken anew when another process was quicker with a device; then the database is at fault."""
REFUSALS = (DataError, OverflowError, ValueError)
"""What databases and their drivers raise over a value that they can't hold, however often it is tried."""
UNSTORABLE = "unstorable.jsonl"
"""Where such reports are kept, in the data directory."""


class Writer:
    """Writes batches in a thread of its own, and tells `committed` what each changed, once it is durable.

    Args:
        rulebook: what reports are held against.
        registry: the devices that this process knows of.
        committed: called on the event loop after each commit.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        registry: Registry,
        committed: Callable[[Stored], None] = lambda stored: None,
    ) -> None:
        self._rulebook = rulebook
        self._registry = registry
        self._committed = committed
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._log: DatabaseLog | None = None

    async def write(self, arrivals: list[Arrival]) -> None:
        """Store a batch; when this returns it is durable."""
        loop = asyncio.get_running_loop()
        self._committed(await loop.run_in_executor(self._thread, self.store, arrivals))

    async def register_newcomers(self) -> None:
        """Make devices known that named themselves, though they have not reported yet."""
        newcomers = self._registry.take_unregistered()
        if newcomers or self._registry.is_full:
            await asyncio.get_running_loop().run_in_executor(self._thread, self.register, newcomers)

    async def note_receiver(self, device: str, *, is_plugged_in: bool, at: datetime) -> None:
        """Store that a receiver on a serial port was unplugged, or is there."""
        note = partial(self.receiver_noted, device, is_plugged_in=is_plugged_in, at=at)
        self._committed(await asyncio.get_running_loop().run_in_executor(self._thread, note))

    async def close(self) -> None:
        """Let the thread and its connection go."""
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown()

    def store(self, arrivals: list[Arrival]) -> Stored:
        """Store a batch from the calling thread. A report that no column can hold is set aside, alone.

        Raises:
            OvertakenError: where other processes were quicker time and again.
            django.db.Error: where the database is away; nothing is stored then.
        """
        try:
            return self._store_together(arrivals)
        except REFUSALS as error:
            if len(arrivals) == 1:
                set_aside(arrivals[0], error)
                return Stored()
        middle = len(arrivals) // 2
        first, second = self.store(arrivals[:middle]), self.store(arrivals[middle:])
        return Stored(
            first.positions | second.positions,
            first.findings + second.findings,
            first.withdrawn + second.withdrawn,
            oldest(first.late, second.late),
        )

    def register(self, newcomers: set[str]) -> None:
        """Make devices known from the calling thread, and see whether there is room for more of them."""
        self._open_log().register(newcomers)
        self._registry.recount()

    def receiver_noted(self, device: str, *, is_plugged_in: bool, at: datetime) -> Stored:
        """Store it from the calling thread."""
        device_id = self._open_log().register([device])[device]
        found = record_receiver(device_id, is_plugged_in=is_plugged_in, at=at, profile=self._rulebook.profile)
        return Stored(findings=[found] if found else [])

    def _store_together(self, arrivals: list[Arrival]) -> Stored:
        database_log = self._open_log()
        for _ in range(TRIES - 1):
            try:
                ingest(arrivals, database_log, self._rulebook)
            except OvertakenError:
                continue
            return database_log.stored
        ingest(arrivals, database_log, self._rulebook)
        return database_log.stored

    def _open_log(self) -> DatabaseLog:
        close_old_connections()
        if self._log is None:
            self._log = DatabaseLog(self._rulebook, self._registry.peer_of)
        return self._log


def set_aside(arrival: Arrival, error: Exception) -> None:
    """Keep a report that can't be stored, as received, in a file: nothing received is thrown away."""
    report = {
        "device": arrival.device,
        "received_at": arrival.received_at.isoformat(),
        "raw": arrival.fix.raw.hex(),
        "fix": repr(arrival.fix),
        "error": repr(error),
    }
    log.error("report_unstorable", **report)
    with (Path(settings.DATA_DIR) / UNSTORABLE).open("a", encoding="ascii") as file:
        file.write(json.dumps(report) + "\n")
        file.flush()
        os.fsync(file.fileno())
