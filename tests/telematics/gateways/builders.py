"""Receivers' bytes, a store for what arrives, and waiting without a clock in the assertion."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import reduce
from operator import xor

from telematics.fix import Arrival
from telematics.gateways.intake import Intake

PATIENCE_S = 30.0
"""How long to wait for what must come: far longer than it takes on the slowest machine."""


def sentence(content: str) -> bytes:
    """An NMEA sentence with its checksum."""
    return f"${content}*{reduce(xor, content.encode()):02X}\r\n".encode()


def name(device: str) -> bytes:
    """The sentence in which a device names itself."""
    return sentence(f"PGID,{device}")


def rmc(second: int) -> bytes:
    """A valid RMC at some second of 11 November 2026."""
    return sentence(f"GPRMC,{clock(second)},A,3114.000,N,12128.{second % 1000:03d},E,10.0,90.0,111126,,,A")


def gga(second: int) -> bytes:
    """The GGA that goes with `rmc`."""
    return sentence(f"GPGGA,{clock(second)},3114.000,N,12128.{second % 1000:03d},E,1,09,0.9,4.0,M,8.0,M,,")


def report(second: int) -> bytes:
    """One whole report, of two sentences."""
    return rmc(second) + gga(second)


def reports(seconds: range) -> bytes:
    """Whole reports, one for each second."""
    return b"".join(report(second) for second in seconds)


def clock(second: int) -> str:
    """Time of day as NMEA writes it."""
    return f"{second // 3600:02d}{second // 60 % 60:02d}{second % 60:02d}.00"


def seconds(arrivals: list[Arrival]) -> list[int]:
    """The seconds of day of what arrived, in order."""
    midnight = datetime(2026, 11, 11, tzinfo=UTC)
    return [int((arrival.fix.time - midnight).total_seconds()) for arrival in arrivals]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what must come to be."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 (a test polls what has no event to wait for)
            await asyncio.sleep(0.01)


class Store:
    """A writer that keeps what it is given, once it may."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.open = asyncio.Event()
        self.open.set()

    async def write(self, batch: list[Arrival]) -> None:
        """Keep a batch, as soon as the store is open."""
        await self.open.wait()
        self.arrivals += batch

    def by_device(self) -> dict[str, list[int]]:
        """The seconds of what arrived, for each device."""
        kept = defaultdict(list)
        for arrival in self.arrivals:
            kept[arrival.device].append(arrival)
        return {device: seconds(arrivals) for device, arrivals in kept.items()}


@asynccontextmanager
async def storing(intake: Intake, store: Store) -> AsyncIterator[None]:
    """Run the intake into the store."""
    running = asyncio.create_task(intake.run(store.write))
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def admit_all(_device: str, _peer: str) -> bool:
    """Let any device report."""
    return True
