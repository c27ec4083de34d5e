"""The stretch of time that is replayed: read from an address, written to it, cut into parts."""

from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

LONGEST = timedelta(hours=24)
PART = timedelta(hours=1)
"""At a report each second, an hour is within `MAX_TRAIL_POINTS`."""
USUAL = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
EARLIEST_YEAR, LATEST_YEAR = 1980, 2200


class SpanError(ValueError):
    """A stretch of time that cannot be replayed, in words for people."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Span(NamedTuple):
    """A stretch of event time.

    Attributes:
        since: its beginning.
        until: its end, which is not in it.
    """

    since: datetime
    until: datetime

    @property
    def first_part(self) -> "Span":
        """What one answer holds: at most an hour from the beginning on."""
        return Span(self.since, min(self.until, self.since + PART))

    @property
    def query(self) -> str:
        """As an address carries it, in local time."""
        return urlencode({"from": in_field(self.since), "until": in_field(self.until)})


def span_of(fields: QueryDict) -> Span:
    """The stretch of time that an address names.

    Args:
        fields: `from` and `until`, in ISO 8601; local time where no offset is told.

    Raises:
        SpanError: where one of them is not a time, the end is not after the beginning, or a day is exceeded.
    """
    since, until = time_of(fields, "from"), time_of(fields, "until")
    if until <= since:
        raise SpanError("until", _("The end must be after the beginning."))
    if until - since > LONGEST:
        hours = round(LONGEST.total_seconds() / 3600)
        raise SpanError("until", _("Choose at most %d hours.") % hours)
    return Span(since, until)


def time_of(fields: QueryDict, name: str) -> datetime:
    """The time in a field.

    Raises:
        SpanError: where it is none.
    """
    try:
        time = parse_datetime(fields.get(name, "").strip())
    except ValueError as error:
        raise SpanError(name, _("There is no such day or time of day.")) from error
    if time is None or not EARLIEST_YEAR <= time.year <= LATEST_YEAR:
        raise SpanError(name, _("Give a day and a time of day for the beginning and for the end."))
    return timezone.make_aware(time) if timezone.is_naive(time) else time


def last_hour(driven_at: datetime | None, now: datetime) -> Span:
    """The hour up to the end of the last driving, in whole minutes; up to now where there was none."""
    until = (driven_at or now).replace(second=0, microsecond=0) + MINUTE
    return Span(until - USUAL, until)


def in_field(time: datetime) -> str:
    """A time as a field of a form and an address carry it: local, to the second where it has some."""
    local = timezone.localtime(time).replace(tzinfo=None, microsecond=0)
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def replay_address(bus: int, since: datetime, until: datetime) -> str:
    """Where a bus's driving is replayed: the longest stretch from `since` on, where it is too long."""
    return f"{reverse('replay', args=[bus])}?{Span(since, min(until, since + LONGEST)).query}"
