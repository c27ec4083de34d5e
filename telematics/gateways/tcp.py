"""The TCP gateway: many devices' links into the one intake."""

import asyncio
import resource
import socket
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import takewhile
from typing import cast

import msgspec
import structlog

from telematics.fix import Arrival
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
RECEIVE_BUFFER_BYTES = 64 * 1024
"""What the kernel keeps of one link that we do not read: without it, up to 6 MB for each of 10,000."""
BACKLOG = 4096
"""Connections waiting to be taken: all buses of a province come back at once after an outage."""
SWEEP_S = 0.05
INSPECTION_S = 1.0
FILES_BESIDE_LINKS = 1_000
VANISHED_PEER = ("vanished", 0)
"""What stands for the address of a peer that left before its connection was taken."""
KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 20, "TCP_KEEPCNT": 3}
"""A peer that vanished is found out in two minutes, seconds and probes; Linux's own default is two hours."""


class TcpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How many links a TCP gateway takes, and how it listens.

    Attributes:
        limits: what each link may ask of us.
        max_links: links at once; more are refused.
        max_links_per_peer: links at once from one address; None for any number (mobile networks put many
            devices behind one).
        reuse_port: whether other gateway processes may listen on the same port and share the load.
    """

    limits: LinkLimits = LinkLimits()
    max_links: int = 20_000
    max_links_per_peer: int | None = None
    reuse_port: bool = False


class _Link(asyncio.Protocol):
    """One device's connection: hands its bytes to its session and the session's reports to the gateway."""

    __slots__ = ("_gateway", "device", "host", "last_read", "opened", "session", "taken_over", "transport")

    transport: asyncio.Transport
    session: Session

    def __init__(self, gateway: "TcpGateway") -> None:
        self._gateway = gateway
        self.device: str | None = None
        self.taken_over: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername") or VANISHED_PEER
        self.host: str = peer[0]
        self.session = self._gateway.new_session(f"{self.host}:{peer[1]}")
        self.opened = self.last_read = self._gateway.clock()
        self._gateway.opened(self)

    def data_received(self, data: bytes) -> None:
        self.last_read = self._gateway.clock()
        self._gateway.traffic.bytes_received += len(data)
        self._gateway.deliver(self, self.session.receive(data, datetime.now(UTC)))

    def flush(self) -> None:
        self._gateway.deliver(self, self.session.flush(datetime.now(UTC)))

    def end(self) -> None:
        self._gateway.deliver(self, self.session.end(datetime.now(UTC)))

    def connection_lost(self, exc: Exception | None) -> None:
        self._gateway.closed(self)


class TcpGateway:
    """Listens for devices and sees to it that no link harms another, or us. Made by `serve_tcp`.

    Attributes:
        port: the port that it listens on.
        traffic: what it has carried.
    """

    def __init__(self, intake: Intake, admit: Admit, settings: TcpSettings, decoder: DecoderFactory) -> None:
        loop = asyncio.get_running_loop()
        self.clock = loop.time
        self._loop = loop
        self._intake = intake
        self._admit = admit
        self._settings = settings
        self._limits = settings.limits
        self._decoder = decoder
        self.traffic = Traffic()
        self._holding = HoldingArea()
        self._links: set[_Link] = set()
        self._links_by_host: Counter[str] = Counter()
        self._owners: dict[str, _Link] = {}
        self._pending: dict[_Link, None] = {}
        self._paused = False
        self._resumed = self._inspected = self.clock()
        self._refusing = False
        self._sweeper: asyncio.TimerHandle | None = None
        self._emptied = asyncio.Event()

    async def start(self, host: str | None, port: int) -> None:
        """Listen; port 0 picks a free one."""
        _allow_open_files(self._settings.max_links + FILES_BESIDE_LINKS)
        self._server = await self._loop.create_server(
            lambda: _Link(self),
            host,
            port,
            backlog=BACKLOG,
            reuse_port=self._settings.reuse_port or None,
            start_serving=False,
        )
        for listener in self._server.sockets:
            _set_inherited_options(listener)
        self.port: int = self._server.sockets[0].getsockname()[1]
        await self._server.start_serving()
        self._schedule_sweep()
        log.info("tcp_listening", host=host, port=self.port)

    def snapshot(self) -> dict[str, int]:
        """Counters for the metrics page."""
        return {"links": len(self._links), "devices": len(self._owners), **self.traffic.snapshot()}

    async def close(self) -> None:
        """Listen no more, deliver what has been read and end every link."""
        self._server.close()
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._links:
            self._emptied.clear()
            for link in self._links:
                link.transport.close()
            await self._emptied.wait()

    def new_session(self, peer: str) -> Session:
        """The state of a link that has just been opened."""
        return Session(peer, self._decoder(), self._admit, self._limits, self._holding)

    def opened(self, link: _Link) -> None:
        """Take a new link, or refuse it where there are too many."""
        self._links.add(link)
        self._links_by_host[link.host] += 1
        per_peer = self._settings.max_links_per_peer
        if len(self._links) > self._settings.max_links or (
            per_peer is not None and self._links_by_host[link.host] > per_peer
        ):
            self._refuse(link)
            return
        self._refusing = False
        if self._paused:
            self._loop.call_soon(self._pause_newcomer, link)

    def deliver(self, link: _Link, arrivals: list[Arrival]) -> None:
        """Pass on what a link has just read, and draw the conclusions from it."""
        session = link.session
        if session.device is not None and session.device is not link.device:
            self._claim(link, session.device)
        self._pending.pop(link, None)
        if session.pending:
            self._pending[link] = None
        if arrivals:
            self.traffic.reports += len(arrivals)
            self._intake.offer(arrivals)
            if self._intake.full:
                self._pause()
        if session.ending is not None:
            self._end(link, session.ending)

    def closed(self, link: _Link) -> None:
        """Deliver the rest of a link that is no more, and forget it."""
        if link not in self._links:
            return
        self._links.discard(link)
        link.end()
        self._pending.pop(link, None)
        self._links_by_host[link.host] -= 1
        if not self._links_by_host[link.host]:
            del self._links_by_host[link.host]
        self._disown(link)
        link.session.let_go()
        if not self._links:
            self._emptied.set()

    def _claim(self, link: _Link, device: str) -> None:
        """Make a link the owner of the device that it has just named; an older owner may finish, and go."""
        self._disown(link)
        link.device = device
        older = self._owners.get(device)
        if older is not None:
            older.taken_over = self.clock()
        self._owners[device] = link

    def _disown(self, link: _Link) -> None:
        if link.device is not None and self._owners.get(link.device) is link:
            del self._owners[link.device]

    def _refuse(self, link: _Link) -> None:
        self.traffic.endings[Ending.TOO_MANY] += 1
        if not self._refusing:
            log.warning("links_refused", peer=link.session.peer, links=len(self._links))
        self._refusing = True
        link.transport.abort()

    def _end(self, link: _Link, cause: Ending) -> None:
        if link.transport.is_closing():
            return
        session = link.session
        self.traffic.endings[cause] += 1
        if cause is Ending.GARBAGE:
            self.traffic.garbage_bytes += session.fruitless_bytes
        log.warning(
            "link_ended", cause=cause, peer=session.peer, device=session.device, bytes=session.bytes_received
        )
        link.transport.close()

    def _pause(self) -> None:
        """Stop reading every link: the intake is full, and each read could bring hundreds of reports more."""
        if self._paused:
            return
        self._paused = True
        for link in self._links:
            if not link.transport.is_closing():
                link.transport.pause_reading()
        log.debug("tcp_paused", links=len(self._links))
        self._intake.when_room(self._resume)

    def _pause_newcomer(self, link: _Link) -> None:
        """Stop reading a link opened meanwhile. Before Python 3.12, that is ignored in `connection_made`."""
        if self._paused and not link.transport.is_closing():
            link.transport.pause_reading()

    def _resume(self) -> None:
        self._paused = False
        self._resumed = self.clock()
        for link in self._links:
            if not link.transport.is_closing():
                link.transport.resume_reading()
        log.debug("tcp_resumed", links=len(self._links))

    def _schedule_sweep(self) -> None:
        self._sweeper = self._loop.call_later(SWEEP_S, self._sweep)

    def _sweep(self) -> None:
        """Complete the reports of quiet links; now and then, end the links that have outstayed a limit."""
        self._schedule_sweep()
        if self._paused:
            return
        now = self.clock()
        self._after_reading(self._flush_quiet, now)
        if now - self._inspected >= INSPECTION_S:
            self._inspected = now
            for link in list(self._links):
                cause = self._overdue(link, now)
                if cause is not None:
                    self._end(link, cause)

    def _after_reading(self, callback: Callable[[float], None], now: float) -> None:
        """Call back when the loop has read what waits in the sockets: after two turns, whichever loop it is.

        Where the loop was held up, links look quieter than they are until then.
        """
        self._loop.call_soon(self._loop.call_soon, callback, now)

    def _flush_quiet(self, now: float) -> None:
        """Complete the reports of links quiet at `now`. Pending links stand in the order of their last read."""
        if self._paused:
            return
        quiet_since = now - self._limits.quiet_s
        if self._resumed > quiet_since:
            return
        for link in list(takewhile(lambda link: link.last_read <= quiet_since, self._pending)):
            del self._pending[link]
            link.flush()

    def _overdue(self, link: _Link, now: float) -> Ending | None:
        """The limit that a link has outstayed. Time in which we did not read it does not count as silence."""
        silence_s = now - max(link.last_read, self._resumed)
        if silence_s > self._limits.idle_s:
            return Ending.IDLE
        if link.device is None and now - max(link.opened, self._resumed) > self._limits.naming_s:
            return Ending.UNNAMED
        if link.taken_over is not None:
            rest_has_come = silence_s >= INSPECTION_S
            if rest_has_come or now - max(link.taken_over, self._resumed) > self._limits.taken_over_s:
                return Ending.TAKEN_OVER
        return None


async def serve_tcp(
    intake: Intake,
    *,
    host: str | None = None,
    port: int = DEFAULT_PORT,
    admit: Admit,
    settings: TcpSettings | None = None,
    decoder: DecoderFactory = nmea_decoder,
) -> TcpGateway:
    """Listen for devices over TCP.

    Args:
        intake: where their reports go.
        host: address to listen on; None for all.
        port: port to listen on; 0 for a free one.
        admit: whether a device of this name, from this peer, may report.
        settings: limits; the defaults suit a gateway process of a province.
        decoder: makes a decoder for each link.

    Raises:
        OSError: the port is taken, or not ours to take.
    """
    gateway = TcpGateway(intake, admit, settings or TcpSettings(), decoder)
    await gateway.start(host, port)
    return gateway


def _set_inherited_options(listener: socket.socket) -> None:
    """Set on the listening socket what each accepted one inherits (Linux tcp(7), socket(7))."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
    for name, value in KEEPALIVE.items():
        if hasattr(socket, name):
            listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _allow_open_files(wanted: int) -> None:
    """Raise this process's limit on open files as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if allowed <= soft:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    except (OSError, ValueError) as error:
        log.warning("open_files_limited", limit=soft, wanted=wanted, error=repr(error))
