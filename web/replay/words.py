"""What the script of the replay is told: the time, what was found, and its words."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from fleet.positions.queries import milliseconds
from web.replay.span import Span
from web.routes.maps import map_config


def page_config(bus: int, span: Span, marks: list[dict[str, Any]]) -> dict[str, Any]:
    """What the page's script needs.

    Args:
        bus: which bus.
        span: the time that is replayed.
        marks: what was found, as `web.replay.found.mark_of` tells it.
    """
    return map_config(
        track=f"{reverse('replay_track', args=[bus])}?{span.query}",
        since=milliseconds(span.since),
        until=milliseconds(span.until),
        findings=marks,
        time_zone=settings.TIME_ZONE,
        chart={
            "speed": _("Speed (km/h)"),
            "limit": _("Limit"),
            "time": _("Time"),
            "none": _("No reports are kept of this time."),
        },
        strings=strings(),
    )


def strings() -> dict[str, str]:
    """The words that the script fills in."""
    return {
        "play": _("Play"),
        "pause": _("Pause"),
        "playing": _("Playing, {rate} times as fast"),
        "paused": _("Paused at {time}"),
        "report": _("Report of {time}, {age} old"),
        "gap": _("Gap: no position that can be trusted between {from} and {until} ({length})"),
        "before": _("No report yet; the first is of {until}"),
        "after": _("No report after {from}"),
        "none": _("No reports are kept of this time."),
        "speed": _("{n} km/h"),
        "limit": _("limit {n} km/h ({source})"),
        "no_limit": _("no limit known"),
        "speed_unknown": _("speed unknown"),
        "found": _("Found: {what}"),
        "loading": _("Reading the reports… {share} %"),
        "failed": _("The reports could not be read. Reload the page to try again."),
        "seconds": _("{n} s"),
        "minutes_seconds": _("{m} min {s} s"),
        "minutes": _("{n} min"),
        "hours_minutes": _("{h} h {m} min"),
        "days": _("{n} days"),
    }
