"""Working days: the State Council's notices of 2025 and 2026, and counting by them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.regulations.calendars import SHIPPED, read_calendar
from fleet.regulations.working_days import (
    Holiday,
    Notice,
    NoticeError,
    UnknownYearError,
    add_working_days,
    working_days_between,
)

CHINA = read_calendar(SHIPPED)


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2026-02-11", 3, "2026-02-14"),  # the Saturday before the Spring Festival is worked
        ("2026-02-11", 4, "2026-02-24"),
        ("2026-02-27", 1, "2026-02-28"),
        ("2026-02-27", 2, "2026-03-02"),
        ("2026-09-18", 1, "2026-09-20"),  # a Sunday worked for National Day
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-11-20", 1, "2026-11-23"),
        ("2025-09-26", 1, "2025-09-28"),
        ("2025-09-30", 1, "2025-10-09"),
        ("2025-12-31", 1, "2026-01-04"),  # across the turn of a year
    ],
)
def test_working_days_by_the_notices(day, n, expected):
    assert add_working_days(date.fromisoformat(day), n, CHINA) == date.fromisoformat(expected)


@pytest.mark.parametrize(("year", "working_days"), [(2025, 248), (2026, 248)])
def test_working_days_of_a_year(year, working_days):
    assert working_days_between(date(year, 1, 1), date(year, 12, 31), CHINA) == working_days


def test_each_notice_names_its_document():
    assert {notice.year: notice.source for notice in CHINA.notices} == {
        2025: "国办发明电〔2024〕12号",
        2026: "国办发明电〔2025〕7号",
    }


def test_a_deadline_that_runs_into_a_year_without_notice_says_what_to_add():
    with pytest.raises(UnknownYearError, match=r"2027\.toml"):
        add_working_days(date(2026, 12, 31), 1, CHINA)
    assert add_working_days(date(2026, 12, 30), 1, CHINA) == date(2026, 12, 31)


@pytest.mark.parametrize("n", [0, -1])
def test_a_period_has_at_least_a_day(n):
    with pytest.raises(ValueError, match="working days"):
        add_working_days(date(2026, 3, 2), n, CHINA)


@given(st.dates(date(2025, 1, 1), date(2026, 11, 1)), st.integers(1, 30))
def test_adding_and_counting_agree(day, n):
    end = add_working_days(day, n, CHINA)
    assert CHINA.is_working_day(end)
    assert working_days_between(day, end, CHINA) == n
    assert working_days_between(end, day, CHINA) == -n
    assert end - day >= timedelta(days=n)


@pytest.mark.parametrize(
    ("holiday", "words"),
    [
        (Holiday("a", date(2026, 1, 2), date(2026, 1, 1)), "last is before first"),
        (Holiday("a", date(2025, 12, 31), date(2026, 1, 1)), "another year"),
        (Holiday("a", date(2026, 1, 1), date(2026, 1, 1), (date(2026, 1, 5),)), "no weekend day"),
        (Holiday("a", date(2026, 1, 1), date(2026, 1, 4), (date(2026, 1, 4),)), "both off and worked"),
    ],
)
def test_a_notice_that_cannot_be_right_is_refused(holiday, words):
    with pytest.raises(NoticeError, match=words):
        Notice(2026, "", "", (holiday,))


def test_a_year_is_added_by_a_file(tmp_path):
    (tmp_path / "2027.toml").write_text(
        'year = 2027\ntitle = "t"\nsource = "s"\n[[holidays]]\nname = "元旦"\n'
        "first = 2027-01-01\nlast = 2027-01-03\n",
        "utf-8",
    )
    assert add_working_days(date(2026, 12, 31), 1, read_calendar(SHIPPED, tmp_path)) == date(2027, 1, 4)


def test_a_file_for_a_shipped_year_counts_instead_of_it(tmp_path):
    (tmp_path / "2026.toml").write_text('year = 2026\ntitle = "t"\nsource = "s"\nholidays = []\n', "utf-8")
    calendar = read_calendar(SHIPPED, tmp_path)
    assert calendar.is_working_day(date(2026, 10, 1))
    assert calendar.notice(2026).source == "s"


@pytest.mark.parametrize("content", ["year = ", 'year = "x"', 'year = 2027\nother = 1\ntitle=""\nsource=""'])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    (tmp_path / "2027.toml").write_text(content, "utf-8")
    with pytest.raises(NoticeError, match=r"2027\.toml"):
        read_calendar(tmp_path)
