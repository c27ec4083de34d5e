"""Deadlines of the procedure, counted by China's calendar of working days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fleet.permits import procedure
from fleet.regulations.calendars import china_calendar
from fleet.regulations.working_days import UnknownYearError, add_working_days


@dataclass(frozen=True)
class Deadline:
    """The last day for a step.

    Attributes:
        day: None where the law sets none, or it can't be counted yet.
        unknown_year: the year whose holidays must be known to count it; None where that is no matter.
    """

    day: date | None = None
    unknown_year: int | None = None


def deadline(stage: procedure.Stage, done: Mapping[procedure.Stage, date]) -> Deadline:
    """By when a step is due, given the days of those done."""
    try:
        day = procedure.due_on(stage, done, lambda start, n: add_working_days(start, n, china_calendar()))
    except UnknownYearError as error:
        return Deadline(unknown_year=error.year)
    return Deadline(day)
