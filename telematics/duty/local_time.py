"""Local days, weeks and hours of the day as intervals of UTC seconds; days of 23 and 25 hours are as they are."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from telematics.duty.timeline import Interval

DAY = timedelta(days=1)
WEEK_DAYS = 7


def local_day(moment_s: int, zone: tzinfo) -> date:
    """The local day that a moment is in."""
    return datetime.fromtimestamp(moment_s, zone).date()


def midnight_s(day: date, zone: tzinfo) -> int:
    """The moment at which a local day begins."""
    return at_minute_s(day, 0, zone)


def at_minute_s(day: date, minute_of_day: int, zone: tzinfo) -> int:
    """The moment of a local day at which clocks show a time, in minutes from 0:00."""
    local = datetime.combine(day, time(minute_of_day // 60, minute_of_day % 60), tzinfo=zone)
    return round(local.astimezone(UTC).timestamp())


def days(start_s: int, end_s: int, zone: tzinfo) -> Iterator[date]:
    """The local days that an interval touches."""
    day, last = local_day(start_s, zone), local_day(max(start_s, end_s - 1), zone)
    while day <= last:
        yield day
        day += DAY


def windows(
    start_s: int, end_s: int, from_minute: int, until_minute: int, zone: tzinfo
) -> Iterator[Interval]:
    """The daily windows, such as nights, that an interval touches.

    Args:
        start_s: where the interval begins.
        end_s: where it ends.
        from_minute: local minute of the day at which a window begins.
        until_minute: the one at which it ends; not later than `from_minute`, it is of the next day.
        zone: whose clocks count.
    """
    for day in days(start_s - round(DAY.total_seconds()), end_s, zone):
        last_day = day if from_minute < until_minute else day + DAY
        window = Interval(at_minute_s(day, from_minute, zone), at_minute_s(last_day, until_minute, zone))
        if window.start_s < end_s and window.end_s > start_s:
            yield window


def weeks(start_s: int, end_s: int, zone: tzinfo) -> Iterator[Interval]:
    """The weeks, Monday to Sunday, that an interval touches."""
    first = local_day(start_s, zone)
    monday = first - timedelta(days=first.weekday())
    while midnight_s(monday, zone) < end_s:
        following = monday + timedelta(days=WEEK_DAYS)
        yield Interval(midnight_s(monday, zone), midnight_s(following, zone))
        monday = following
