"""The TCP gateway, over real sockets: every report reaches its device, and no link harms another."""

import asyncio
import random
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvloop
from structlog.testing import capture_logs

from telematics.gateways.intake import Intake
from telematics.gateways.session import LinkLimits
from telematics.gateways.tcp import TcpGateway, TcpSettings, serve_tcp
from tests.telematics.gateways.builders import (
    PATIENCE_S,
    Store,
    admit_all,
    gga,
    name,
    report,
    reports,
    rmc,
    storing,
    until,
)

LOCALHOST = "127.0.0.1"


class Bus:
    """A device's end of a link."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    def hang_up(self) -> None:
        self.writer.close()

    async def is_ended(self) -> None:
        """Wait until the gateway has ended the link."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                assert await self._reader.read() == b""
            except ConnectionError:
                return


class Depot:
    """A gateway with its intake and store, and the buses that connect to it."""

    def __init__(self, gateway: TcpGateway, intake: Intake, store: Store) -> None:
        self.gateway = gateway
        self.intake = intake
        self.store = store
        self.buses: list[Bus] = []

    async def bus(self, first: bytes = b"") -> Bus:
        bus = Bus(*await asyncio.open_connection(LOCALHOST, self.gateway.port))
        self.buses.append(bus)
        bus.send(first)
        return bus

    async def ended(self, cause: str, count: int = 1) -> None:
        await until(lambda: self.gateway.snapshot()[f"ended_{cause}"] >= count)


@asynccontextmanager
async def depot(
    intake: Intake | None = None, settings: TcpSettings | None = None, admit=admit_all
) -> AsyncIterator[Depot]:
    intake, store = intake or Intake(), Store()
    gateway = await serve_tcp(intake, host=LOCALHOST, port=0, admit=admit, settings=settings)
    place = Depot(gateway, intake, store)
    async with storing(intake, store):
        try:
            yield place
        finally:
            for bus in place.buses:
                bus.writer.transport.abort()
            await gateway.close()


async def test_two_devices_interleaved_in_small_pieces_never_mix():
    streams = {
        "bus-1": name("bus-1") + reports(range(100)),
        "bus-2": name("bus-2") + reports(range(500, 600)),
    }
    dice = random.Random(1)
    async with depot() as place:
        buses = {device: await place.bus() for device in streams}
        while any(streams.values()):
            device = dice.choice([device for device, rest in streams.items() if rest])
            size = dice.randrange(1, 200)
            buses[device].send(streams[device][:size])
            streams[device] = streams[device][size:]
            await asyncio.sleep(0)
        await until(lambda: len(place.store.arrivals) == 200)
        assert place.store.by_device() == {"bus-1": list(range(100)), "bus-2": list(range(500, 600))}


async def test_the_last_report_does_not_wait_for_the_next_one():
    async with depot() as place:
        await place.bus(name("bus-1") + rmc(1))
        await until(lambda: place.store.by_device() == {"bus-1": [1]})


async def test_a_lively_link_does_not_hold_up_the_last_report_of_a_quiet_one():
    async with depot(settings=TcpSettings(limits=LinkLimits(quiet_s=0.5))) as place:
        lively = await place.bus(name("lively"))

        async def report_on() -> None:
            for second in range(10_000):
                lively.send(report(second))
                await asyncio.sleep(0.02)

        reporting = asyncio.create_task(report_on())
        await until(lambda: "lively" in place.store.by_device())
        await place.bus(name("quiet") + report(0))
        await until(lambda: "quiet" in place.store.by_device())
        assert not reporting.done()
        reporting.cancel()


async def test_a_report_stays_whole_though_the_gateway_is_held_up_between_its_sentences() -> None:
    quiet_s = 0.2

    def admit(device: str, _peer: str) -> bool:
        if device == "laborious":
            link.sendall(gga(0))
            time.sleep(2 * quiet_s)
        return True

    async with depot(settings=TcpSettings(limits=LinkLimits(quiet_s=quiet_s)), admit=admit) as place:
        with socket.create_connection((LOCALHOST, place.gateway.port)) as link:
            first = name("bus-1") + rmc(0)
            link.sendall(first)
            await until(lambda: place.gateway.snapshot()["bytes_received"] == len(first))
            await place.bus(name("laborious"))
            await until(lambda: "bus-1" in place.store.by_device())
        assert place.store.arrivals[0].fix.raw == report(0).strip()


def test_on_uvloop_too_a_report_stays_whole_though_the_gateway_is_held_up():
    uvloop.run(test_a_report_stays_whole_though_the_gateway_is_held_up_between_its_sentences())


async def test_a_device_that_hangs_up_loses_nothing():
    async with depot() as place:
        bus = await place.bus(name("bus-1") + reports(range(50)) + rmc(50))
        bus.hang_up()
        await until(lambda: place.store.by_device() == {"bus-1": list(range(51))})
        await until(lambda: place.gateway.snapshot()["links"] == 0)


async def test_what_came_before_the_name_is_kept():
    async with depot() as place:
        bus = await place.bus(reports(range(5)))
        await until(lambda: place.gateway.snapshot()["bytes_received"] > 0)
        bus.send(name("bus-1") + report(5))
        await until(lambda: place.store.by_device() == {"bus-1": list(range(6))})


async def test_garbage_ends_its_own_link_and_no_other():
    async with depot() as place:
        good = await place.bus(name("bus-1") + report(1))
        bad = await place.bus(random.Random(1).randbytes(200_000))
        await bad.is_ended()
        good.send(report(2))
        await until(lambda: place.store.by_device() == {"bus-1": [1, 2]})
        counts = place.gateway.snapshot()
        assert counts["ended_garbage"] == 1
        assert counts["garbage_bytes"] > 64 * 1024


async def test_an_idle_link_is_ended_and_its_report_delivered():
    limits = LinkLimits(idle_s=0.2, quiet_s=60)
    async with depot(settings=TcpSettings(limits=limits)) as place:
        bus = await place.bus(name("bus-1") + rmc(1))
        await bus.is_ended()
        await place.ended("idle")
        await until(lambda: place.store.by_device() == {"bus-1": [1]})


async def test_a_link_that_never_names_itself_is_ended_and_logged():
    with capture_logs() as logs:
        async with depot(settings=TcpSettings(limits=LinkLimits(naming_s=0.2))) as place:
            bus = await place.bus(report(1))
            await bus.is_ended()
            await place.ended("unnamed")
        assert place.store.arrivals == []
    (entry,) = [entry for entry in logs if entry["event"] == "link_ended"]
    assert (entry["cause"], entry["bytes"]) == ("unnamed", len(report(1)))
    assert entry["peer"].startswith(LOCALHOST)


async def test_a_device_that_is_not_admitted_is_ended():
    async with depot(admit=lambda device, _peer: device == "bus-1") as place:
        stranger = await place.bus(name("stranger") + report(1))
        await stranger.is_ended()
        await place.bus(name("bus-1") + report(2))
        await until(lambda: place.store.by_device() == {"bus-1": [2]})
        assert place.gateway.snapshot()["ended_not_admitted"] == 1


async def test_too_many_links_are_refused_and_there_is_room_again_when_one_ends():
    async with depot(settings=TcpSettings(max_links=2)) as place:
        first = await place.bus(name("bus-1") + report(1))
        await place.bus(name("bus-2") + report(2))
        await until(lambda: len(place.store.arrivals) == 2)
        third = await place.bus(name("bus-3") + report(3))
        await third.is_ended()
        first.hang_up()
        await until(lambda: place.gateway.snapshot()["links"] == 1)
        await place.bus(name("bus-4") + report(4))
        await until(lambda: place.store.by_device() == {"bus-1": [1], "bus-2": [2], "bus-4": [4]})


async def test_too_many_links_from_one_address_are_refused():
    async with depot(settings=TcpSettings(max_links_per_peer=1)) as place:
        await place.bus(name("bus-1") + report(1))
        await until(lambda: len(place.store.arrivals) == 1)
        second = await place.bus(name("bus-2") + report(2))
        await second.is_ended()
        assert place.gateway.snapshot()["ended_too_many"] == 1


async def test_a_device_that_comes_back_takes_over_from_its_old_link():
    async with depot() as place:
        old = await place.bus(name("bus-1") + report(1) + rmc(2))
        await until(lambda: len(place.store.arrivals) == 2)
        other = await place.bus(name("bus-2") + report(1))
        await place.bus(name("bus-1") + report(3))
        old.send(report(4))
        await old.is_ended()
        other.send(report(2))
        await until(lambda: len(place.store.arrivals) == 6)
        assert place.store.by_device() == {"bus-1": [1, 2, 3, 4], "bus-2": [1, 2]}
        counts = place.gateway.snapshot()
        assert (counts["ended_taken_over"], counts["links"], counts["devices"]) == (1, 2, 2)


async def test_an_old_link_that_never_falls_silent_must_go_all_the_same():
    async with depot(settings=TcpSettings(limits=LinkLimits(taken_over_s=0.1))) as place:
        old = await place.bus(name("bus-1"))
        await until(lambda: place.gateway.snapshot()["devices"] == 1)
        await place.bus(name("bus-1"))

        async def chatter() -> None:
            while True:
                old.send(report(1))
                await asyncio.sleep(0.02)

        chattering = asyncio.create_task(chatter())
        await place.ended("taken_over")
        chattering.cancel()
        await asyncio.gather(chattering, return_exceptions=True)


async def test_while_the_writer_hangs_sockets_are_not_read_and_nothing_is_lost() -> None:
    intake = Intake(high_water=500, low_water=100)
    everything = range(40_000)
    async with depot(intake) as place:
        place.store.open.clear()
        sending = asyncio.create_task(send_all(place.gateway.port, name("bus-1") + reports(everything)))
        await until(lambda: intake.full)
        await until_blocked(place)
        assert not sending.done()
        assert intake.level < 10_000
        await place.bus(name("bus-2") + report(1))
        await until(lambda: place.gateway.snapshot()["links"] == 2)
        await asyncio.sleep(0.3)
        assert place.gateway.snapshot()["devices"] == 1
        place.store.open.set()
        await sending
        await until(lambda: len(place.store.arrivals) == len(everything) + 1)
        assert place.store.by_device() == {"bus-1": list(everything), "bus-2": [1]}


def test_on_uvloop_too_sockets_are_not_read_while_the_writer_hangs():
    uvloop.run(test_while_the_writer_hangs_sockets_are_not_read_and_nothing_is_lost())


async def send_all(port: int, data: bytes) -> None:
    """Send from a socket with a small buffer, so that it blocks as soon as nobody reads."""
    loop = asyncio.get_running_loop()
    with socket.socket() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
        link.setblocking(False)
        await loop.sock_connect(link, (LOCALHOST, port))
        await loop.sock_sendall(link, data)


async def until_blocked(place: Depot) -> None:
    """Wait until nothing has been read for a while."""
    before = -1
    async with asyncio.timeout(PATIENCE_S):
        while place.gateway.snapshot()["bytes_received"] != before:
            before = place.gateway.snapshot()["bytes_received"]
            await asyncio.sleep(0.3)


async def test_time_in_which_links_are_not_read_is_no_silence():
    intake = Intake(high_water=1, low_water=1)
    settings = TcpSettings(limits=LinkLimits(idle_s=1.5, naming_s=1.5))
    async with depot(intake, settings) as place:
        place.store.open.clear()
        bus = await place.bus(name("bus-1") + report(1))
        await until(lambda: intake.full)
        bus.send(report(2))
        await asyncio.sleep(2.5)
        place.store.open.set()
        await until(lambda: place.store.by_device() == {"bus-1": [1, 2]})


async def test_a_thousand_devices_at_once_each_keep_their_own_reports():
    async with depot() as place:

        async def drive(number: int) -> None:
            bus = await place.bus(name(f"bus-{number}"))
            for second in range(number, number + 5):
                bus.send(rmc(second))
                await asyncio.sleep(0)
            await bus.writer.drain()

        await asyncio.gather(*(drive(number) for number in range(1000)))
        await until(lambda: len(place.store.arrivals) == 5000)
        assert place.store.by_device() == {
            f"bus-{number}": list(range(number, number + 5)) for number in range(1000)
        }
        assert place.gateway.snapshot()["links"] == 1000


async def test_closing_delivers_what_has_been_read():
    async with depot(settings=TcpSettings(limits=LinkLimits(quiet_s=60))) as place:
        bus = await place.bus(name("bus-1") + report(1) + rmc(2))
        await until(lambda: place.gateway.snapshot()["devices"] == 1)
        await place.gateway.close()
        await bus.is_ended()
        await place.intake.drain()
        assert place.store.by_device() == {"bus-1": [1, 2]}


async def test_two_gateways_may_share_a_port():
    shared = TcpSettings(reuse_port=True)
    first = await serve_tcp(Intake(), host=LOCALHOST, port=0, admit=admit_all, settings=shared)
    second = await serve_tcp(Intake(), host=LOCALHOST, port=first.port, admit=admit_all, settings=shared)
    with pytest.raises(OSError, match="in use"):
        await serve_tcp(Intake(), host=LOCALHOST, port=first.port, admit=admit_all)
    await first.close()
    await second.close()
