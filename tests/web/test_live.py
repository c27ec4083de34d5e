"""The live map's WebSocket, through the whole application: sessions, the channel layer and the publisher are real."""

from datetime import timedelta

import msgspec
import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers, get_channel_layer
from django.test import Client
from django.utils import timezone

from fleet.alarms.models import Alarm
from fleet.findings.models import Finding
from fleet.ingest.log import Stored
from fleet.ingest.publish import Publisher
from fleet.live import live_group
from fleet.organisations.models import Kind, Membership, Role
from fleet.positions.rows import last_position_row
from fleet.vehicles.changes import give_device_to_bus
from telematics.pipeline import DeviceState
from tests.fleet.builders import bus, bus_with_device, buses, device, organisation, person, store
from tests.telematics.builders import at, drive, fix
from tests.web.browser import connecting, watching
from web.live.snapshot import snapshot

SIGNED_OUT = 4401
SPEEDING = drive(50, 70, 72, 75, 40)
in_database = sync_to_async


@pytest.fixture(autouse=True)
def fresh_channel_layer():
    channel_layers.backends.clear()
    yield
    channel_layers.backends.clear()


class Town:
    """A district with two operators, and the coordinator of one of them."""

    def __init__(self):
        self.district = organisation()
        self.north, self.south = (organisation(Kind.OPERATOR, self.district) for _ in range(2))
        self.own, self.unit = bus_with_device(self.north, "own")
        self.foreign, _ = bus_with_device(self.south, "foreign")
        self.coordinator = person(Role.COORDINATOR, self.north)
        self.browser = Client()
        self.browser.force_login(self.coordinator)


@pytest.fixture
def town(transactional_db):
    return Town()


def row(seconds):
    return last_position_row(0, 0, DeviceState(newest=at(seconds)), "")


async def publish(publisher, **changes):
    publisher.committed(Stored(**changes))
    await publisher.publish_due()


@pytest.fixture
def publisher():
    ticks = iter(range(1_000, 1_000_000, 10))
    return Publisher(get_channel_layer(), lambda: next(ticks))


async def test_a_stranger_is_closed_out(transactional_db):
    async with connecting() as screen:
        assert await screen.closing_code() == SIGNED_OUT


async def test_a_page_of_another_site_is_refused(town):
    async with connecting(town.browser, origin="https://elsewhere.example") as screen:
        assert (await screen.hears())["type"] == "websocket.close"


async def test_first_comes_a_snapshot_of_the_buses_in_reach(town):
    await in_database(store)(drive(30, 36), "own")
    async with watching(town.browser) as screen:
        (told,) = (await screen.next("snapshot"))["buses"]
    assert (told["id"], told["plate"], told["device"]) == (town.own.pk, town.own.plate, True)
    assert told["row"][1] == at(5).timestamp() * 1000


@pytest.mark.parametrize(
    ("query", "name"), [("language=en", "Blue Line"), ("language=xx", "蓝线"), ("", "蓝线")]
)
async def test_names_come_in_the_language_asked_for(town, query, name):
    town.north.name, town.north.name_en = "蓝线", "Blue Line"
    await town.north.asave()
    async with watching(town.browser, query) as screen:
        assert (await screen.next("snapshot"))["buses"][0]["operator"] == name


async def test_then_come_changes_of_the_buses_in_reach_and_of_no_other(town, publisher):
    async with watching(town.browser) as screen:
        await screen.next("snapshot")
        await publish(publisher, positions={town.foreign.pk: row(1)})
        await publish(publisher, positions={town.own.pk: row(2), town.foreign.pk: row(2)})
        rows = (await screen.next("delta"))["rows"]
    assert [(one[0], one[6]) for one in rows] == [(town.own.pk, at(2).timestamp() * 1000)]


async def test_a_lost_message_is_made_up_for_by_a_new_snapshot(town, publisher):
    async with watching(town.browser) as screen:
        await screen.next("snapshot")
        await publish(publisher, positions={town.own.pk: row(1)})
        await screen.next("delta")
        publisher._layer = Nowhere()
        await publish(publisher, positions={town.own.pk: row(2)})
        publisher._layer = get_channel_layer()
        await publish(publisher, positions={town.foreign.pk: row(3)})
        assert await screen.next("snapshot")


class Nowhere:
    """A layer that loses what it is given, as Redis pub/sub does while it reconnects."""

    async def group_send(self, group, message):
        pass


async def test_the_numbers_of_two_publishers_do_not_mix(town, publisher):
    ticks = iter(range(1_000, 1_000_000, 10))
    other = Publisher(get_channel_layer(), lambda: next(ticks))
    async with watching(town.browser) as screen:
        await screen.next("snapshot")
        for moment in range(3):
            await publish(publisher, positions={town.own.pk: row(moment)})
            await screen.next("delta")
        await publish(other, positions={town.own.pk: row(10)})
        await screen.next("delta")


def speeding(name):
    """The finding of a device that speeds now."""
    began = timezone.now() - timedelta(seconds=25)
    store([msgspec.structs.replace(one, time=began + (one.time - at(0))) for one in SPEEDING], name)
    return Finding.objects.get(device__identifier=name)


async def test_alarms_in_reach_come_as_they_are_raised_and_handled(town, publisher):
    async with watching(town.browser) as screen:
        await screen.next("snapshot")
        found = [await in_database(speeding)(name) for name in ("foreign", "own")]
        await publish(publisher, findings=found)
        told = (await screen.next("alarm"))["alarm"]
        assert (told["bus"], told["state"], told["plate"]) == (town.own.pk, "new", town.own.plate)
        answer = await in_database(town.browser.post)(
            f"/alarms/{told['id']}/acknowledge/", {"version": told["version"]}
        )
        assert answer.status_code == 302
        assert (await screen.next("alarm"))["alarm"]["state"] == "acknowledged"


@pytest.mark.parametrize(
    ("state", "shown"), [("new", ["speeding"]), ("assigned", ["speeding"]), ("resolved", [])]
)
def test_open_alarms_in_reach_are_in_the_snapshot(town, state, shown):
    for name in ("own", "foreign"):
        speeding(name)
    Alarm.objects.update(state=state)
    assert [one["kind"] for one in snapshot(town.coordinator, "en")["alarms"]] == shown


@pytest.mark.parametrize(("query", "words"), [("language=en", "expressway"), ("", "高速")])
async def test_what_sets_a_limit_is_told_in_the_language_asked_for(town, query, words):
    await in_database(speeding)("own")
    async with watching(town.browser, query) as screen:
        (told,) = (await screen.next("snapshot"))["alarms"]
    assert words in told["limit_source"]


async def test_a_device_given_to_a_bus_makes_a_new_snapshot(town):
    newcomer = await in_database(device)()
    spare = await in_database(bus)(town.north)
    async with watching(town.browser) as screen:
        assert len((await screen.next("snapshot"))["buses"]) == 2
        answer = await in_database(town.browser.post)(f"/devices/{newcomer.pk}/assign/", {"bus": spare.plate})
        assert answer.status_code == 302
        told = {one["id"]: one["device"] for one in (await screen.next("snapshot"))["buses"]}
    assert told == {town.own.pk: True, spare.pk: True}


@pytest.fixture
def quick_checks(monkeypatch):
    monkeypatch.setattr("web.live.consumers.CHECK_SCOPE_S", 0.0)
    monkeypatch.setattr("web.live.consumers.HEARTBEAT_S", 0.05)


async def test_buses_vanish_from_the_screen_of_a_person_who_lost_the_role(town, publisher, quick_checks):
    async with watching(town.browser) as screen:
        assert (await screen.next("snapshot"))["buses"]
        await Membership.objects.all().adelete()
        assert (await screen.next("snapshot"))["buses"] == []
        await publish(publisher, positions={town.own.pk: row(1)})
        await screen.next("heartbeat")


async def test_buses_appear_on_the_screen_of_a_person_who_gained_a_role(town, publisher, quick_checks):
    async with watching(town.browser) as screen:
        await screen.next("snapshot")
        await Membership.objects.acreate(
            person=town.coordinator, organisation=town.south, role=Role.COORDINATOR
        )
        assert len((await screen.next("snapshot"))["buses"]) == 2
        await publish(publisher, positions={town.foreign.pk: row(1)})
        assert (await screen.next("delta"))["rows"][0][0] == town.foreign.pk


async def test_who_signs_out_is_closed_out(town, quick_checks):
    async with watching(town.browser) as screen:
        await screen.next("snapshot")
        await in_database(town.browser.logout)()
        assert await screen.closing_code() == SIGNED_OUT


async def test_who_is_deactivated_is_closed_out(town, quick_checks):
    async with watching(town.browser) as screen:
        await screen.next("snapshot")
        town.coordinator.is_active = False
        await town.coordinator.asave()
        assert await screen.closing_code() == SIGNED_OUT


async def test_a_quiet_line_beats(town, quick_checks):
    async with watching(town.browser) as screen:
        await screen.next("snapshot")
        assert (await screen.next("heartbeat"))["now"]


async def test_a_screen_that_is_gone_leaves_its_groups(town):
    async with watching(town.browser) as screen:
        await screen.next("snapshot")
        layer = get_channel_layer()
    group = live_group(town.district.pk)
    assert not getattr(layer, "groups", {}).get(group)


def test_a_snapshot_takes_as_many_queries_for_sixty_buses_as_for_three(town, django_assert_max_num_queries):
    with django_assert_max_num_queries(11) as few:  # one more since drivers and alarms are told
        snapshot(town.coordinator, "en")
    for made in buses(60, town.north, organisation(Kind.SCHOOL, town.district)):
        unit = device()
        give_device_to_bus(device=unit, bus=made)
    store([fix(0)], "own")
    with django_assert_max_num_queries(len(few)):
        assert len(snapshot(town.coordinator, "en")["buses"]) == 61
