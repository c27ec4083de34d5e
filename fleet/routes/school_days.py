"""On which days a school's buses run, and as on which weekday: pure, from terms, exceptional days and holidays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fleet.regulations.working_days import UnknownYearError, WorkingCalendar

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
