"""The simulated fleet over real sockets."""

import argparse
import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from telematics.simulator import command
from telematics.simulator.dice import dice
from telematics.simulator.district import demo_district
from telematics.simulator.fleet import Clock, Fleet, Gateway, buses_for
from telematics.simulator.send import TcpLink, identity
from tests.telematics.simulator.eventually import eventually


@dataclass
class Sink:
    """A gateway that keeps what it gets, by connection."""

    port: int = 0
    received: list[bytearray] = field(default_factory=list)
    server: asyncio.Server | None = None
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def start(self) -> None:
        self.server = await asyncio.start_server(self._take, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        data = bytearray()
        self.received.append(data)
        with contextlib.suppress(OSError):
            while chunk := await reader.read(65536):
                data += chunk
        writer.close()

    async def stop(self) -> None:
        assert self.server is not None
        self.server.close()
        for writer in self.writers:
            writer.close()
        await self.server.wait_closed()

    async def until(self, enough: Callable[["Sink"], object]) -> None:
        await eventually(lambda: enough(self))


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    sink = Sink()
    await sink.start()
    yield sink
    await sink.stop()


def fleet_of(count: int, port: int, udp_share: float = 0.0, period_s: float = 0.2) -> Fleet:
    district = demo_district()
    return Fleet(
        district, buses_for(district, count), Gateway("127.0.0.1", port, period_s, udp_share), seed=1
    )


async def test_each_bus_names_itself_and_then_reports(sink: Sink) -> None:
    driving = asyncio.create_task(fleet_of(6, sink.port).drive(Clock()))
    await sink.until(lambda s: len(s.received) == 6 and all(data.count(b"RMC") >= 3 for data in s.received))
    driving.cancel()
    named = set()
    for data in sink.received:
        first, second, *_ = bytes(data).split(b"\r\n")
        assert first.startswith((b"$PGID,", b"IMEI "))
        named.add(first.removeprefix(b"$PGID,").removeprefix(b"IMEI ")[:15].decode())
        assert second[3:6] == b"RMC"
    assert named == {bus.device_id for bus in demo_district().buses[:6]}


async def test_cancelled_fleet_closes_its_connections(sink: Sink) -> None:
    driving = asyncio.create_task(fleet_of(3, sink.port).drive(Clock()))
    await sink.until(lambda s: len(s.received) == 3)
    driving.cancel()
    await asyncio.gather(driving, return_exceptions=True)
    assert driving.cancelled()
    await sink.until(lambda s: all(writer.is_closing() for writer in s.writers))


async def test_link_comes_back_and_brings_what_it_kept(sink: Sink) -> None:
    link = TcpLink("127.0.0.1", sink.port, b"IMEI 1\r\n", dice("test"))
    await link.send(b"first\r\n")
    await sink.until(lambda s: s.received and b"first" in s.received[0])
    await sink.stop()
    await eventually(lambda: not link.connected)
    await link.send(b"kept 1\r\n")
    await link.send(b"kept 2\r\n")
    again = Sink(port=sink.port)
    await again.start()
    async with asyncio.timeout(20):
        while not again.received:
            await link.send(b"beat\r\n")
            await asyncio.sleep(0.05)
    await again.until(lambda s: s.received and b"beat" in s.received[0])
    link.close()
    await again.stop()
    assert bytes(again.received[0]).startswith(b"IMEI 1\r\nkept 1\r\nkept 2\r\nbeat\r\n")


async def test_datagrams_each_name_their_bus() -> None:
    datagrams: list[bytes] = []

    class Taker(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: object) -> None:
            datagrams.append(data)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        Taker, local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    driving = asyncio.create_task(fleet_of(3, port, udp_share=1.0).drive(Clock()))
    await eventually(lambda: len(datagrams) >= 9)
    driving.cancel()
    await asyncio.gather(driving, return_exceptions=True)
    transport.close()
    assert all(data.startswith((b"$PGID,", b"IMEI ")) and b"RMC" in data for data in datagrams)


async def test_faster_clock_starts_in_the_past_and_sends_its_hour_quickly(sink: Sink) -> None:
    driving = asyncio.create_task(fleet_of(1, sink.port, period_s=10).drive(Clock(speedup=2000)))
    await sink.until(lambda s: s.received and s.received[0].count(b"RMC") >= 300)
    driving.cancel()
    await asyncio.gather(driving, return_exceptions=True)


def test_more_buses_than_the_district_has_get_generated_identities() -> None:
    district = demo_district()
    buses = buses_for(district, 100)
    assert len({bus.device_id for bus in buses}) == len({bus.plate for bus in buses}) == 100
    assert buses[:40] == list(district.buses)
    assert buses[40].device_id == "sim000040"
    assert {bus.behaviour for bus in buses[40:]} == {"normal"}
    assert len(buses_for(district, None)) == 40


def test_both_ways_of_naming_a_device_are_used() -> None:
    greetings = {identity("861234500000016", dice("greeting", number)) for number in range(20)}
    assert greetings == {b"IMEI 861234500000016\r\n", b"$PGID,861234500000016*0E\r\n"}


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(arguments)


def test_command_tells_that_no_gateway_was_reached(
    capsys: pytest.CaptureFixture[str], unused_port: int
) -> None:
    code = command.run(
        options("--port", str(unused_port), "--duration", "0.5", "--buses", "2", "--udp-share", "0")
    )
    assert code == 1
    assert "Driving 2 buses of Chengxi District" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [("--buses", "0"), ("--period", "-1"), ("--udp-share", "2")])
def test_command_refuses_senseless_options(wrong: tuple[str, str]) -> None:
    with pytest.raises(SystemExit):
        options(*wrong)
