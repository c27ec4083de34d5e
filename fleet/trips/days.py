"""Clock times of a service day as moments, and which days are alike on the road; pure."""

from datetime import date, datetime, time, timedelta, tzinfo

from fleet.regulations.working_days import SATURDAY, UnknownYearError, WorkingCalendar


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
