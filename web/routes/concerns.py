"""What is questionable about a way, in words, with what to do about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fleet.routes.checks import Code, Concern

GRAVE = frozenset(
    {
        Code.TOO_MANY_RIDERS,
        Code.STOP_LAPSED,
        Code.STOP_UNAPPROVED,
        Code.UNPROTECTED,
        Code.WRONG_WAY,
        Code.WRONG_SIDE,
        Code.OFF_LINE,
        Code.OUT_OF_ORDER,
    }
)
"""Children are in danger, or the law does not allow it."""
HINTS = frozenset({Code.CAPACITY_UNKNOWN, Code.WALK_UNKNOWN})
"""Not known is not wrong."""


@dataclass(frozen=True)
class Told:
    """A concern, in words.

    Attributes:
        what: is the matter.
        cure: what to do.
        level: "error", "warning" or "info".
    """

    what: str
    cure: str
    level: str


WORDS: Mapping[Code, Callable[[], tuple[str, str]]] = {
    Code.TOO_MANY_RIDERS: lambda: (
        _("On the fullest day %(number)d pupils more ride than the buses may carry."),
        _("Add a departure, choose a larger bus, or give some pupils another route."),
    ),
    Code.STOP_LAPSED: lambda: (
        _("The approval of “%(stops)s” has lapsed."),
        _("Have it approved again, or leave the stop out."),
    ),
    Code.STOP_UNAPPROVED: lambda: (
        _("“%(stops)s” is not approved: a school bus may not stop there."),
        _("Apply for its approval, or leave the stop out."),
    ),
    Code.UNPROTECTED: lambda: (
        _("The dangerous stretch at %(number)d m has no barriers or signs."),
        _("Ask whoever keeps the road for them, or drive another way; until then 20 km/h hold there."),
    ),
    Code.WRONG_WAY: lambda: (
        _("The bus comes to “%(stops)s” against its approach heading."),
        _("Choose the stop over the road, turn the line round, or correct the heading of the stop."),
    ),
    Code.WRONG_SIDE: lambda: (
        _("“%(stops)s” lies left of the road, so children would cross it."),
        _("Choose a stop right of the road, or correct where the stop lies."),
    ),
    Code.OFF_LINE: lambda: (
        _("“%(stops)s” is farther than 60 m from the line."),
        _("Draw the line past the stop, or correct where the stop lies."),
    ),
    Code.OUT_OF_ORDER: lambda: (
        _("The line does not come to “%(stops)s” after the stops before it."),
        _("Change the order of the stops, or the line."),
    ),
    Code.MOVED: lambda: (
        _("“%(stops)s” has been moved by %(number)d m along the line since this way was drawn."),
        _("Draw the way again, so that arrivals are seen where the stop is now."),
    ),
    Code.SAME_PLACE: lambda: (
        _("“%(stops)s” lie %(number)d m apart and may be the same."),
        _("Leave one of them out, or archive it."),
    ),
    Code.LONG_RIDE: lambda: (
        _("The ride takes %(number)d minutes."),
        _("Split the route, so that no child rides longer than an hour."),
    ),
    Code.U_TURN: lambda: (
        _("The bus turns round at %(number)d m."),
        _("See whether it may turn there, or draw it round a block."),
    ),
    Code.CAPACITY_UNKNOWN: lambda: (
        _("It is not known how many pupils the buses may carry."),
        _("Add departures with their buses, and the seats of each."),
    ),
    Code.WALK_UNKNOWN: lambda: (
        _("How far pupils walk to their stop is not known: where they live is not recorded."),
        _("Ask the school about pupils who walk far."),
    ),
}


def told(concern: Concern, names: Mapping[int, str]) -> Told:
    """A concern in words.

    Args:
        concern: what is questionable.
        names: of the stops, by their ids.
    """
    what, cure = WORDS[concern.code]()
    stops = "”, “".join(names[stop] for stop in concern.stops)
    level = "error" if concern.code in GRAVE else "info" if concern.code in HINTS else "warning"
    return Told(what % {"stops": stops, "number": concern.number}, cure, level)
