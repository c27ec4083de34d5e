"""The state machine of trips: every state with every step, and the guards."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.trips.states import (
    AFTER,
    GateWord,
    Obstacle,
    Situation,
    State,
    Step,
    TransitionError,
    after,
    obstacles_to,
)

ALL_WELL = Situation(has_bus=True, gate=GateWord(may_leave=True), balances=True, reason="why")
WAYS = {
    ("planned", "dispatch", "dispatched"),
    ("dispatched", "recall", "planned"),
    ("dispatched", "start", "running"),
    ("running", "arrive", "closing"),
    ("closing", "close", "closed"),
    ("planned", "cancel", "cancelled"),
    ("dispatched", "cancel", "cancelled"),
    ("cancelled", "plan_again", "planned"),
}


@pytest.mark.parametrize(("state", "step"), list(product(State, Step)))
def test_a_step_leads_where_it_should_or_nowhere(state, step):
    expected = next((there for here, by, there in WAYS if (here, by) == (state, step)), None)
    if expected is None:
        with pytest.raises(TransitionError) as refused:
            after(state, step, ALL_WELL)
        assert refused.value.obstacles == (Obstacle.NOT_NOW,)
    else:
        assert after(state, step, ALL_WELL) == expected


@pytest.mark.parametrize(
    ("detail", "obstacle"),
    [
        ("may_leave", Obstacle.REFUSED),
        ("same_bus", Obstacle.OTHER_BUS),
        ("same_driver", Obstacle.OTHER_DRIVER),
        ("same_attendant", Obstacle.OTHER_ATTENDANT),
        ("same_route", Obstacle.OTHER_ROUTE),
        ("same_time", Obstacle.OTHER_TIME),
    ],
)
def test_the_gate_s_word_must_be_about_this_trip(detail, obstacle):
    word = replace(GateWord(may_leave=True), **{detail: False})
    assert obstacles_to(State.PLANNED, Step.DISPATCH, replace(ALL_WELL, gate=word)) == (obstacle,)


@pytest.mark.parametrize(
    ("state", "step", "situation", "obstacle"),
    [
        (State.PLANNED, Step.DISPATCH, replace(ALL_WELL, gate=None), Obstacle.NOT_ASKED),
        (State.PLANNED, Step.DISPATCH, replace(ALL_WELL, has_bus=False), Obstacle.NO_BUS),
        (State.CLOSING, Step.CLOSE, replace(ALL_WELL, balances=False), Obstacle.NOT_BALANCED),
        (State.PLANNED, Step.CANCEL, replace(ALL_WELL, reason=" "), Obstacle.NO_REASON),
        (State.DISPATCHED, Step.RECALL, replace(ALL_WELL, reason=""), Obstacle.NO_REASON),
    ],
)
def test_a_guard_names_what_is_missing(state, step, situation, obstacle):
    assert obstacles_to(state, step, situation) == (obstacle,)


def test_every_obstacle_at_the_gate_is_told_at_once():
    word = GateWord(may_leave=False, same_driver=False)
    with pytest.raises(TransitionError) as refused:
        after(State.PLANNED, Step.DISPATCH, Situation(gate=word))
    assert set(refused.value.obstacles) == {Obstacle.OTHER_DRIVER, Obstacle.REFUSED}


words = st.none() | st.builds(GateWord, **{name: st.booleans() for name in GateWord.__dataclass_fields__})
situations = st.builds(
    Situation,
    has_bus=st.booleans(),
    gate=words,
    balances=st.booleans(),
    reason=st.sampled_from(["", " ", "why"]),
)


@given(st.lists(st.tuples(st.sampled_from(Step), situations), max_size=30))
def test_no_trip_runs_without_the_gate_s_word_or_closes_unwalked(steps):
    state, let_go = State.PLANNED, False
    for step, situation in steps:
        try:
            state = after(state, step, situation)
        except TransitionError:
            continue
        if step is Step.DISPATCH:
            assert situation.gate is not None and situation.gate.may_leave
            let_go = True
        elif state is State.PLANNED:
            let_go = False
        if state is State.CLOSED:
            assert situation.balances
        assert state not in (State.RUNNING, State.CLOSING, State.CLOSED) or let_go


def test_a_closed_trip_stays_closed():
    assert not [step for state, step in AFTER if state is State.CLOSED]
