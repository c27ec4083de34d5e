"""What is committed reaches live screens: each bus in a steady pace, the newest of it, numbered, and nothing lost."""

import pytest
from asgiref.sync import sync_to_async
from channels.layers import InMemoryChannelLayer

from fleet.findings.models import Finding
from fleet.ingest.log import Stored
from fleet.ingest.pace import INTERVAL_S, LEEWAY_S
from fleet.ingest.publish import HINT_EVERY_S, Publisher
from fleet.live import live_group
from fleet.positions.rows import last_position_row
from fleet.vehicles.queries import districts_of_buses
from telematics.pipeline import DeviceState
from tests.fleet.builders import bus, bus_with_device, store
from tests.telematics.builders import at, drive

pytestmark = pytest.mark.django_db(transaction=True)


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class LayerThatMayBeAway(InMemoryChannelLayer):  # type: ignore[misc]  # Channels ships no types
    """The real layer, which at times can not be reached."""

    away = False

    async def group_send(self, group, message):
        if self.away:
            raise ConnectionError
        await super().group_send(group, message)


class Screen:
    """Publishes on a clock of its own, and hears what comes to one district."""

    def __init__(self, *watched):
        self.layer, self.clock = LayerThatMayBeAway(), Clock()
        self.publisher = Publisher(self.layer, self.clock)
        self.group = live_group(districts_of_buses()[watched[0].pk])
        self.buses = watched

    async def hears_after(self, seconds=0.0):
        await self.layer.group_add(self.group, "screen")
        self.clock.now += seconds
        await self.publisher.publish_due()
        heard = []
        while (waiting := self.layer.channels.get("screen")) is not None and not waiting.empty():
            heard.append(await self.layer.receive("screen"))
        return heard

    def commit(self, moment, *buses):
        row = last_position_row(0, 0, DeviceState(newest=at(moment)), "")
        self.publisher.committed(Stored(positions={one.pk: row for one in buses or self.buses}))


def rows(messages):
    return {
        row[0]: row[6] / 1000 - at(0).timestamp()
        for message in messages
        if message["type"] == "live.delta"
        for row in message["rows"]
    }


@pytest.fixture
def screen():
    return Screen(bus())


@pytest.fixture
def elsewhere():
    return Screen(bus())


async def test_a_bus_is_shown_at_once_and_its_newest_row_wins(screen):
    screen.commit(1)
    screen.commit(2)
    assert rows(await screen.hears_after()) == {screen.buses[0].pk: 2}
    assert await screen.hears_after(10) == []


async def test_a_bus_is_shown_once_in_each_interval_in_the_long_run(screen):
    shown = 0
    for tenth in range(300):
        screen.commit(tenth)
        shown += len(rows(await screen.hears_after(0.1)))
    assert 30 / INTERVAL_S - 1 <= shown <= (30 + LEEWAY_S) / INTERVAL_S + 1


async def test_what_comes_too_soon_is_shown_later_in_its_newest_form(screen):
    screen.commit(1)
    await screen.hears_after()
    screen.commit(2)
    await screen.hears_after(INTERVAL_S - LEEWAY_S)
    screen.commit(3)
    screen.commit(4)
    assert await screen.hears_after(0.1) == []
    assert rows(await screen.hears_after(2 * INTERVAL_S)) == {screen.buses[0].pk: 4}


async def test_numbers_grow_by_one_within_each_district(screen, elsewhere):
    elsewhere.layer, elsewhere.publisher, elsewhere.clock = screen.layer, screen.publisher, screen.clock
    await screen.layer.group_add(elsewhere.group, "elsewhere")
    numbers = []
    for moment in range(3):
        screen.commit(moment, *screen.buses, *elsewhere.buses)
        numbers += [(one["number"], live_group(one["district"])) for one in await screen.hears_after(5)]
    assert numbers == [(1, screen.group), (2, screen.group), (3, screen.group)]
    assert [(await screen.layer.receive("elsewhere"))["number"] for _ in range(3)] == [1, 2, 3]


async def test_nothing_is_lost_while_the_layer_is_away(screen):
    screen.layer.away = True
    screen.commit(1)
    with pytest.raises(ConnectionError):
        await screen.hears_after()
    screen.commit(2)
    screen.layer.away = False
    assert rows(await screen.hears_after(1)) == {screen.buses[0].pk: 2}


async def test_a_message_that_was_lost_leaves_a_gap_in_the_numbers(screen):
    screen.commit(1)
    (before,) = await screen.hears_after()
    screen.layer.away = True
    screen.commit(2)
    with pytest.raises(ConnectionError):
        await screen.hears_after(5)
    screen.layer.away = False
    (after,) = await screen.hears_after(5)
    assert after["number"] - before["number"] == 2


@pytest.fixture
def speeding():
    made, _ = bus_with_device(identifier="fast")
    store(drive(50, 70, 72, 90, 40), "fast")
    return Screen(made), Finding.objects.get()


async def hints(screen, seconds=0.0):
    return [one["type"] for one in await screen.hears_after(seconds) if one["type"] != "live.delta"]


@pytest.mark.parametrize("is_withdrawn", [False, True])
async def test_changed_findings_are_hinted_at_at_once(speeding, is_withdrawn):
    screen, finding = speeding
    screen.publisher.committed(Stored(withdrawn=[finding]) if is_withdrawn else Stored(findings=[finding]))
    assert await hints(screen) == ["live.alarms"]
    assert await hints(screen, 10) == []


async def test_hints_come_no_oftener_than_a_person_can_look_and_the_last_one_comes(speeding):
    screen, finding = speeding
    told = []
    for _ in range(20):
        screen.publisher.committed(Stored(findings=[finding]))
        told += await hints(screen, 0.1)
    assert 2 / HINT_EVERY_S - 1 <= len(told) <= 2 / HINT_EVERY_S + 1
    assert await hints(screen, HINT_EVERY_S) == ["live.alarms"]


async def test_a_hint_waits_while_the_layer_is_away(speeding):
    screen, finding = speeding
    screen.layer.away = True
    screen.publisher.committed(Stored(findings=[finding]))
    with pytest.raises(ConnectionError):
        await hints(screen)
    screen.layer.away = False
    assert await hints(screen, 1) == ["live.alarms"]


async def test_a_finding_without_a_bus_does_not_hold_up_the_next(speeding):
    screen, finding = speeding
    screen.publisher.committed(Stored(findings=[Finding(bus=None), finding]))
    assert await hints(screen) == ["live.alarms"]


async def test_a_bus_made_after_the_districts_were_read_is_shown(screen):
    screen.commit(1)
    await screen.hears_after()
    later = await sync_to_async(bus)(screen.buses[0].operator)
    screen.commit(2, later)
    assert rows(await screen.hears_after(1)) == {later.pk: 2}
