"""Follows trips in a gateway process: after commits, in a thread of its own, every few seconds at most."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog
from django.db import close_old_connections, connections
from django.utils import timezone

from fleet.duty.follow import follow_late
from fleet.ingest.log import Stored, oldest
from fleet.trips.follow import Advanced, follow
from fleet.trips.predictor import Predictor
from fleet.trips.reports import buses_of_late_reports

log = structlog.get_logger(__name__)

EVERY_S = 2.0
PAUSE_S = 5.0
"""After a failure."""


class Follower:
    """Advances the trips of buses that have reported.

    What waits is one entry per bus, however far it falls behind: nothing is lost, for the reports are in the log.

    Args:
        clock: the present.
        found: told on the event loop of what the rules on trips have found, once it is durable.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = timezone.now,
        found: Callable[[Stored], None] = lambda stored: None,
    ) -> None:
        self._clock = clock
        self._found = found
        self._predictor = Predictor()
        self._buses: set[int] = set()
        self._late: dict[int, datetime] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="follower")

    def committed(self, stored: Stored) -> None:
        """Take which buses a committed batch was of; never blocks."""
        self._wait(set(stored.positions), stored.late)

    def _wait(self, buses: set[int], late: dict[int, datetime]) -> None:
        self._buses |= buses
        self._late = oldest(self._late, late)

    async def run(self) -> None:
        """Follow until cancelled, however often the database is away."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(EVERY_S)
            if not self._buses and not self._late:
                continue
            buses, late = self._buses, self._late
            self._buses, self._late = set(), {}
            try:
                done = await loop.run_in_executor(self._thread, self._follow_in_thread, buses, late)
                self._found(Stored(findings=done.findings, withdrawn=done.withdrawn))
            except Exception as error:
                log.warning("following_failed", error=repr(error))
                self._wait(buses, late)
                await asyncio.sleep(PAUSE_S)

    async def close(self) -> None:
        """Let the thread and its connection go."""
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown()

    def follow(self, buses: set[int], late: dict[int, datetime]) -> Advanced:
        """Advance trips from the calling thread.

        Args:
            buses: that have reported.
            late: by device, the oldest event time of its reports that came late.
        """
        late_by_bus, now = buses_of_late_reports(late), self._clock()
        followed = follow(buses, self._predictor, now, late_by_bus)
        follow_late(late_by_bus, now)
        return followed

    def _follow_in_thread(self, buses: set[int], late: dict[int, datetime]) -> Advanced:
        close_old_connections()
        return self.follow(buses, late)
