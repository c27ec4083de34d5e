"""What becomes an alarm, what is the same one, and who is told when: pure."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.alarms.policy import (
    ENDS_BY_ITSELF_AFTER,
    HIGHEST_LEVEL,
    becomes_alarm,
    is_same_alarm,
    level_due,
    passes_by_itself,
)
from fleet.alarms.states import AFTER, OPEN, Handling, Obstacle, State, Step, obstacles_to
from telematics.rules.episode import Severity
from tests.alarms.builders import NOON

MINUTES = st.integers(0, 600).map(lambda minutes: timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("severity", "is_live", "expected"),
    [
        (Severity.RECORD, True, False),
        (Severity.MEDIUM, True, True),
        (Severity.HIGH, False, False),
        (Severity.EMERGENCY, False, True),
    ],
)
def test_people_see_what_just_happened_and_every_emergency(severity, is_live, expected):
    assert becomes_alarm(severity, is_live=is_live) == expected


def test_what_comes_again_soon_is_the_same_alarm():
    alarm = (NOON, NOON + timedelta(minutes=1))
    after = [alarm[1] + timedelta(minutes=minutes) for minutes in (0, 15, 16)]
    assert [is_same_alarm(alarm, (at, at)) for at in after] == [True, True, False]


@given(st.sampled_from(Severity), st.sampled_from(State), MINUTES, MINUTES)
def test_waiting_longer_never_tells_fewer(severity, state, earlier, later):
    levels = [level_due(severity, state, NOON, NOON + wait) for wait in sorted((earlier, later))]
    assert levels == sorted(levels)
    assert all(0 <= level <= HIGHEST_LEVEL for level in levels)


def test_an_emergency_that_nobody_sees_reaches_the_head_within_three_minutes():
    levels = [
        level_due(Severity.EMERGENCY, State.NEW, NOON, NOON + timedelta(minutes=minutes))
        for minutes in range(5)
    ]
    assert levels == [0, 1, 1, 2, 2]


def test_what_is_acknowledged_and_not_resolved_reaches_the_head_later():
    waits = [timedelta(minutes=14), timedelta(minutes=15)]
    levels = [level_due(Severity.EMERGENCY, State.ACKNOWLEDGED, NOON, NOON + wait) for wait in waits]
    assert levels == [0, HIGHEST_LEVEL]


@given(st.sampled_from(Severity), st.sampled_from(State))
def test_only_a_medium_alarm_that_nobody_took_up_passes_by_itself(severity, state):
    passes = passes_by_itself(severity, state, NOON, NOON + ENDS_BY_ITSELF_AFTER)
    assert passes == (severity is Severity.MEDIUM and state is State.NEW)
    assert not passes_by_itself(severity, state, None, NOON + ENDS_BY_ITSELF_AFTER)


WELL = Handling(reason="dealt_with", note="x", has_assignee=True)


@given(st.sampled_from(State), st.sampled_from(Step))
def test_a_step_that_the_table_does_not_have_is_refused(state, step):
    assert (obstacles_to(state, step, WELL) == ()) == ((state, step) in AFTER)


@given(st.sampled_from(OPEN), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_nobody_clears_what_they_caused_and_grave_things_need_words(state, grave, caused, reason, note):
    handling = Handling(is_grave=grave, has_caused=caused, reason="dealt_with" * reason, note="x" * note)
    expected = {
        Obstacle.CAUSED_IT: caused,
        Obstacle.NO_REASON: not reason,
        Obstacle.NO_NOTE: grave and not note,
    }
    assert set(obstacles_to(state, Step.RESOLVE, handling)) == {
        one for one, is_so in expected.items() if is_so
    }
