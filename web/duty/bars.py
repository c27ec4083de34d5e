"""The last 24 hours of a driver as a bar, and the figures beside it."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.duty.figures import DAY_S, Figures
from fleet.duty.models import Activity
from telematics.duty.timeline import Activity as Kind
from telematics.duty.timeline import Timeline

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


class FiguresInWords(NamedTuple):
    """The figures of a log, in words; `limit` is the rule that sets what is left, None where no law limits it."""

    continuous: str
    day: str
    week: str
    unknown: str
    last_rest: tuple[datetime, datetime] | None
    rest_is_known: bool
    left: str | None
    limit: str


def in_words(figures: Figures, names: dict[str, str]) -> FiguresInWords:
    """Figures in words.

    Args:
        figures: of a log.
        names: of the rules.
    """
    tightest = figures.left[0] if figures.left else None
    return FiguresInWords(
        continuous=hours(figures.continuous_s),
        day=hours(figures.day_s),
        week=hours(figures.week_s),
        unknown=hours(figures.unknown_s),
        last_rest=figures.last_rest,
        rest_is_known=figures.rest_is_known,
        left=hours(tightest.left_s) if tightest else None,
        limit=names.get(tightest.rule.value, "") if tightest else "",
    )
