"""The UDP gateway, over real sockets: a datagram speaks for the device that it, or its address, has named."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvloop

from telematics.gateways.intake import Intake
from telematics.gateways.session import LinkLimits
from telematics.gateways.udp import UdpGateway, UdpSettings, serve_udp
from tests.telematics.gateways.builders import Store, admit_all, name, report, reports, rmc, storing, until

LOCALHOST = "127.0.0.1"


class Depot:
    """A gateway with its intake and store, and the sockets that send to it."""

    def __init__(self, gateway: UdpGateway, intake: Intake, store: Store) -> None:
        self.gateway = gateway
        self.intake = intake
        self.store = store
        self.sockets: list[socket.socket] = []

    def bus(self) -> socket.socket:
        link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        link.connect((LOCALHOST, self.gateway.port))
        self.sockets.append(link)
        return link

    async def count(self, counter: str, at_least: int) -> None:
        await until(lambda: self.gateway.snapshot()[counter] >= at_least)


@asynccontextmanager
async def depot(
    intake: Intake | None = None, settings: UdpSettings | None = None, admit=admit_all, host=LOCALHOST
) -> AsyncIterator[Depot]:
    intake, store = intake or Intake(), Store()
    gateway = await serve_udp(intake, host=host, port=0, admit=admit, settings=settings)
    place = Depot(gateway, intake, store)
    async with storing(intake, store):
        try:
            yield place
        finally:
            gateway.close()
            for link in place.sockets:
                link.close()


async def test_a_datagram_that_names_its_device_stands_alone():
    async with depot() as place:
        bus = place.bus()
        bus.send(name("bus-1") + report(1) + rmc(2))
        bus.send(name("bus-2") + rmc(3))
        await until(lambda: place.store.by_device() == {"bus-1": [1, 2], "bus-2": [3]})


async def test_an_address_that_has_named_itself_goes_on_for_its_device():
    async with depot() as place:
        first, second = place.bus(), place.bus()
        first.send(name("bus-1"))
        second.send(name("bus-2"))
        for number in range(1, 20):
            first.send(rmc(number))
            second.send(rmc(number + 100))
        await until(lambda: len(place.store.arrivals) == 38)
        assert place.store.by_device() == {"bus-1": list(range(1, 20)), "bus-2": list(range(101, 120))}


async def test_it_listens_on_every_address_unless_told_otherwise():
    async with depot(host=None) as place:
        place.bus().send(name("bus-1") + rmc(1))
        await until(lambda: place.store.by_device() == {"bus-1": [1]})


async def test_garbage_does_not_touch_other_addresses():
    async with depot() as place:
        good, bad, dice = place.bus(), place.bus(), random.Random(1)
        good.send(name("bus-1"))
        for second in range(20):
            bad.send(dice.randbytes(8_000))
            good.send(rmc(second))
            await asyncio.sleep(0)
        await place.count("ended_garbage", 1)
        await until(lambda: place.store.by_device() == {"bus-1": list(range(20))})


async def test_a_refused_device_is_asked_about_once_and_not_for_each_datagram():
    asked = []

    def admit(device: str, _peer: str) -> bool:
        asked.append(device)
        return device != "stranger"

    async with depot(admit=admit) as place:
        stranger = place.bus()
        for _ in range(10):
            stranger.send(name("stranger") + rmc(1))
        place.bus().send(name("bus-1") + rmc(2))
        await until(lambda: place.store.by_device() == {"bus-1": [2]})
        assert asked == ["stranger", "bus-1"]


async def test_a_refused_device_is_heard_again_after_a_while():
    known: set[str] = set()
    settings = UdpSettings(limits=LinkLimits(naming_s=0.1))
    async with depot(settings=settings, admit=lambda device, _peer: device in known) as place:
        bus = place.bus()
        bus.send(name("bus-1") + rmc(1))
        await place.count("ended_not_admitted", 1)
        known.add("bus-1")
        await until(lambda: place.gateway.snapshot()["sources"] == 0)
        bus.send(name("bus-1") + rmc(2))
        await until(lambda: place.store.by_device() == {"bus-1": [2]})


async def test_an_address_that_never_names_itself_is_ended():
    async with depot(settings=UdpSettings(limits=LinkLimits(naming_s=0.1))) as place:
        place.bus().send(rmc(1))
        await place.count("ended_unnamed", 1)
        assert place.store.arrivals == []


async def test_a_silent_address_is_forgotten_and_may_come_back():
    async with depot(settings=UdpSettings(limits=LinkLimits(idle_s=0.1))) as place:
        bus = place.bus()
        bus.send(name("bus-1") + rmc(1))
        await place.count("reports", 1)
        await until(lambda: place.gateway.snapshot()["sources"] == 0)
        bus.send(name("bus-1") + rmc(2))
        await until(lambda: place.store.by_device() == {"bus-1": [1, 2]})


async def test_addresses_remembered_are_bounded_and_the_longest_silent_goes_first():
    async with depot(settings=UdpSettings(max_sources=2)) as place:
        first, second, third = place.bus(), place.bus(), place.bus()
        first.send(name("bus-1"))
        second.send(name("bus-2"))
        first.send(rmc(1))
        third.send(name("bus-3"))
        await place.count("ended_too_many", 1)
        assert place.gateway.snapshot()["sources"] == 2
        first.send(rmc(2))
        await until(lambda: place.store.by_device() == {"bus-1": [1, 2]})


async def test_while_the_intake_is_full_datagrams_wait_in_the_kernel() -> None:
    intake = Intake(high_water=5, low_water=3)
    async with depot(intake) as place:
        place.store.open.clear()
        bus = place.bus()
        bus.send(name("bus-1") + reports(range(5)))
        await until(lambda: intake.full)
        for second in range(5, 25):
            bus.send(rmc(second))
        await asyncio.sleep(0.2)
        assert intake.level == 5
        place.store.open.set()
        await until(lambda: place.store.by_device() == {"bus-1": list(range(25))})


def test_on_uvloop_too_datagrams_wait_in_the_kernel():
    uvloop.run(test_while_the_intake_is_full_datagrams_wait_in_the_kernel())


async def test_what_the_kernel_drops_is_counted():
    intake = Intake(high_water=1, low_water=1)
    async with depot(intake) as place:
        place.store.open.clear()
        bus = place.bus()
        bus.send(name("bus-1") + rmc(0))
        await until(lambda: intake.full)
        sent = 0
        while sent < 40_000:
            bus.send(b"\xff" * 1400)
            sent += 1
        place.store.open.set()
        await until(lambda: place.gateway.snapshot()["bytes_received"] > 1400)
        bus.send(rmc(1))
        await place.count("dropped_by_kernel", 1)
