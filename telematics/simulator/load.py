"""The benchmarks' load: many receivers' streams made beforehand, sent as fast as the gateway takes them.

Run it as `python -m telematics.simulator.load --port 5005 --connections 1000 --rate max --seconds 20`. It prints
one line of JSON: `sent_reports`, `seconds`, `connections`, `lost_connections`.
"""

import argparse
import asyncio
import itertools
import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import cast

import uvloop

from telematics.simulator.plane import TOWN_CENTRE
from telematics.simulator.receiver import degrees_minutes, sentence
from telematics.units import mps_to_knots

_REPORTS_PER_WRITE = 8
_BUFFER_BYTES = 16 * 1024
_TICK_S = 0.02
_FLUSH_WITHIN_S = 30.0
_CONNECTING_AT_ONCE = 100
_MOST_REPORTS_PER_S = 30_000
"""More than a gateway takes: how many reports are made beforehand for `--rate max`."""
_USUAL_MPS, _SPEEDING_MPS = 10.0, 20.0
_SPEEDING_EVERY = 50
_CIRCLE_M = 1500.0


@dataclass(frozen=True)
class Stream:
    """What one receiver sends.

    Attributes:
        device_id: the identity that it names itself by.
        greeting: the line that it does so with.
        chunks: bytes to write, each of `reports_per_chunk` whole reports (the last may have fewer).
        reports: how many reports all chunks have.
        reports_per_chunk: reports in a chunk.
    """

    device_id: str
    greeting: bytes
    chunks: Sequence[bytes]
    reports: int
    reports_per_chunk: int


def device_id(number: int) -> str:
    """The identity of the load's receiver with this number, from 0."""
    return f"load{number:06d}"


def make_streams(
    buses: int, reports_each: int, start: datetime, period_s: float = 1.0, reports_per_chunk: int = 1
) -> list[Stream]:
    """Streams of RMC and GGA of buses that go round in circles; every fiftieth goes at 72 km/h.

    Args:
        buses: how many receivers.
        reports_each: reports of each; no two of a receiver have the same time.
        start: event time of the first report, UTC.
        period_s: seconds from report to report, a millisecond at least.
        reports_per_chunk: reports to write in one go.
    """
    clocks = [_clock(start + timedelta(seconds=number * period_s)) for number in range(reports_each)]
    streams = []
    for number in range(buses):
        reports = list(_reports(number, clocks, period_s))
        chunks = [
            b"".join(reports[first : first + reports_per_chunk])
            for first in range(0, reports_each, reports_per_chunk)
        ]
        name = device_id(number)
        streams.append(Stream(name, sentence(f"PGID,{name}"), chunks, reports_each, reports_per_chunk))
    return streams


def _clock(epoch: datetime) -> tuple[str, str]:
    return f"{epoch:%H%M%S}.{epoch.microsecond // 1000:03d}", f"{epoch:%d%m%y}"


def _reports(number: int, clocks: Sequence[tuple[str, str]], period_s: float) -> Iterator[bytes]:
    speed_mps = _SPEEDING_MPS if number % _SPEEDING_EVERY == _SPEEDING_EVERY - 1 else _USUAL_MPS
    knots = mps_to_knots(speed_mps)
    centre_lat = TOWN_CENTRE[0] + 0.002 * (number % 40)
    centre_lon = TOWN_CENTRE[1] + 0.002 * (number // 40 % 40)
    lat_deg, turn_rad = math.degrees(_CIRCLE_M / 6_371_009), speed_mps * period_s / _CIRCLE_M
    lon_deg = lat_deg / math.cos(math.radians(centre_lat))
    for step, (clock, date) in enumerate(clocks):
        angle = number + step * turn_rad
        lat = degrees_minutes(centre_lat + lat_deg * math.cos(angle), 2, 5)
        lon = degrees_minutes(centre_lon + lon_deg * math.sin(angle), 3, 5)
        course = math.degrees(angle + math.pi / 2) % 360
        where = f"{lat},N,{lon},E"
        rmc = sentence(f"GNRMC,{clock},A,{where},{knots:.2f},{course:.1f},{date},,,A")
        yield rmc + sentence(f"GNGGA,{clock},{where},1,14,0.80,4.5,M,8.6,M,,")


class Sender(asyncio.Protocol):
    """One receiver's connection: writes while the gateway takes, stops while it doesn't.

    Attributes:
        sent: reports handed to the connection.
        lost: whether the gateway closed it.
    """

    def __init__(self, stream: Stream, eager: bool) -> None:
        """A sender that has yet to be connected.

        Args:
            stream: what to send.
            eager: whether to send as much as the connection takes; if not, `send_one` paces it.
        """
        self.sent = 0
        self.lost = False
        self.closed = asyncio.get_running_loop().create_future()
        self._stream = stream
        self._chunks = iter(stream.chunks)
        self._eager = eager
        self._open = True
        self._ending = False
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Name the receiver."""
        self._transport = cast(asyncio.WriteTransport, transport)
        self._transport.set_write_buffer_limits(high=_BUFFER_BYTES)
        self._transport.write(self._stream.greeting)

    def start(self) -> None:
        """Send, if eager, as much as the connection takes."""
        while self._eager and self.send_one():
            continue

    def send_one(self) -> bool:
        """Write one chunk; False where the gateway doesn't take it now, or none is left."""
        if not self._open or self._ending or self._transport is None:
            return False
        chunk = next(self._chunks, None)
        if chunk is None:
            self.end()
            return False
        self.sent = min(self.sent + self._stream.reports_per_chunk, self._stream.reports)
        self._transport.write(chunk)
        return True

    def pause_writing(self) -> None:
        """The gateway is behind."""
        self._open = False

    def resume_writing(self) -> None:
        """The gateway takes more."""
        self._open = True
        self.start()

    def end(self) -> None:
        """Send no more; close once all that was written has gone out."""
        self._ending = True
        if self._transport is not None:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note whether the gateway closed the connection before all was said."""
        self.lost = exc is not None or not self._ending
        self._open = False
        if not self.closed.done():
            self.closed.set_result(None)


async def send_load(
    host: str, port: int, streams: Sequence[Stream], rate: float | None, seconds: float
) -> dict[str, float]:
    """Connect all streams, then send.

    Args:
        host: the gateway's host.
        port: its port.
        streams: one connection each.
        rate: reports a second over all connections; None for as many as the gateway takes.
        seconds: how long.

    Returns:
        What the command prints. The seconds include the time in which the last bytes went out.
    """
    senders = await _connected(host, port, streams, eager=rate is None)
    begun_s = time.perf_counter()
    if rate is None:
        for sender in senders:
            sender.start()
        await asyncio.wait([sender.closed for sender in senders], timeout=seconds)
    else:
        await _paced(senders, rate, begun_s, seconds)
    for sender in senders:
        sender.end()
    _, unfinished = await asyncio.wait([sender.closed for sender in senders], timeout=_FLUSH_WITHIN_S)
    return {
        "sent_reports": sum(sender.sent for sender in senders),
        "seconds": round(time.perf_counter() - begun_s, 3),
        "connections": len(senders),
        "lost_connections": sum(sender.lost for sender in senders) + len(unfinished),
    }


async def _connected(host: str, port: int, streams: Sequence[Stream], eager: bool) -> list[Sender]:
    loop = asyncio.get_running_loop()
    senders: list[Sender] = []
    for first in range(0, len(streams), _CONNECTING_AT_ONCE):
        batch = streams[first : first + _CONNECTING_AT_ONCE]
        opened = await asyncio.gather(
            *(loop.create_connection(partial(Sender, stream, eager), host, port) for stream in batch)
        )
        senders.extend(sender for _, sender in opened)
    return senders


async def _paced(senders: Sequence[Sender], rate: float, begun_s: float, seconds: float) -> None:
    turns = itertools.cycle(senders)
    offered = 0
    while (elapsed_s := time.perf_counter() - begun_s) < seconds:
        due = int(rate * elapsed_s)
        for sender in itertools.islice(turns, due - offered):
            sender.send_one()
        offered = due
        await asyncio.sleep(_TICK_S)


def _streams_for(connections: int, rate: float | None, seconds: float) -> list[Stream]:
    """Streams long enough: paced ones tell the time at which they are sent, others the time up to now."""
    now = datetime.now(UTC)
    each = math.ceil((rate or _MOST_REPORTS_PER_S) * seconds / connections) + 1
    if rate is None:
        return make_streams(connections, each, now - timedelta(seconds=each), 1.0, _REPORTS_PER_WRITE)
    return make_streams(connections, each, now, max(connections / rate, 0.001))


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the streams, send them, print what was sent."""
    parser = argparse.ArgumentParser(description="Send NMEA from many receivers at once.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--rate", default="max", help="reports a second over all connections, or max")
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args(arguments)
    rate = None if options.rate == "max" else float(options.rate)
    streams = _streams_for(options.connections, rate, options.seconds)
    print("ready", file=sys.stderr, flush=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(send_load(options.host, options.port, streams, rate, options.seconds))
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
