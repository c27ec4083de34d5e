"""Links from a simulated unit to the gateway: TCP that comes back by itself, and UDP."""

import asyncio
from collections import deque
from random import Random
from typing import Protocol

from telematics.simulator.receiver import sentence

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0
_CONNECT_WITHIN_S = 10.0
_KEPT_BURSTS = 1800
"""What a unit keeps while it has no link: half an hour at a report a second."""


def identity(device_id: str, chance: Random) -> bytes:
    """The line by which a unit names itself: `$PGID,<id>*hh`, or `IMEI <id>`."""
    if chance.random() < 0.5:
        return sentence(f"PGID,{device_id}")
    return f"IMEI {device_id}\r\n".encode("ascii")


class Link(Protocol):
    """A way for bursts of bytes to the gateway.

    Attributes:
        sent: bursts sent so far.
    """

    sent: int

    @property
    def connected(self) -> bool:
        """Whether the gateway is there, as far as the link knows."""

    async def send(self, burst: bytes) -> None:
        """Send a burst, or keep it until the link is back."""

    def close(self) -> None:
        """Give the link up."""


class TcpLink:
    """A TCP connection that names its unit first, and again after each loss of the gateway."""

    def __init__(self, host: str, port: int, greeting: bytes, chance: Random) -> None:
        """A link that connects when it first has something to send.

        Args:
            host: the gateway's host.
            port: its port.
            greeting: what is sent first on every connection.
            chance: spreads the attempts to reconnect.
        """
        self.sent = 0
        self._address = (host, port)
        self._greeting = greeting
        self._chance = chance
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._backlog: deque[bytes] = deque(maxlen=_KEPT_BURSTS)
        self._wait_s = _FIRST_WAIT_S
        self._retry_at_s = 0.0

    @property
    def connected(self) -> bool:
        """Whether the gateway is there, as far as the link knows."""
        return self._streams is not None and not self._streams[0].at_eof()

    async def send(self, burst: bytes) -> None:
        """Send the burst after all that waited before it, or let it wait with them."""
        self._backlog.append(burst)
        try:
            writer = await self._writer()
            if writer is None:
                return
            while self._backlog:
                writer.write(self._backlog[0])
                await writer.drain()
                self._backlog.popleft()
                self.sent += 1
        except OSError:
            self.close()

    async def _writer(self) -> asyncio.StreamWriter | None:
        if self._streams is not None and self.connected:
            return self._streams[1]
        self.close()
        now_s = asyncio.get_running_loop().time()
        if now_s < self._retry_at_s:
            return None
        self._retry_at_s = now_s + self._wait_s * self._chance.uniform(0.5, 1.0)
        self._wait_s = min(2 * self._wait_s, _LONGEST_WAIT_S)
        async with asyncio.timeout(_CONNECT_WITHIN_S):
            self._streams = await asyncio.open_connection(*self._address)
        self._wait_s = _FIRST_WAIT_S
        self._streams[1].write(self._greeting)
        return self._streams[1]

    def close(self) -> None:
        """Close the connection; the next burst opens another."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class UdpLink:
    """Datagrams that each begin with the unit's name: nothing else says whose they are."""

    def __init__(self, host: str, port: int, greeting: bytes) -> None:
        """A link to the gateway at a host's UDP port."""
        self.sent = 0
        self.connected = False
        self._address = (host, port)
        self._greeting = greeting
        self._transport: asyncio.DatagramTransport | None = None

    async def send(self, burst: bytes) -> None:
        """Send one datagram; nobody tells whether it arrives."""
        try:
            if self._transport is None:
                loop = asyncio.get_running_loop()
                self._transport, _ = await loop.create_datagram_endpoint(
                    asyncio.DatagramProtocol, remote_addr=self._address
                )
            self._transport.sendto(self._greeting + burst)
        except OSError:
            self.close()
            return
        self.connected = True
        self.sent += 1

    def close(self) -> None:
        """Close the socket; the next burst opens another."""
        self.connected = False
        if self._transport is not None:
            self._transport.close()
            self._transport = None
