"""The simulated fleet: each bus with its drive, its receiver and its link, all on one clock."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from telematics.simulator.dice import dice
from telematics.simulator.driving import BusDrive
from telematics.simulator.model import Bus, District
from telematics.simulator.receiver import Receiver, any_model
from telematics.simulator.send import Link, TcpLink, UdpLink, identity

_SILENT_AFTER_S = 240.0
_LOOK_BACK_S = 3600.0


def buses_for(district: District, count: int | None) -> list[Bus]:
    """The district's buses, or the first `count`; beyond its own, more buses on the same routes."""
    own = list(district.buses)
    if count is None:
        return own
    further = (
        replace(
            own[number % len(own)],
            plate=f"苏ED{number:05d}",
            device_id=f"sim{number:06d}",
            behaviour="normal",
        )
        for number in range(len(own), count)
    )
    return [*own[:count], *further]


class Unit:
    """The onboard unit of one bus: gives the bytes of each epoch."""

    def __init__(self, district: District, bus: Bus, seed: int) -> None:
        """A unit in a bus whose day begins.

        Args:
            district: where the bus drives.
            bus: the bus.
            seed: the same seed gives the same bytes.
        """
        chance = dice("receiver", seed, bus.device_id)
        self.bus = bus
        self._drive = BusDrive(district, bus, seed)
        self._receiver = Receiver(any_model(chance), chance, poor_antenna=bus.behaviour == "void")
        self._age_s = 0.0

    def burst(self, epoch: datetime, elapsed_s: float) -> bytes | None:
        """What the unit sends for an epoch; None once it has fallen silent.

        Args:
            epoch: event time, UTC.
            elapsed_s: seconds since the epoch before.
        """
        self._age_s += elapsed_s
        state = self._drive.advance(elapsed_s)
        if self.bus.behaviour == "silent" and self._age_s > _SILENT_AFTER_S:
            return None
        return self._receiver.report(state, epoch, elapsed_s)


class Clock:
    """Simulated time: real, or begun an hour ago and run faster until it has caught up with the present."""

    def __init__(self, speedup: float = 1.0) -> None:
        """A clock that starts now.

        Args:
            speedup: simulated seconds in a real one, while there is a past to catch up with.
        """
        self._speedup = speedup
        self._begun_s = time.time()
        self.start_s = self._begun_s - (_LOOK_BACK_S if speedup > 1 else 0.0)

    async def wait_for(self, simulated_s: float) -> None:
        """Sleep until a simulated time (seconds since 1970); it never lies ahead of the real one."""
        due_s = max(self._begun_s + (simulated_s - self.start_s) / self._speedup, simulated_s)
        await asyncio.sleep(max(due_s - time.time(), 0.0))


@dataclass(frozen=True)
class Gateway:
    """Where the fleet sends to, and how often.

    Attributes:
        host: the gateway's host.
        port: its TCP and UDP port.
        period_s: seconds from report to report.
        udp_share: which share of the buses sends over UDP, 0 to 1.
    """

    host: str = "127.0.0.1"
    port: int = 5005
    period_s: float = 2.0
    udp_share: float = 0.1


class Fleet:
    """Buses that all drive and report until they are cancelled.

    Attributes:
        links: each bus's link, to see what goes out.
    """

    def __init__(self, district: District, buses: Sequence[Bus], gateway: Gateway, seed: int) -> None:
        """A fleet that is ready to go."""
        self._gateway = gateway
        self._seed = seed
        self._units = [Unit(district, bus, seed) for bus in buses]
        self.links = [self._link(unit.bus) for unit in self._units]

    def _link(self, bus: Bus) -> Link:
        chance = dice("link", self._seed, bus.device_id)
        host, port = self._gateway.host, self._gateway.port
        over_udp, greeting = chance.random() < self._gateway.udp_share, identity(bus.device_id, chance)
        return UdpLink(host, port, greeting) if over_udp else TcpLink(host, port, greeting, chance)

    async def drive(self, clock: Clock) -> None:
        """Drive all buses, until cancelled; then close their links."""
        try:
            async with asyncio.TaskGroup() as group:
                for unit, link in zip(self._units, self.links, strict=True):
                    group.create_task(self._report(unit, link, clock))
        finally:
            for link in self.links:
                link.close()

    async def _report(self, unit: Unit, link: Link, clock: Clock) -> None:
        period_s = self._gateway.period_s
        chance = dice("jitter", self._seed, unit.bus.device_id)
        epoch_s = _first_epoch_s(clock.start_s + chance.uniform(0, period_s), period_s)
        while True:
            await clock.wait_for(epoch_s + chance.uniform(0.02, 0.12) * min(period_s, 1.0))
            burst = unit.burst(datetime.fromtimestamp(0, UTC) + timedelta(seconds=epoch_s), period_s)
            if burst is not None:
                await link.send(burst)
            epoch_s = round(epoch_s + period_s, 2)


def _first_epoch_s(after_s: float, period_s: float) -> float:
    """Receivers compute their position on the whole second, faster ones on its hundredths."""
    return float(round(after_s)) if period_s >= 1 else round(after_s, 2)
