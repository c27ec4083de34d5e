"""However slow a browser is, what waits for it is bounded; and what it is told ends with the newest."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from web.live.outbox import Outbox

BUSES = range(5)
ROWS = st.tuples(st.just("rows"), st.lists(st.sampled_from(BUSES), max_size=8))
ALARMS = st.tuples(st.just("alarms"), st.integers(1, 250))
ACTIONS = st.lists(st.one_of(ROWS, ALARMS, st.just(("snapshot", 0)), st.just(("send", 0))), max_size=30)


class Browser:
    """What a browser knows of the world, told by an outbox that it empties now and then."""

    def __init__(self):
        self.outbox = Outbox()
        self.world: dict[str, dict[int, int]] = {"buses": {}, "alarms": {}}
        self.known: dict[str, dict[int, int]] = {"buses": {}, "alarms": {}}
        self.version = 0

    def rows(self, buses):
        self.version += 1
        self.world["buses"].update(dict.fromkeys(buses, self.version))
        self.outbox.put_rows([[bus, self.version] for bus in buses])

    def alarms(self, count):
        self.version += 1
        for number in range(count):
            self.world["alarms"][number] = self.version
        self.outbox.want_alarms()

    def snapshot(self, _):
        self.outbox.want_snapshot()

    def send(self, _=0):
        if self.outbox.take_snapshot_wish():
            self.known = {kind: dict(told) for kind, told in self.world.items()}
        rows, wants_alarms = self.outbox.take()
        self.known["buses"].update((bus, version) for bus, version in rows)
        if wants_alarms:
            self.known["alarms"] = dict(self.world["alarms"])
        return rows


@given(ACTIONS)
def test_a_browser_that_has_taken_all_knows_all(actions):
    browser = Browser()
    for action, value in actions:
        getattr(browser, action)(value)
    browser.send()
    assert browser.known == browser.world


@given(ACTIONS)
def test_never_more_waits_than_a_row_for_each_bus(actions):
    browser = Browser()
    for action, value in actions:
        if action != "send":
            getattr(browser, action)(value)
    rows = browser.send()
    assert len(rows) == len({row[0] for row in rows}) <= len(BUSES)


@given(ACTIONS)
async def test_an_outbox_is_waited_for_exactly_while_it_is_empty(actions):
    browser = Browser()
    for action, value in actions:
        getattr(browser, action)(value)
    waits = await browser.outbox.wait(0)
    rows, wants_alarms = browser.outbox.take()
    assert waits == bool(rows or wants_alarms or browser.outbox.take_snapshot_wish())


async def test_a_new_browser_is_sent_a_snapshot_at_once():
    outbox = Outbox()
    assert await outbox.wait(0)
    assert outbox.take_snapshot_wish()
    assert outbox.take() == ([], False)
    assert not await outbox.wait(0)


async def test_a_sender_that_waits_is_woken_by_what_comes():
    outbox = Outbox()
    outbox.take_snapshot_wish()
    outbox.take()
    waiting = asyncio.create_task(outbox.wait(30))
    await asyncio.sleep(0)
    outbox.put_rows([[1, 1]])
    assert await waiting
