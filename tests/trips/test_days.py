"""Which days buses run on: terms, holidays, make-up days, exceptions, and clocks that change."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.regulations.calendars import SHIPPED, read_calendar
from fleet.routes.school_days import SchoolDays, runs_on
from fleet.trips.days import day_kind, departs_at, midnight_s

CHINA = read_calendar(SHIPPED)
YEAR = SchoolDays(terms=[(date(2026, 1, 1), date(2026, 12, 31))], exceptions={})
NOTICE = CHINA.notice(2026)


def test_weekdays_of_a_term_run_as_themselves():
    assert [YEAR.runs_as(date(2026, 11, day), CHINA) for day in range(23, 28)] == [0, 1, 2, 3, 4]


def test_a_public_holiday_in_term_has_no_buses():
    assert date(2026, 10, 1) in NOTICE.off
    assert YEAR.runs_as(date(2026, 10, 1), CHINA) is None


@pytest.mark.parametrize("day", sorted(NOTICE.worked))
def test_a_weekend_day_worked_in_exchange_runs_as_a_friday(day):
    assert YEAR.runs_as(day, CHINA) == 4


def test_a_school_says_as_which_weekday_a_make_up_day_runs():
    day = min(NOTICE.worked)
    assert SchoolDays(YEAR.terms, {day: 2}).runs_as(day, CHINA) == 2
    assert SchoolDays(YEAR.terms, {day: None}).runs_as(day, CHINA) is None


def test_a_free_weekend_runs_as_itself_so_that_boarders_patterns_run():
    assert YEAR.runs_as(date(2026, 11, 28), CHINA) == 5


def test_outside_of_terms_only_an_exception_runs():
    day = date(2026, 8, 3)
    assert SchoolDays([], {}).runs_as(day, CHINA) is None
    assert SchoolDays([], {day: 0}).runs_as(day, CHINA) == 0


def test_of_a_year_without_notice_the_weekday_counts():
    school = SchoolDays([(date(2031, 1, 1), date(2031, 12, 31))], {})
    assert school.runs_as(date(2031, 10, 1), CHINA) == date(2031, 10, 1).weekday()


@given(st.dates(date(2025, 1, 1), date(2026, 12, 31)))
def test_no_bus_runs_on_a_holiday_and_some_weekday_on_every_other_day(day):
    school = SchoolDays([(day, day)], {})
    assert (school.runs_as(day, CHINA) is None) == (day in CHINA.notice(day.year).off)


@given(st.integers(1, 127), st.integers(0, 6))
def test_bits_of_a_pattern_are_its_weekdays(weekdays, weekday):
    assert runs_on(weekdays, weekday) == (f"{weekdays:07b}"[6 - weekday] == "1")


BERLIN = ZoneInfo("Europe/Berlin")


def test_a_departure_keeps_its_local_time_when_the_clocks_change():
    before = departs_at(date(2026, 3, 27), time(7, 10), BERLIN)
    later = departs_at(date(2026, 3, 30), time(7, 10), BERLIN)
    assert before.astimezone(UTC).hour == 6
    assert later.astimezone(UTC).hour == 5


def test_a_clock_time_that_is_left_out_is_an_hour_later_by_the_new_time():
    moment = departs_at(date(2026, 3, 29), time(2, 30), BERLIN).astimezone(UTC)
    assert moment == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert moment.astimezone(BERLIN).time() == time(3, 30)


def test_of_a_clock_time_that_comes_twice_the_first_counts():
    moment = departs_at(date(2026, 10, 25), time(2, 30), BERLIN).astimezone(UTC)
    assert moment == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_service_day_s_clock_shows_the_local_time_after_a_change():
    day = date(2026, 3, 29)
    seven = departs_at(day, time(7), BERLIN).timestamp()
    assert seven - midnight_s(day, BERLIN) == 7 * 3600


def test_days_of_like_traffic_share_a_kind():
    make_up = min(NOTICE.worked)
    assert day_kind(make_up, CHINA) == day_kind(date(2026, 11, 23), CHINA) == "workday"
    assert day_kind(date(2026, 11, 28), CHINA) == "saturday"
    assert day_kind(date(2026, 10, 1), CHINA) == "sunday"
