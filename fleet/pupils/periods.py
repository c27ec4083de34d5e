"""Pure: on which days something holds, by weekdays and dates, and what is left when something else takes some."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

WEEKDAYS = range(7)
"""Monday is 0."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Some weekdays from one day to another, both included.

    Attributes:
        weekdays: bit 0 is Monday.
        first: the first day.
        last: the last day; None where no end is known.
    """

    weekdays: int
    first: date
    last: date | None = None

    def holds_on(self, day: date, weekday: int) -> bool:
        """Whether it holds on a day that is run as a weekday, which an exceptional day may name otherwise."""
        is_within = self.first <= day and (self.last is None or day <= self.last)
        return is_within and bool(self.weekdays >> weekday & 1)


def weekdays_of(bits: int) -> list[int]:
    """The weekdays that are set, Monday is 0."""
    return [weekday for weekday in WEEKDAYS if bits >> weekday & 1]


def days_that_clash(one: Period, other: Period) -> bool:
    """Whether two periods could hold on the same day.

    That the weekday does not come within a short overlap does not help: an exceptional day runs as any weekday.
    """
    return bool(one.weekdays & other.weekdays) and overlap(one, other)


def overlap(one: Period, other: Period) -> bool:
    """Whether the dates of two periods share a day, whatever its weekday."""
    begins_in_time = other.last is None or one.first <= other.last
    ends_late_enough = one.last is None or other.first <= one.last
    return begins_in_time and ends_late_enough


def rest_of(held: Period, taken: Period) -> Iterator[Period]:
    """What is left of a period when another takes its days: before it, on other weekdays during it, and after it."""
    if not days_that_clash(held, taken):
        yield held
        return
    if held.first < taken.first:
        yield Period(held.weekdays, held.first, taken.first - ONE_DAY)
    if others := held.weekdays & ~taken.weekdays:
        yield Period(others, max(held.first, taken.first), earlier(held.last, taken.last))
    if taken.last and (held.last is None or taken.last < held.last):
        yield Period(held.weekdays, taken.last + ONE_DAY, held.last)


def earlier(one: date | None, other: date | None) -> date | None:
    """The earlier end; None is none."""
    return min((end for end in (one, other) if end), default=None)
