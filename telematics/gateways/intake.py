"""The bounded hand-over from the gateways to the one writer: backpressure when it is full, never loss."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from telematics.fix import Arrival

log = structlog.get_logger(__name__)

FIRST_RETRY_S = 0.2
LAST_RETRY_S = 10.0


Write = Callable[[list[Arrival]], Awaitable[None]]


class Intake:
    """What the gateways have read and the writer has not yet stored, in the order read.

    Offering never blocks and never drops, so a gateway must look at `full` after each offer and then read no
    more until `when_room` calls it back. For use on one event loop.

    Args:
        high_water: number of arrivals at which it is full.
        low_water: number below which there is room again.
        batch: largest number given to one write.
        gather_s: how long to collect company for an arrival that finds the writer idle, seconds.
    """

    def __init__(
        self, *, high_water: int = 50_000, low_water: int = 25_000, batch: int = 5_000, gather_s: float = 0.01
    ) -> None:
        if not 0 < low_water <= high_water:
            raise ValueError("the low-water mark must lie above nought and not above the high-water mark")
        self.received = 0
        self.written = 0
        self.high_water_hits = 0
        self.failed_writes = 0
        self._high_water = high_water
        self._low_water = low_water
        self._batch = batch
        self._gather_s = gather_s
        self._waiting: list[Arrival] = []
        self._room_callbacks: list[Callable[[], None]] = []
        self._something = asyncio.Event()
        self._nothing = asyncio.Event()
        self._nothing.set()

    @property
    def level(self) -> int:
        """How many arrivals are not yet stored, those being written included."""
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether the gateways must stop reading."""
        return self.level >= self._high_water

    def offer(self, arrivals: Sequence[Arrival]) -> None:
        """Take what a gateway has read."""
        if not arrivals:
            return
        was_full = self.full
        self._waiting += arrivals
        self.received += len(arrivals)
        if self.full and not was_full:
            self.high_water_hits += 1
            log.warning("intake_full", waiting=self.level)
        self._something.set()
        self._nothing.clear()

    def when_room(self, callback: Callable[[], None]) -> None:
        """Have `callback` called once when the level is below low water: at once if it is already."""
        if self.level < self._low_water:
            callback()
        else:
            self._room_callbacks.append(callback)

    async def wait_for_room(self) -> None:
        """Return when the intake is not full; if it was, when the level has sunk below low water."""
        if self.full:
            room = asyncio.Event()
            self.when_room(room.set)
            await room.wait()

    async def drain(self) -> None:
        """Return when everything offered has been written."""
        await self._nothing.wait()

    async def run(self, write: Write) -> None:
        """Hand everything offered to `write`, in order and in batches, until cancelled.

        A batch leaves the intake only when its write has returned. One whose write raises is tried again,
        after growing pauses; one whose write is cancelled is still here for the next `run`. So writing must
        be idempotent.
        """
        while True:
            if not self._waiting:
                await self._something.wait()
                await asyncio.sleep(self._gather_s)
            batch = self._waiting[: self._batch]
            await self._write_until_stored(batch, write)
            self._forget(len(batch))

    async def _write_until_stored(self, batch: list[Arrival], write: Write) -> None:
        retry_s = FIRST_RETRY_S
        while True:
            try:
                return await write(batch)
            except Exception as error:
                self.failed_writes += 1
                log.exception("write_failed", error=repr(error), reports=len(batch), retry_s=retry_s)
            await asyncio.sleep(retry_s)
            retry_s = min(retry_s * 2, LAST_RETRY_S)

    def _forget(self, count: int) -> None:
        del self._waiting[:count]
        self.written += count
        if not self._waiting:
            self._something.clear()
            self._nothing.set()
        if self.level < self._low_water:
            callbacks, self._room_callbacks = self._room_callbacks, []
            for callback in callbacks:
                callback()
