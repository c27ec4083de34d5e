"""The last 24 hours of a driver as a bar, and the figures beside it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.duty.models import Activity
from telematics.duty.left import TimeLeft
from telematics.duty.timeline import DRIVING, MAY_BE_REST, Timeline, Total, runs
from telematics.duty.timeline import Activity as Kind

DAY_S = 24 * 3600
WIDTH = 960
NAMES: dict[str, str | Promise] = {
    **{activity.value: activity.label for activity in Activity},
    Kind.UNKNOWN.value: gettext_lazy("Unknown"),
}


class Block(NamedTuple):
    """A stretch of the bar, in its units; `title` tells it in words."""

    activity: str
    left: float
    width: float
    title: str


class Tick(NamedTuple):
    """A full hour on the bar, at so many per cent of it."""

    percent: float
    text: str


class Bar(NamedTuple):
    """The last 24 hours."""

    blocks: list[Block]
    ticks: list[Tick]


def bar_of(log: Timeline, now: datetime) -> Bar:
    """The last 24 hours of a log up to a moment."""
    end_s = int(now.timestamp())
    start_s = end_s - DAY_S
    scale = WIDTH / DAY_S
    blocks = []
    for one in log:
        first_s, last_s = max(one.start_s, start_s), min(one.end_s, end_s)
        if first_s < last_s:
            words = f"{NAMES[one.activity.value]} {clock(first_s)}–{clock(last_s)}"
            left, width = round((first_s - start_s) * scale, 1), round((last_s - first_s) * scale, 1)
            blocks.append(Block(one.activity.value, left, width, words))
    hour = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    ticks = []
    for back in range(0, 24, 3):
        moment = hour - timedelta(hours=back)
        percent = (int(moment.timestamp()) - start_s) * 100 / DAY_S
        if 3 < percent < 97:
            ticks.append(Tick(round(percent, 2), f"{moment:%H:%M}"))
    return Bar(blocks, ticks)


def clock(at_s: int) -> str:
    """A moment as local clocks show it."""
    return f"{timezone.localtime(datetime.fromtimestamp(at_s, timezone.get_default_timezone())):%H:%M}"


def hours(length_s: float) -> str:
    """A duration in hours and minutes."""
    whole, minutes = divmod(int(length_s) // 60, 60)
    return _("%(hours)d h %(minutes)02d min") % {"hours": whole, "minutes": minutes}


class Figures(NamedTuple):
    """What a driver and a police officer ask first.

    Attributes:
        continuous: driving since the last rest, or gap, that is long enough.
        day: driving in the last 24 hours.
        week: driving in the last 7 days.
        unknown: time in the last 24 hours of which nothing is known.
        last_rest: the last rest, or gap, that is long enough; None where there is none.
        rest_is_known: whether all of it is known to be rest.
        left: how long the driver may drive on; None where no law limits it.
        limit: the rule that sets it.
    """

    continuous: str
    day: str
    week: str
    unknown: str
    last_rest: tuple[datetime, datetime] | None
    rest_is_known: bool
    left: str | None
    limit: str


def figures_of(
    log: Timeline, left: Sequence[TimeLeft], rest_s: int, now: datetime, names: dict[str, str]
) -> Figures:
    """The figures of a log up to a moment.

    Args:
        log: the driver's.
        left: what they may still drive, by rule, the tightest first.
        rest_s: the shortest rest that ends a spell of driving.
        now: the moment.
        names: of the rules.
    """
    now_s = int(now.timestamp())
    driving, unknown = Total(log, DRIVING), Total(log, {Kind.UNKNOWN})
    rests = [rest for rest in runs(log, MAY_BE_REST) if rest.length_s >= rest_s]
    last = rests[-1] if rests else None
    zone = timezone.get_current_timezone()
    return Figures(
        continuous=hours(driving.within(last.end_s if last else log[0].start_s, now_s)),
        day=hours(driving.within(now_s - DAY_S, now_s)),
        week=hours(driving.within(now_s - 7 * DAY_S, now_s)),
        unknown=hours(unknown.within(now_s - DAY_S, now_s)),
        last_rest=(datetime.fromtimestamp(last.start_s, zone), datetime.fromtimestamp(last.end_s, zone))
        if last
        else None,
        rest_is_known=bool(last and not unknown.within(*last)),
        left=hours(left[0].left_s) if left else None,
        limit=names.get(left[0].rule.value, "") if left else "",
    )
