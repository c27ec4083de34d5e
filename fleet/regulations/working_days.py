"""Counts working days by the State Council's yearly notice of holidays; pure.

A year without its notice is an error that says what to add: a deadline that runs into it is not known yet,
and a guess would be a wrong date in a legal procedure.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
SATURDAY = 5


class UnknownYearError(LookupError):
    """A year whose notice of holidays has not been added."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"The public holidays of {year} are not known. Add the State Council's notice as {year}.toml."
        )
        self.year = year


class NoticeError(ValueError):
    """A notice of holidays that can't be right; the message names the entry."""


@dataclass(frozen=True)
class Holiday:
    """A holiday of some days, both ends included, and the weekend days that are worked in exchange."""

    name: str
    first: date
    last: date
    worked: tuple[date, ...] = ()

    def days(self) -> Iterable[date]:
        """Every day of it."""
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True)
class Notice:
    """One year's notice.

    Attributes:
        year: the calendar year it is for.
        title: the name of the document.
        source: its number, such as 国办发明电〔2025〕7号.
        holidays: in the order of the document.

    Raises:
        NoticeError: where a day is outside the year, a holiday ends before it starts, a worked day is not of a
            weekend, or a day is both off and worked.
    """

    year: int
    title: str
    source: str
    holidays: tuple[Holiday, ...]
    off: frozenset[date] = field(init=False)
    worked: frozenset[date] = field(init=False)

    def __post_init__(self) -> None:
        for holiday in self.holidays:
            if holiday.last < holiday.first:
                raise NoticeError(f"{self.year} {holiday.name}: last is before first")
            for day in (holiday.first, holiday.last, *holiday.worked):
                if day.year != self.year:
                    raise NoticeError(f"{self.year} {holiday.name}: {day} is of another year")
            for day in holiday.worked:
                if day.weekday() < SATURDAY:
                    raise NoticeError(f"{self.year} {holiday.name}: {day} is no weekend day to be worked")
        off = frozenset(day for holiday in self.holidays for day in holiday.days())
        worked = frozenset(day for holiday in self.holidays for day in holiday.worked)
        if both := off & worked:
            raise NoticeError(f"{self.year}: {min(both)} is both off and worked")
        object.__setattr__(self, "off", off)
        object.__setattr__(self, "worked", worked)


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days are worked, for the years whose notices are known."""

    notices: tuple[Notice, ...]

    def notice(self, year: int) -> Notice:
        """The notice of a year; of two for one year the later given counts.

        Raises:
            UnknownYearError: where there is none.
        """
        for notice in reversed(self.notices):
            if notice.year == year:
                return notice
        raise UnknownYearError(year)

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on `day`.

        Raises:
            UnknownYearError: where the notice of that year is missing.
        """
        notice = self.notice(day.year)
        if day in notice.off:
            return False
        return day.weekday() < SATURDAY or day in notice.worked


def add_working_days(day: date, n: int, calendar: WorkingCalendar) -> date:
    """The `n`-th working day after `day`, which itself does not count.

    Args:
        day: when the period begins, a working day or not.
        n: working days, 1 or more.
        calendar: the years known.

    Raises:
        ValueError: for `n` under 1.
        UnknownYearError: where the period runs into a year without notice.

    Source:
        民法典 Art 201: the day on which a period begins is not counted.
    """
    if n < 1:
        raise ValueError(f"a period of {n} working days")
    while n:
        day += ONE_DAY
        n -= calendar.is_working_day(day)
    return day


def working_days_between(first: date, last: date, calendar: WorkingCalendar) -> int:
    """Working days after `first`, up to `last` and with it; negative where `last` is the earlier.

    Raises:
        UnknownYearError: where a day is of a year without notice.
    """
    if last < first:
        return -working_days_between(last, first, calendar)
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(calendar.is_working_day(day) for day in days)
