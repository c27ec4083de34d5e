"""From committed rows to live screens: each bus at most once a second, a hint at changed alarms at once."""

import asyncio
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import structlog
from channels.db import database_sync_to_async

from fleet.ingest.log import Stored
from fleet.ingest.pace import Pace
from fleet.live import ALARMS_CHANGED, live_group
from fleet.positions.queries import live_row
from fleet.positions.rows import LastPositionRow
from fleet.vehicles.queries import districts_of_buses

log = structlog.get_logger(__name__)

TICK_S = 0.1
HEARTBEAT_S = 5.0
DISTRICTS_REREAD_S = 60.0
HINT_EVERY_S = 0.5


class Publisher:
    """Tells the channel layer what has been committed.

    Each message bears this publisher's name and a number that grows by one within a district, so that a
    consumer sees that it missed one (Redis pub/sub drops in silence when it reconnects).

    Args:
        layer: a Channels layer.
        clock: seconds, monotonic.
    """

    def __init__(self, layer: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._layer = layer
        self._clock = clock
        self._name = uuid.uuid4().hex[:8]
        self._numbers: dict[int, int] = defaultdict(int)
        self._waiting: dict[int, LastPositionRow] = {}
        self._pace = Pace()
        self._with_findings: set[int] = set()
        self._hinted_at: dict[int, float] = {}
        self._districts: dict[int, int] = {}
        self._districts_read_at = -DISTRICTS_REREAD_S

    def committed(self, stored: Stored) -> None:
        """Take what a committed batch changed; never blocks, and keeps one row per bus at most."""
        self._waiting.update(stored.positions)
        changed = (*stored.findings, *stored.withdrawn)
        self._with_findings |= {finding.bus_id for finding in changed if finding.bus_id is not None}

    async def run(self) -> None:
        """Publish until cancelled, however often the channel layer or the database is away."""
        beat_at = self._clock()
        while True:
            await asyncio.sleep(TICK_S)
            try:
                await self.publish_due()
                if self._clock() - beat_at >= HEARTBEAT_S:
                    beat_at = self._clock()
                    for district in set(self._districts.values()):
                        await self._send(district, {"type": "live.heartbeat"})
            except Exception as error:
                log.warning("publishing_failed", error=repr(error))
                await asyncio.sleep(1)

    async def publish_due(self) -> None:
        """Publish what is due. What could not be sent waits on, until it is or something newer takes its place."""
        now = self._clock()
        due = [bus for bus in self._waiting if self._pace.admits(bus, now)]
        if due or self._with_findings:
            await self._reread_districts(now, {*due, *self._with_findings})
        rows: dict[int, dict[int, LastPositionRow]] = defaultdict(dict)
        for bus in due:
            rows[self._districts.get(bus, 0)][bus] = self._waiting[bus]
        for district, changed in rows.items():
            shown = [live_row(bus, row) for bus, row in changed.items()]
            await self._send(district, {"type": "live.delta", "rows": shown})
            for bus, row in changed.items():
                self._pace.shown(bus, now)
                if self._waiting[bus] is row:
                    del self._waiting[bus]
        await self._hint_at_alarms(now)

    async def _hint_at_alarms(self, now: float) -> None:
        """Tell each district that its alarms have changed, not oftener than a person can look."""
        told, self._with_findings = self._with_findings, set()
        for bus in told:
            district = self._districts.get(bus, 0)
            hinted_at = self._hinted_at.get(district, -HINT_EVERY_S)
            if now == hinted_at:
                continue
            if now - hinted_at < HINT_EVERY_S:
                self._with_findings.add(bus)
                continue
            try:
                await self._send(district, ALARMS_CHANGED)
            except BaseException:
                self._with_findings |= told
                raise
            self._hinted_at[district] = now

    async def _reread_districts(self, now: float, buses: set[int]) -> None:
        old = now - self._districts_read_at >= DISTRICTS_REREAD_S
        if old or not buses <= self._districts.keys():
            self._districts = await database_sync_to_async(districts_of_buses)()
            self._districts_read_at = now

    async def _send(self, district: int, message: dict[str, Any]) -> None:
        self._numbers[district] += 1
        message = message | {
            "publisher": self._name,
            "district": district,
            "number": self._numbers[district],
            "now": round(time.time() * 1000),
        }
        await self._layer.group_send(live_group(district), message)
