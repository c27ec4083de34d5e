"""How far a child's trip has come for its family, and that nothing is shown outside its window."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.family.names import surname_of
from fleet.family.stages import AFTER, BEFORE, WITH_BUS, Call, Facts, Stage, stage_of, turns_of
from fleet.trips.states import State

STARTS = datetime(2026, 11, 24, 23, 10, tzinfo=UTC)
ENDS = STARTS + timedelta(minutes=30)

facts = st.builds(
    Facts,
    state=st.sampled_from(State),
    starts_at=st.just(STARTS),
    ends_at=st.just(ENDS),
    call=st.sampled_from(Call),
    reached_school=st.booleans(),
    is_absent=st.booleans(),
)
moments = st.integers(-86_400, 86_400).map(lambda seconds: STARTS + timedelta(seconds=seconds))


@given(facts, moments)
def test_bus_is_shown_only_while_its_trip_is_let_go_or_runs_and_is_not_past_the_stop(
    one: Facts, now: datetime
):
    if stage_of(one, now) not in WITH_BUS:
        return
    assert one.state in (State.DISPATCHED, State.RUNNING)
    assert one.call in (Call.AHEAD, Call.ARRIVED)
    assert not one.is_absent
    assert not one.reached_school
    assert STARTS - BEFORE <= now <= ENDS + AFTER


@given(facts, moments)
def test_between_the_turns_of_the_clock_a_stage_stays(one: Facts, now: datetime):
    next_turn = min((turn for turn in turns_of(one) if turn > now), default=now + timedelta(days=1))
    later = next_turn - timedelta(microseconds=1)
    assert stage_of(one, later) == stage_of(one, now)


@pytest.mark.parametrize(
    ("state", "minutes", "call", "stage"),
    [
        (State.PLANNED, -40, Call.AHEAD, Stage.PLANNED),
        (State.PLANNED, 6, Call.AHEAD, Stage.NO_WORD),
        (State.DISPATCHED, -40, Call.AHEAD, Stage.PLANNED),
        (State.DISPATCHED, -20, Call.AHEAD, Stage.COMING),
        (State.RUNNING, 5, Call.AHEAD, Stage.COMING),
        (State.RUNNING, 5, Call.ARRIVED, Stage.AT_STOP),
        (State.RUNNING, 5, Call.DEPARTED, Stage.PASSED),
        (State.RUNNING, 5, Call.SKIPPED, Stage.SKIPPED),
        (State.RUNNING, 5, Call.UNKNOWN, Stage.UNCLEAR),
        (State.RUNNING, 151, Call.AHEAD, Stage.OVER),
        (State.CLOSED, 40, Call.AHEAD, Stage.UNCLEAR),
        (State.CLOSED, 40, Call.ARRIVED, Stage.PASSED),
        (State.CANCELLED, 0, Call.AHEAD, Stage.CANCELLED),
    ],
)
def test_stage_of_a_trip(state: State, minutes: int, call: Call, stage: Stage):
    assert stage_of(Facts(state, STARTS, ENDS, call), STARTS + timedelta(minutes=minutes)) == stage


@pytest.mark.parametrize(
    ("name", "surname"),
    [("王小明", "王"), ("欧阳娜娜", "欧阳"), ("司马", "司"), ("John Smith", "Smith"), ("", "")],
)
def test_surname_of_a_driver(name: str, surname: str):
    assert surname_of(name) == surname
