"""Stretches of days: they hold the day that is asked for, and follow each other without a gap."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.reports.periods import DAY, MONTH, SEMESTER, WEEK, last_complete, period_around

KINDS = st.sampled_from([DAY, WEEK, MONTH, SEMESTER])
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(KINDS, DAYS)
def test_a_period_holds_its_day_and_the_next_begins_after_it(kind, day):
    first, last = period_around(kind, day)
    assert first <= day <= last
    assert period_around(kind, last) == (first, last)
    assert period_around(kind, last + timedelta(days=1))[0] == last + timedelta(days=1)


@given(st.sampled_from([WEEK, MONTH]), DAYS)
def test_the_last_complete_one_ends_before_the_present_begins(kind, day):
    assert last_complete(kind, day)[1] == period_around(kind, day)[0] - timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 9, 1), date(2026, 9, 1), date(2027, 1, 31)),
        (date(2027, 1, 31), date(2026, 9, 1), date(2027, 1, 31)),
        (date(2028, 2, 29), date(2028, 2, 1), date(2028, 8, 31)),
    ],
)
def test_semesters_go_by_the_month_where_no_term_is_known(day, first, last):
    assert period_around(SEMESTER, day) == (first, last)


def test_a_school_s_term_is_its_semester():
    term = (date(2026, 8, 31), date(2027, 1, 22))
    assert period_around(SEMESTER, date(2026, 8, 31), [term]) == term


def test_another_kind_is_refused():
    with pytest.raises(ValueError, match="decade"):
        period_around("decade", date(2026, 1, 1))
