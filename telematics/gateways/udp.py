"""The UDP gateway: datagrams of many devices into the one intake."""

import asyncio
import contextlib
import socket
import sys
from collections import OrderedDict
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog

from telematics.gateways.intake import Intake
from telematics.gateways.session import (
    Admit,
    DecoderFactory,
    Ending,
    HoldingArea,
    LinkLimits,
    Session,
    Traffic,
    nmea_decoder,
)

log = structlog.get_logger(__name__)

DEFAULT_PORT = 5005
RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
"""Asked of the kernel, to ride out the time in which the intake is full; it may grant less."""
LARGEST_DATAGRAM = 65_535
DATAGRAMS_PER_TURN = 64
"""Read in one go before others on the event loop have their turn."""
INSPECTION_S = 1.0
SO_RXQ_OVFL = 40
"""Linux: have each datagram tell how many the kernel has dropped before it (socket(7))."""
COUNTER_BYTES = 4


class UdpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How many addresses a UDP gateway remembers, and how it listens.

    Attributes:
        limits: what each address may ask of us; `quiet_s` and `taken_over_s` do not apply.
        max_sources: addresses remembered; beyond, the longest silent is forgotten and must name itself again.
        reuse_port: whether other gateway processes may listen on the same port and share the load.
    """

    limits: LinkLimits = LinkLimits()
    max_sources: int = 20_000
    reuse_port: bool = False


class _Source:
    """An address that datagrams come from."""

    __slots__ = ("ended", "last_read", "opened", "session")

    def __init__(self, session: Session, now: float) -> None:
        self.session = session
        self.opened = self.last_read = now
        self.ended: float | None = None


class UdpGateway:
    """Reads datagrams, each the end of a report. Made by `serve_udp`.

    A datagram that names its device speaks for it; so do later ones from the same address that name none.
    UDP cannot be held back: while the intake is full the kernel's buffer fills, and what it then drops is
    counted.

    Attributes:
        port: the port that it listens on.
        dropped_by_kernel: datagrams lost because they were not read in time (known on Linux only).
    """

    def __init__(
        self,
        listener: socket.socket,
        intake: Intake,
        admit: Admit,
        settings: UdpSettings,
        decoder: DecoderFactory,
    ) -> None:
        self.port: int = listener.getsockname()[1]
        self.dropped_by_kernel = 0
        self._loop = asyncio.get_running_loop()
        self._listener = listener
        self._intake = intake
        self._admit = admit
        self._settings = settings
        self._limits = settings.limits
        self._decoder = decoder
        self._holding = HoldingArea()
        self._traffic = Traffic()
        self._sources: OrderedDict[Any, _Source] = OrderedDict()
        self._kernel_counter = 0
        self._dropped_at_inspection = 0
        self._resume()
        self._inspector = self._loop.call_later(INSPECTION_S, self._inspect)
        log.info("udp_listening", port=self.port)

    def snapshot(self) -> dict[str, int]:
        """Counters for the metrics page."""
        return {
            "sources": len(self._sources),
            "dropped_by_kernel": self.dropped_by_kernel,
            **self._traffic.snapshot(),
        }

    def close(self) -> None:
        """Read no more."""
        self._inspector.cancel()
        self._loop.remove_reader(self._listener)
        self._listener.close()

    def _resume(self) -> None:
        self._resumed = self._loop.time()
        if self._listener.fileno() >= 0:
            self._loop.add_reader(self._listener, self._read)

    def _read(self) -> None:
        for _ in range(DATAGRAMS_PER_TURN):
            if self._intake.full:
                self._loop.remove_reader(self._listener)
                self._intake.when_room(self._resume)
                return
            try:
                data, ancillary, _flags, address = self._listener.recvmsg(
                    LARGEST_DATAGRAM, socket.CMSG_SPACE(COUNTER_BYTES)
                )
            except BlockingIOError:
                return
            except OSError as error:
                log.warning("udp_read_failed", error=repr(error))
                return
            self._count_drops(ancillary)
            self._take(data, address)

    def _take(self, data: bytes, address: Any) -> None:
        source = self._source(address)
        self._traffic.bytes_received += len(data)
        if source.ended is not None:
            return
        session = source.session
        received_at = datetime.now(UTC)
        arrivals = session.receive(data, received_at) + session.end(received_at)
        self._traffic.reports += len(arrivals)
        self._intake.offer(arrivals)
        if session.ending is not None:
            self._end(source, session.ending)

    def _source(self, address: Any) -> _Source:
        now = self._loop.time()
        source = self._sources.get(address)
        if source is None:
            peer = f"{address[0].removeprefix('::ffff:')}:{address[1]}"
            session = Session(peer, self._decoder(), self._admit, self._limits, self._holding)
            source = self._sources[address] = _Source(session, now)
            if len(self._sources) > self._settings.max_sources:
                self._traffic.endings[Ending.TOO_MANY] += 1
                _address, forgotten = self._sources.popitem(last=False)
                forgotten.session.let_go()
        else:
            self._sources.move_to_end(address)
            source.last_read = now
        return source

    def _end(self, source: _Source, cause: Ending) -> None:
        """Listen to a source no more. It is remembered for a while, lest each datagram of it start afresh."""
        session = source.session
        source.ended = self._loop.time()
        session.ending = cause
        session.let_go()
        self._traffic.endings[cause] += 1
        if cause is Ending.GARBAGE:
            self._traffic.garbage_bytes += session.fruitless_bytes
        log.warning(
            "source_ended",
            cause=cause,
            peer=session.peer,
            device=session.device,
            bytes=session.bytes_received,
        )

    def _inspect(self) -> None:
        """Forget the sources that have fallen silent, and end those that do not name themselves."""
        self._inspector = self._loop.call_later(INSPECTION_S, self._inspect)
        now = self._loop.time()
        for address, source in list(self._sources.items()):
            if self._outlived(source, now):
                del self._sources[address]
                source.session.let_go()
            elif self._overdue(source, now):
                self._end(source, Ending.UNNAMED)
        if self.dropped_by_kernel > self._dropped_at_inspection:
            log.warning("datagrams_dropped", count=self.dropped_by_kernel - self._dropped_at_inspection)
            self._dropped_at_inspection = self.dropped_by_kernel

    def _outlived(self, source: _Source, now: float) -> bool:
        if source.ended is not None:
            return now - source.ended > self._limits.naming_s
        return now - max(source.last_read, self._resumed) > self._limits.idle_s

    def _overdue(self, source: _Source, now: float) -> bool:
        if source.session.device is not None or source.ended is not None:
            return False
        return now - max(source.opened, self._resumed) > self._limits.naming_s

    def _count_drops(self, ancillary: list[tuple[int, int, bytes]]) -> None:
        for level, kind, value in ancillary:
            if level == socket.SOL_SOCKET and kind == SO_RXQ_OVFL:
                counter = int.from_bytes(value, sys.byteorder)
                self.dropped_by_kernel += (counter - self._kernel_counter) % (1 << 32)
                self._kernel_counter = counter


async def serve_udp(
    intake: Intake,
    *,
    host: str | None = None,
    port: int = DEFAULT_PORT,
    admit: Admit,
    settings: UdpSettings | None = None,
    decoder: DecoderFactory = nmea_decoder,
) -> UdpGateway:
    """Listen for devices over UDP.

    Args:
        intake: where their reports go.
        host: address to listen on; None for all.
        port: port to listen on; 0 for a free one.
        admit: whether a device of this name, from this peer, may report.
        settings: limits; the defaults suit a gateway process of a province.
        decoder: makes a decoder for each address.

    Raises:
        OSError: the port is taken, or not ours to take.
    """
    settings = settings or UdpSettings()
    listener = await _bind(host, port, reuse_port=settings.reuse_port)
    return UdpGateway(listener, intake, admit, settings, decoder)


async def _bind(host: str | None, port: int, *, reuse_port: bool) -> socket.socket:
    loop = asyncio.get_running_loop()
    every = "::" if socket.has_dualstack_ipv6() else None
    found = await loop.getaddrinfo(host or every, port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _name, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setblocking(False)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        if family == socket.AF_INET6 and host is None:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        if reuse_port:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with contextlib.suppress(OSError):
            listener.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener
