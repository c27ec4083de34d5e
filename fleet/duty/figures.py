"""Reads: what a driver and a police officer ask first of a log, in seconds."""

from datetime import UTC, datetime
from typing import NamedTuple

from django.utils import timezone

from fleet.duty.queries import COUNTED, left_of
from fleet.regulations.profile import HERE
from fleet.regulations.queries import NoProfileError, profile_for
from telematics.duty.left import TimeLeft
from telematics.duty.rules import seconds
from telematics.duty.timeline import DRIVING, MAY_BE_REST, UNKNOWN, Timeline, Total, runs

DAY_S = 24 * 3600
REST = "fatigue.rest_min"


class Figures(NamedTuple):
    """What a log says up to a moment.

    Attributes:
        continuous_s: driving since the last rest, or gap, that is long enough.
        day_s: driving in the last 24 hours.
        week_s: driving in the last 7 days.
        unknown_s: time in the last 24 hours of which nothing is known.
        last_rest: the last rest, or gap, that is long enough; None where there is none.
        rest_is_known: whether all of it is known to be rest.
        left: how long the driver may drive on by each rule, the tightest first; empty where no law limits it.
    """

    continuous_s: int
    day_s: int
    week_s: int
    unknown_s: int
    last_rest: tuple[datetime, datetime] | None
    rest_is_known: bool
    left: list[TimeLeft]


def figures_of(log: Timeline, now: datetime) -> Figures:
    """The figures of a log up to a moment."""
    try:
        numbers = profile_for(HERE, timezone.localdate(now)).numbers
        left = left_of(log, now)
    except NoProfileError:
        numbers, left = {}, []
    rest_s = seconds(numbers, REST) if REST in numbers else int(COUNTED.total_seconds())
    now_s = int(now.timestamp())
    driving, unknown = Total(log, DRIVING), Total(log, UNKNOWN)
    rests = [rest for rest in runs(log, MAY_BE_REST) if rest.length_s >= rest_s]
    last = rests[-1] if rests else None
    return Figures(
        continuous_s=driving.within(last.end_s if last else log[0].start_s, now_s),
        day_s=driving.within(now_s - DAY_S, now_s),
        week_s=driving.within(now_s - 7 * DAY_S, now_s),
        unknown_s=unknown.within(now_s - DAY_S, now_s),
        last_rest=(datetime.fromtimestamp(last.start_s, UTC), datetime.fromtimestamp(last.end_s, UTC))
        if last
        else None,
        rest_is_known=bool(last and not unknown.within(*last)),
        left=left,
    )
