"""Stretches of days that a report is about: pure."""

from collections.abc import Iterable
from datetime import date, timedelta

DAY, WEEK, MONTH, SEMESTER, RANGE = "day", "week", "month", "semester", "range"
LONGEST_DAYS = 366
AUTUMN, SPRING = 9, 2
"""Months in which semesters begin where no school has said when its terms are."""

Days = tuple[date, date]


def period_around(kind: str, day: date, terms: Iterable[Days] = ()) -> Days:
    """First and last day, both included, of the period of a kind that holds a day.

    Args:
        kind: DAY, WEEK, MONTH or SEMESTER.
        day: in it.
        terms: first and last day of each of the school's terms; without one that holds the day, a semester begins on
            the first of September or of February.

    Raises:
        ValueError: for another kind.
    """
    if kind == DAY:
        return day, day
    if kind == WEEK:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    if kind == MONTH:
        return day.replace(day=1), before_month(day.year, day.month + 1)
    if kind == SEMESTER:
        return next((one for one in terms if one[0] <= day <= one[1]), None) or semester_by_month(day)
    raise ValueError(kind)


def semester_by_month(day: date) -> Days:
    """The half of the school year that holds a day."""
    if SPRING <= day.month < AUTUMN:
        return date(day.year, SPRING, 1), before_month(day.year, AUTUMN)
    began = day.year if day.month >= AUTUMN else day.year - 1
    return date(began, AUTUMN, 1), before_month(began + 1, SPRING)


def before_month(year: int, month: int) -> date:
    """The day before a month; the thirteenth is the next January."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1) - timedelta(days=1)


def last_complete(kind: str, today: date) -> Days:
    """The newest week or month that is over."""
    first, _last = period_around(kind, today)
    return period_around(kind, first - timedelta(days=1))
