"""Buses for the crash benchmark: each reports over a link of its own, and connects again when it breaks."""

import asyncio
import dataclasses
import math
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from telematics.simulator.load import Stream, device_id
from telematics.simulator.receiver import degrees_minutes, sentence
from telematics.units import mps_to_knots

AGAIN_AFTER_S = 0.2
USUAL_MPS, SPEEDING_MPS = 12.0, 21.0
SPURT_S = 40
RADIUS_DEG = 0.015
CENTRE_LAT, CENTRE_LON = 31.1, 121.1


def make_buses(number: int, reports_each: int, start: datetime) -> list[Stream]:
    """What buses send that go round in circles, one report for each second; three of four speed now and then."""
    return [_stream(bus, reports_each, start) for bus in range(number)]


def renamed(stream: Stream, prefix: str) -> Stream:
    """The same stream from the device of that prefix and the same number."""
    name = prefix + stream.device_id[-6:]
    return dataclasses.replace(stream, device_id=name, greeting=sentence(f"PGID,{name}"))


def _stream(bus: int, reports_each: int, start: datetime) -> Stream:
    name = device_id(bus)
    chunks, turned = [], float(bus)
    for second in range(reports_each):
        spurt = (second // SPURT_S + bus) % 4 == 0 and bus % 4 != 0
        mps = SPEEDING_MPS if spurt else USUAL_MPS
        turned += mps / (RADIUS_DEG * 111_320)
        chunks.append(_report(start + timedelta(seconds=second), turned, mps))
    return Stream(name, sentence(f"PGID,{name}"), chunks, reports_each, 1)


def _report(moment: datetime, turned: float, mps: float) -> bytes:
    lat = degrees_minutes(CENTRE_LAT + RADIUS_DEG * math.cos(turned), 2, 5)
    lon = degrees_minutes(CENTRE_LON + RADIUS_DEG * math.sin(turned), 3, 5)
    clock = f"{moment:%H%M%S}.{moment.microsecond // 1000:03d}"
    place, course = f"{lat},N,{lon},E", math.degrees(turned) % 360
    rmc = sentence(f"GNRMC,{clock},A,{place},{mps_to_knots(mps):.2f},{course:.1f},{moment:%d%m%y},,,A")
    return rmc + sentence(f"GNGGA,{clock},{place},1,14,0.80,4.5,M,8.6,M,,")


class Buses:
    """Buses that report while the block runs, in a thread of their own.

    Args:
        streams: what each sends; the last report of each is held back while they are paced.
        port: the gateway's port.
        reports_per_s: over all buses; None for as fast as the gateway takes them.

    Attributes:
        sent: reports written to sockets.
        links: connections made.
    """

    def __init__(self, streams: Sequence[Stream], port: int, reports_per_s: int | None) -> None:
        self._streams = streams
        self._port = port
        self._period_s = len(streams) / reports_per_s if reports_per_s else 0.0
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._stop = threading.Event()
        self.sent = 0
        self.links = 0

    def __enter__(self) -> "Buses":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def are_reporting(self) -> bool:
        """Whether any bus has something left to send."""
        return self._thread.is_alive()

    def join(self) -> None:
        """Wait until every bus has sent everything."""
        self._thread.join()

    async def _run(self) -> None:
        await asyncio.gather(*(self._report_all(stream) for stream in self._streams))

    async def _report_all(self, stream: Stream) -> None:
        chunks = iter(stream.chunks[: -1 if self._period_s else None])
        while not self._stop.is_set():
            try:
                if await self._report_on_one_link(stream, chunks):
                    return
            except OSError:
                await asyncio.sleep(AGAIN_AFTER_S)

    async def _report_on_one_link(self, stream: Stream, chunks: Iterator[bytes]) -> bool:
        """Send from where the last link ended; whether that was all.

        Raises:
            OSError: the link broke; the report that was being written is under way for ever.
        """
        _, link = await asyncio.open_connection("127.0.0.1", self._port)
        self.links += 1
        try:
            link.write(stream.greeting)
            for chunk in chunks:
                link.write(chunk)
                await link.drain()
                self.sent += 1
                if self._period_s:
                    await asyncio.sleep(self._period_s)
                if self._stop.is_set():
                    break
            return True
        finally:
            link.close()
            await link.wait_closed()
