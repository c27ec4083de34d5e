"""What a browser has not been told yet: never more than one row for each bus, however slow the browser is."""

import asyncio
from typing import Any


class Outbox:
    """Collects what is to be sent to one browser while it is busy taking what came before."""

    def __init__(self) -> None:
        self._rows: dict[int, list[Any]] = {}
        self._wants_alarms = False
        self._wants_snapshot = True
        self._something = asyncio.Event()
        self._something.set()

    def want_snapshot(self) -> None:
        """Start afresh: all that waits is contained in the snapshot to come."""
        self._rows.clear()
        self._wants_alarms = False
        self._wants_snapshot = True
        self._something.set()

    def put_rows(self, rows: list[list[Any]]) -> None:
        """Add bus rows; a newer one of the same bus replaces the older."""
        if rows:
            self._rows.update((row[0], row) for row in rows)
            self._something.set()

    def want_alarms(self) -> None:
        """Read anew which alarms have changed."""
        self._wants_alarms = True
        self._something.set()

    async def wait(self, at_most_s: float) -> bool:
        """Return when there is something to send, or after `at_most_s` seconds; whether there is."""
        try:
            async with asyncio.timeout(at_most_s):
                await self._something.wait()
        except TimeoutError:
            return False
        return True

    def take_snapshot_wish(self) -> bool:
        """Whether a snapshot is wanted; asked once, it counts as given."""
        wish, self._wants_snapshot = self._wants_snapshot, False
        return wish

    def take(self) -> tuple[list[list[Any]], bool]:
        """All bus rows that wait, and whether alarms are to be read."""
        rows, wants_alarms = list(self._rows.values()), self._wants_alarms
        self._rows.clear()
        self._wants_alarms = False
        if not self._wants_snapshot:
            self._something.clear()
        return rows, wants_alarms
