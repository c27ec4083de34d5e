"""Periods: what is left when another takes some days, day by day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fleet.pupils.periods import WEEKDAYS, Period, days_that_clash, rest_of, weekdays_of

FIRST = date(2026, 9, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(30)]


@st.composite
def periods(draw: st.DrawFn) -> Period:
    begins = draw(st.integers(0, 25))
    lasts = draw(st.one_of(st.none(), st.integers(0, 10)))
    first = FIRST + timedelta(days=begins)
    last = None if lasts is None else first + timedelta(days=lasts)
    return Period(draw(st.integers(1, 127)), first, last)


def held(period: Period) -> set[tuple[date, int]]:
    """On which days, run as which weekdays, a period holds."""
    return {(day, weekday) for day in DAYS for weekday in WEEKDAYS if period.holds_on(day, weekday)}


@given(periods(), periods())
def test_two_periods_clash_where_a_day_that_runs_as_some_weekday_is_in_both(one, other):
    last = max(period.last or DAYS[-1] for period in (one, other))
    if last <= DAYS[-1]:
        assert days_that_clash(one, other) == bool(held(one) & held(other))
    assert days_that_clash(one, other) == days_that_clash(other, one)


@given(periods(), periods())
def test_what_is_left_and_what_is_taken_are_the_days_before_each_once(one, taken):
    rest = list(rest_of(one, taken))
    days = [day for period in rest for day in held(period)]
    assert len(days) == len(set(days))
    assert set(days) == held(one) - held(taken)
    assert not any(days_that_clash(period, taken) for period in rest)


@given(st.integers(0, 127))
def test_weekdays_and_bits_say_the_same(bits):
    assert sum(1 << weekday for weekday in weekdays_of(bits)) == bits
