"""What the rules on trips find does not depend on where their state was kept and read again; nor on when it was."""

import msgspec
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from telematics.rules.trip.day import DayState, step
from telematics.rules.trip.plan import Stretch
from tests.telematics.builders import at
from tests.telematics.trip_rules.builders import on, place, plan
from tests.telematics.trip_rules.days import Seen, trip_days

PLAN = plan(limiters=[Stretch(300.0, 2000.0, 30 / 3.6)])


def fix_of(seen: Seen):
    return on(seen.seconds, seen.metres, seen.mps * 3.6, aside=seen.aside_m, door_open=seen.door_open)


def pupils_at(time):
    """Somebody is aboard for the first ten minutes of every quarter of an hour."""
    return 3 if (time - at(0)).total_seconds() % 900 < 600 else 0


def carried(state: DayState, seen: Seen) -> DayState:
    fix = fix_of(seen)
    return step(state, fix, place(fix), {"one": PLAN}, pupils_at=pupils_at)


def whole(day) -> DayState:
    state = DayState()
    for seen in day:
        state = carried(state, seen)
    return state


@given(trip_days(), st.data())
@settings(max_examples=100, deadline=None)
def test_a_state_that_was_kept_and_read_again_goes_on_as_if_it_had_not(day, data):
    kept = data.draw(st.sets(st.integers(0, len(day) - 1)))
    state = DayState()
    for number, seen in enumerate(day):
        if number in kept:
            state = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=DayState)
        state = carried(state, seen)
    assert state == whole(day)


@given(trip_days())
@settings(max_examples=100, deadline=None)
def test_what_was_found_by_a_moment_is_only_added_to_or_gone_on_with(day):
    """An episode that has ended is told in the same way ever after; one that goes on keeps its start."""
    half = whole(day[: len(day) // 2])
    later = {(one.rule, one.first): one for one in whole(day).found}
    for one in half.found:
        assert (one.rule, one.first) in later
        if one.is_over:
            assert later[one.rule, one.first] == one


@pytest.mark.parametrize(
    "rule", ["route_deviation", "unapproved_stop", "wrong_order", "speed_limiter", "pupils_outside_trip"]
)
def test_these_days_have_something_to_find_for_each_rule(rule):
    find(
        trip_days(),
        lambda day: any(one.rule == rule for one in whole(day).found),
        settings=settings(max_examples=2_000, phases=[Phase.generate], deadline=None),
    )
