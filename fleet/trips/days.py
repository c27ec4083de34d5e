"""On which days a school's buses run, and as on which weekday: pure, from terms, exceptional days and holidays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from fleet.regulations.working_days import SATURDAY, UnknownYearError, WorkingCalendar

FRIDAY = 4


@dataclass(frozen=True)
class SchoolDays:
    """A school's calendar.

    Attributes:
        terms: first and last day of each.
        exceptions: the weekday as which a day runs, Monday is 0; None where no bus runs.
    """

    terms: Sequence[tuple[date, date]]
    exceptions: dict[date, int | None]

    def runs_as(self, day: date, calendar: WorkingCalendar) -> int | None:
        """The weekday whose patterns run on a day; None where no bus runs.

        An exceptional day counts before everything. Outside of the terms no bus runs. In them, public holidays are
        free, and a weekend day that is worked in exchange runs as a Friday unless the school has said otherwise:
        the State Council's notices name no weekday that it stands for. Of a year whose notice is not known yet, the
        weekday alone counts.
        """
        if day in self.exceptions:
            return self.exceptions[day]
        if not any(first <= day <= last for first, last in self.terms):
            return None
        try:
            notice = calendar.notice(day.year)
        except UnknownYearError:
            return day.weekday()
        if day in notice.off:
            return None
        return FRIDAY if day in notice.worked else day.weekday()


def runs_on(weekdays: int, weekday: int) -> bool:
    """Whether a pattern's weekdays, bit 0 for Monday, hold a weekday."""
    return bool(weekdays >> weekday & 1)


def departs_at(day: date, clock: time, zone: tzinfo) -> datetime:
    """The moment of a local departure.

    A clock time that a change to summer time leaves out is the moment that would have borne it, an hour later by
    the new time; of one that comes twice, the first counts (PEP 495, fold 0).
    """
    return datetime.combine(day, clock, zone)


def midnight_s(day: date, zone: tzinfo) -> float:
    """Unix time at which a service day's clock shows 0:00: noon less twelve hours (GTFS Schedule, `Time`)."""
    return (datetime.combine(day, time(12), zone)).timestamp() - timedelta(hours=12).total_seconds()


def day_kind(day: date, calendar: WorkingCalendar) -> str:
    """Days on which traffic is alike share a kind: as the office days go, for the rest of the road does."""
    try:
        worked = calendar.is_working_day(day)
    except UnknownYearError:
        worked = day.weekday() < SATURDAY
    if worked:
        return "workday"
    return "saturday" if day.weekday() == SATURDAY else "sunday"
