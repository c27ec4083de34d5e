"""The intake keeps everything, in order, whatever befalls the writer."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from telematics.fix import Arrival, Fix
from telematics.gateways.intake import Intake
from tests.telematics.gateways.builders import Store, seconds, storing, until

DAWN = datetime(2026, 11, 11, tzinfo=UTC)


def arrivals(numbers: range) -> list[Arrival]:
    return [Arrival("bus", Fix(time=DAWN + timedelta(seconds=number)), DAWN) for number in numbers]


async def test_everything_offered_is_written_in_order_and_in_bounded_batches():
    intake, sizes, stored = Intake(batch=7), [], []

    async def write(batch: list[Arrival]) -> None:
        sizes.append(len(batch))
        stored.extend(batch)

    running = asyncio.create_task(intake.run(write))
    for start in range(0, 100, 10):
        intake.offer(arrivals(range(start, start + 10)))
    await intake.drain()
    running.cancel()
    assert seconds(stored) == list(range(100))
    assert max(sizes) == 7
    assert (intake.received, intake.written, intake.level) == (100, 100, 0)


async def test_a_writer_that_fails_twice_loses_nothing_and_keeps_the_order():
    intake, stored, attempts = Intake(batch=5), [], 0

    async def write(batch: list[Arrival]) -> None:
        nonlocal attempts
        attempts += 1
        if attempts in (2, 3):
            raise ConnectionError("the database is away")
        stored.extend(batch)

    running = asyncio.create_task(intake.run(write))
    intake.offer(arrivals(range(20)))
    await intake.drain()
    running.cancel()
    assert seconds(stored) == list(range(20))
    assert intake.failed_writes == 2


async def test_arrivals_are_kept_while_the_database_is_away_however_long():
    intake = Intake(high_water=10, low_water=5)

    async def write(_batch: list[Arrival]) -> None:
        raise ConnectionError("the database is away")

    running = asyncio.create_task(intake.run(write))
    intake.offer(arrivals(range(50)))
    await until(lambda: intake.failed_writes >= 2)
    running.cancel()
    assert (intake.level, intake.full, intake.written) == (50, True, 0)


async def test_a_write_cut_short_is_done_again_by_the_next_run():
    intake, store = Intake(), Store()
    store.open.clear()
    async with storing(intake, store):
        intake.offer(arrivals(range(3)))
        await asyncio.sleep(0.05)
    assert store.arrivals == []
    store.open.set()
    async with storing(intake, store):
        await intake.drain()
    assert seconds(store.arrivals) == [0, 1, 2]


async def test_room_is_told_once_and_only_below_low_water():
    intake, levels = Intake(high_water=10, low_water=4, batch=3), []
    intake.offer(arrivals(range(9)))
    before = intake.full
    intake.offer(arrivals(range(9, 12)))
    assert (before, intake.full) == (False, True)
    intake.when_room(lambda: levels.append(intake.level))
    assert levels == []
    async with storing(intake, Store()):
        await intake.drain()
        intake.offer(arrivals(range(12)))
        await intake.drain()
    assert levels == [3]
    assert intake.high_water_hits == 2


async def test_with_room_already_the_callback_comes_at_once():
    told = []
    Intake().when_room(lambda: told.append(True))
    assert told == [True]


async def test_waiting_for_room_ends_when_the_writer_catches_up():
    intake, store = Intake(high_water=5, low_water=2), Store()
    intake.offer(arrivals(range(6)))
    waiting = asyncio.create_task(intake.wait_for_room())
    await asyncio.sleep(0)
    assert not waiting.done()
    async with storing(intake, store):
        await waiting
    assert len(store.arrivals) == 6


async def test_drained_at_once_when_nothing_was_offered():
    await Intake().drain()


async def test_draining_waits_for_the_write_in_hand():
    intake, store = Intake(), Store()
    store.open.clear()
    async with storing(intake, store):
        intake.offer(arrivals(range(1)))
        draining = asyncio.create_task(intake.drain())
        await asyncio.sleep(0.05)
        assert not draining.done()
        store.open.set()
        await draining
    assert len(store.arrivals) == 1


@pytest.mark.parametrize(("high", "low"), [(10, 11), (10, 0), (0, 0)])
def test_water_marks_that_could_never_work_are_refused(high: int, low: int):
    with pytest.raises(ValueError, match="low-water"):
        Intake(high_water=high, low_water=low)
