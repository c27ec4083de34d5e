"""What of a timetable's days becomes a school's calendar: terms, and the days that differ from them; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fleet.regulations.working_days import WorkingCalendar
from fleet.routes.school_days import SchoolDays, runs_on
from telematics.transit.ways import WEEK, Runs

LONGEST_BREAK = timedelta(days=7)
"""After a longer time without any trip another term begins."""


@dataclass(frozen=True)
class Days:
    """A calendar.

    Attributes:
        terms: first and last day of each.
        exceptions: the weekday as which a day runs; None where no bus runs.
        lost: days on which trips run together that run together on no weekday: a school's calendar can't say so.
    """

    terms: Sequence[tuple[date, date]]
    exceptions: dict[date, int | None]
    lost: Sequence[date]


def calendar_of(runs: Sequence[Runs], calendar: WorkingCalendar) -> Days:
    """The calendar by which services run on their days.

    Args:
        runs: the days of each service.
        calendar: public holidays, which are free in a term without being told.
    """
    terms = terms_of(sorted(set().union(*(one.days for one in runs))))
    usual = SchoolDays(terms, {})
    exceptions: dict[date, int | None] = {}
    lost = []
    for first, last in terms:
        for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
            wanted = {number for number, one in enumerate(runs) if day in one.days}
            as_weekday = usual.runs_as(day, calendar)
            if running(runs, day, as_weekday) == wanted:
                continue
            if not wanted:
                exceptions[day] = None
                continue
            fits = [weekday for weekday in range(WEEK) if running(runs, day, weekday) == wanted]
            if fits:
                exceptions[day] = day.weekday() if day.weekday() in fits else fits[0]
            else:
                lost.append(day)
    return Days(terms, exceptions, lost)


def running(runs: Sequence[Runs], day: date, weekday: int | None) -> set[int]:
    """The services that would run on a day if it were a weekday."""
    if weekday is None:
        return set()
    return {
        number
        for number, one in enumerate(runs)
        if runs_on(one.weekdays, weekday) and one.first <= day <= one.last
    }


def terms_of(days: Sequence[date]) -> list[tuple[date, date]]:
    """Stretches of days without a long break."""
    terms: list[tuple[date, date]] = []
    for day in days:
        if terms and day - terms[-1][1] <= LONGEST_BREAK:
            terms[-1] = (terms[-1][0], day)
        else:
            terms.append((day, day))
    return terms
