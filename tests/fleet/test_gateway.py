"""A gateway process end to end: a device's bytes on a real socket become rows, findings and live messages."""

import asyncio
import socket
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers, get_channel_layer
from django.test import Client

from fleet.alarms.models import Alarm
from fleet.findings.models import Finding
from fleet.ingest.gateway import GatewaySettings, running_gateway
from fleet.ingest.whereabouts import running_gateway_port
from fleet.live import live_group
from fleet.organisations.models import Kind, Role
from fleet.positions.models import Fix as StoredFix
from fleet.positions.models import LastPosition, State
from fleet.vehicles.changes import give_device_to_bus
from fleet.vehicles.models import Device
from tests.fleet.builders import bus, bus_with_device, device, organisation, person
from tests.fleet.sentences import burst, stream
from tests.telematics.gateways.builders import PATIENCE_S, name

pytestmark = pytest.mark.django_db(transaction=True)
ON_FREE_PORTS = GatewaySettings(host="127.0.0.1", tcp_port=0, udp_port=0)
SPEEDING_KMH = (50, 72, 75, 80, 72, 40)
in_database = sync_to_async


@pytest.fixture(autouse=True)
def fresh_channel_layer():
    channel_layers.backends.clear()
    yield
    channel_layers.backends.clear()


@pytest.fixture
def fleet_town(db):
    """An operator's district, a bus with a device, and a coordinator signed in."""
    operator = organisation(Kind.OPERATOR, organisation())
    made, _ = bus_with_device(operator, "356307042441013")
    browser = Client()
    browser.force_login(person(Role.COORDINATOR, operator))
    return made, operator, browser


class Ports(NamedTuple):
    tcp: int
    udp: int


@asynccontextmanager
async def listening(settings=ON_FREE_PORTS):
    async with running_gateway(settings) as gateway:
        yield Ports(gateway.tcp.port if gateway.tcp else 0, gateway.udp.port if gateway.udp else 0)


async def send(port, data):
    """Send over a link of its own, until the gateway has read all of it, or has ended the link."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    writer.write_eof()
    with suppress(ConnectionError):
        await asyncio.wait_for(reader.read(), PATIENCE_S)
    writer.close()


async def stored(count, device="356307042441013"):
    async with asyncio.timeout(PATIENCE_S):
        while await StoredFix.objects.filter(device__identifier=device).acount() < count:  # noqa: ASYNC110 (a row tells nobody that it is there)
            await asyncio.sleep(0.02)


@asynccontextmanager
async def screen_of(district):
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(live_group(district), channel)

    async def hears(*kinds):
        heard: dict[str, Any] = {}
        async with asyncio.timeout(PATIENCE_S):
            while heard.keys() != set(kinds):
                message = await layer.receive(channel)
                if message["type"] in kinds:
                    heard[message["type"]] = message
        return [heard[kind] for kind in kinds]

    yield hears
    await layer.group_discard(live_group(district), channel)


@pytest.mark.parametrize("named", [name("356307042441013"), b"IMEI 356307042441013\r\n"])
async def test_a_speeding_bus_is_stored_found_and_told(fleet_town, named):
    made, operator, _ = fleet_town
    began = now()
    async with screen_of(operator.parent_id) as hears, listening() as ports:
        await send(ports.tcp, named + stream(began, *SPEEDING_KMH))
        _, delta = await hears("live.alarms", "live.delta")

    assert [row[0] for row in delta["rows"]] == [made.pk]
    assert (await Alarm.objects.aget()).bus_id == made.pk
    times = [began + timedelta(seconds=5 * number) for number in range(len(SPEEDING_KMH))]
    assert [one.time async for one in StoredFix.objects.order_by("time")] == times
    finding = await Finding.objects.aget()
    assert (finding.bus_id, finding.started_at, finding.ended_at) == (made.pk, times[1], times[4])
    assert finding.peak == pytest.approx(80 / 3.6, abs=0.01)
    last = await LastPosition.objects.aget(bus=made)
    assert (last.time, last.heard_at, last.state) == (times[-1], times[-1], State.DRIVING)


async def test_each_datagram_is_stored(fleet_town):
    began = now()
    async with listening() as ports:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
            link.connect(("127.0.0.1", ports.udp))
            for number in range(3):
                link.send(name("356307042441013") + burst(began + timedelta(seconds=number), 30))
        await stored(3)


async def test_what_was_sent_twice_is_stored_once(fleet_town):
    data = name("356307042441013") + stream(now(), *SPEEDING_KMH)
    async with listening() as ports:
        await send(ports.tcp, data)
        await send(ports.tcp, data)
    assert await StoredFix.objects.acount() == len(SPEEDING_KMH)
    assert await Finding.objects.acount() == 1


async def test_what_a_gateway_has_taken_is_stored_before_it_ends(fleet_town):
    async with listening() as ports:
        await send(ports.tcp, name("356307042441013") + stream(now(), *[30] * 500, every_s=1))
    assert await StoredFix.objects.acount() == 500


async def test_an_unknown_device_waits_for_a_bus_and_brings_all_along(fleet_town):
    _, operator, browser = fleet_town
    target = await in_database(bus)(operator)
    async with listening() as ports:
        await send(ports.tcp, name("stranger") + stream(now(), *SPEEDING_KMH))
    assert (await Finding.objects.aget()).bus_id is None

    page = await in_database(browser.get)("/devices/")
    (card,) = page.context["new_devices"]
    assert (card.identifier, card.reports_count) == ("stranger", len(SPEEDING_KMH))
    assert card.peer.startswith("127.0.0.1:")
    assert "stranger" in page.content.decode()

    await in_database(browser.post)(f"/devices/{card.pk}/assign/", {"bus": target.plate})
    assert (await Finding.objects.aget()).bus_id == target.pk
    points = (await in_database(browser.get)(f"/live/trail/{target.pk}/")).json()["points"]
    assert len(points) == len(SPEEDING_KMH)


async def test_a_device_that_only_names_itself_is_shown_soon(fleet_town):
    async with listening() as ports:
        _, writer = await asyncio.open_connection("127.0.0.1", ports.tcp)
        writer.write(name("silent"))
        async with asyncio.timeout(PATIENCE_S):
            while not await Device.objects.filter(identifier="silent").aexists():  # noqa: ASYNC110 (a row tells nobody that it is there)
                await asyncio.sleep(0.05)
        writer.close()


async def test_strangers_beyond_the_bound_are_refused_and_known_devices_are_not(fleet_town):
    bounded = GatewaySettings(host="127.0.0.1", tcp_port=0, udp_port=None, max_new_devices=0)
    async with listening(bounded) as ports:
        await send(ports.tcp, name("stranger") + stream(now(), 30, 30))
        await send(ports.tcp, name("356307042441013") + stream(now(), 30, 30))
    assert not await Device.objects.filter(identifier="stranger").aexists()
    assert await StoredFix.objects.acount() == 2


async def test_a_full_gateway_admits_again_once_a_device_was_given_to_a_bus(fleet_town):
    _, operator, _ = fleet_town
    waiting, target = await in_database(device)(), await in_database(bus)(operator)
    bounded = GatewaySettings(host="127.0.0.1", tcp_port=0, udp_port=None, max_new_devices=1)
    data = name("stranger") + stream(now(), 30, 30)
    async with listening(bounded) as ports:
        await in_database(give_device_to_bus)(device=waiting, bus=target)
        async with asyncio.timeout(PATIENCE_S):
            while not await Device.objects.filter(identifier="stranger").aexists():
                await send(ports.tcp, data)
    assert await StoredFix.objects.acount() == 2


@pytest.mark.parametrize(("required", "kept"), [(True, 0), (False, 2)])
async def test_sentences_without_checksum_are_taken_where_that_is_set(fleet_town, required, kept):
    lenient = GatewaySettings(host="127.0.0.1", tcp_port=0, udp_port=0, require_checksum=required)
    bare = b"\r\n".join(line.split(b"*")[0] for line in stream(now(), 30, 30).splitlines()) + b"\r\n"
    async with listening(lenient) as ports:
        await send(ports.tcp, name("356307042441013") + bare)
    assert await StoredFix.objects.acount() == kept


async def test_a_gateway_leaves_word_of_where_it_listens_while_it_runs(fleet_town):
    async with listening() as ports:
        assert running_gateway_port() == ports.tcp
    assert running_gateway_port() is None


async def test_a_taken_port_is_told_and_leaves_nothing_running(fleet_town):
    async with listening() as ports:
        taken = GatewaySettings(host="127.0.0.1", tcp_port=ports.tcp, udp_port=None)
        before = len(asyncio.all_tasks())
        with pytest.raises(OSError, match="address already in use"):
            async with listening(taken):
                pass
        assert len(asyncio.all_tasks()) == before


def now():
    return datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=60)
