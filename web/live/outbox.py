"""What a browser has not been told yet: never more than one row for each bus, however slow the browser is."""

import asyncio
from typing import Any

MAX_ALARMS = 200
"""More alarms than this at once, and a fresh snapshot tells it better."""


class Outbox:
    """Collects what is to be sent to one browser while it is busy taking what came before."""

    def __init__(self) -> None:
        self._rows: dict[int, list[Any]] = {}
        self._alarms: dict[int, dict[str, Any]] = {}
        self._wants_snapshot = True
        self._something = asyncio.Event()
        self._something.set()

    def want_snapshot(self) -> None:
        """Start afresh: all that waits is contained in the snapshot to come."""
        self._rows.clear()
        self._alarms.clear()
        self._wants_snapshot = True
        self._something.set()

    def put_rows(self, rows: list[list[Any]]) -> None:
        """Add bus rows; a newer one of the same bus replaces the older."""
        if rows:
            self._rows.update((row[0], row) for row in rows)
            self._something.set()

    def put_alarm(self, message: dict[str, Any], number: int) -> None:
        """Add a message about the alarm of that number; a newer one replaces the older."""
        self._alarms[number] = message
        if len(self._alarms) > MAX_ALARMS:
            self.want_snapshot()
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

    def take(self) -> tuple[list[list[Any]], list[dict[str, Any]]]:
        """All bus rows and alarm messages that wait."""
        rows, alarms = list(self._rows.values()), list(self._alarms.values())
        self._rows.clear()
        self._alarms.clear()
        if not self._wants_snapshot:
            self._something.clear()
        return rows, alarms
