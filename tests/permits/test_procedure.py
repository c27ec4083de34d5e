"""The procedure and the rules of validity, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.permits.procedure import AFTER, WORKING_DAYS, Stage, due_on, open_stages
from fleet.permits.validity import card_valid_until, may_renew, month_before

DAY = date(2026, 3, 2)
dates = st.dates(date(2020, 1, 1), date(2040, 1, 1))


def plus_days(day: date, n: int) -> date:
    return day + timedelta(days=n)


def test_police_and_transport_reply_in_either_order_and_both_before_the_opinion():
    done = {Stage.APPLIED: DAY, Stage.CONSULTED: DAY}
    assert open_stages(done) == [Stage.POLICE_REPLY, Stage.TRANSPORT_REPLY]
    assert open_stages({**done, Stage.TRANSPORT_REPLY: DAY}) == [Stage.POLICE_REPLY]
    assert open_stages({**done, Stage.TRANSPORT_REPLY: DAY, Stage.POLICE_REPLY: DAY}) == [Stage.OPINION]


@given(st.sets(st.sampled_from(Stage)))
def test_no_step_is_open_before_what_it_waits_for(done):
    for stage in open_stages(dict.fromkeys(done, DAY)):
        assert stage not in done
        assert AFTER[stage] <= done


def test_the_opinion_is_due_five_working_days_after_the_later_reply():
    later = DAY + timedelta(days=9)
    done = {Stage.APPLIED: DAY, Stage.CONSULTED: DAY, Stage.POLICE_REPLY: DAY, Stage.TRANSPORT_REPLY: later}
    assert due_on(Stage.OPINION, done, plus_days) == later + timedelta(days=5)


def test_the_law_sets_three_three_and_five_working_days():
    assert WORKING_DAYS == {
        Stage.CONSULTED: 3,
        Stage.POLICE_REPLY: 3,
        Stage.TRANSPORT_REPLY: 3,
        Stage.OPINION: 5,
    }


@pytest.mark.parametrize("stage", [Stage.APPLIED, Stage.DECISION])
def test_no_deadline_where_the_law_sets_none(stage):
    assert due_on(stage, dict.fromkeys(Stage, DAY), plus_days) is None


def test_no_deadline_while_the_step_before_is_to_come():
    assert due_on(Stage.OPINION, {Stage.APPLIED: DAY}, plus_days) is None


@given(dates, dates)
def test_a_card_ends_with_the_inspection_and_never_after_the_permit(inspection, permit):
    until = card_valid_until(inspection, permit)
    assert until in (inspection, permit)
    assert until <= inspection
    assert until <= permit


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 3, 31), date(2026, 2, 28)),
        (date(2028, 3, 30), date(2028, 2, 29)),
        (date(2026, 1, 15), date(2025, 12, 15)),
    ],
)
def test_the_month_before_ends_on_a_day_that_exists(day, before):
    assert month_before(day) == before
    assert may_renew(day, before)
    assert not may_renew(day, before - timedelta(days=1))
