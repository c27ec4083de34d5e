"""What the maps of stops and routes are told: where to look, what to draw, and the words of their controls."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fleet.routes.models import RoutePattern, Stop
from fleet.routes.stop_states import state_of
from web.coordinator.basemap import opening_view


def map_config(
    stops: Iterable[Stop] = (), patterns: Sequence[RoutePattern] = (), **more: Any
) -> dict[str, Any]:
    """What a map draws over the ground.

    Args:
        stops: with their `stop_state`.
        patterns: whose lines are drawn.
        more: what the page's own script wants besides.
    """
    tiles = settings.ENVIRONMENT.tiles
    return {
        "basemap": reverse("live_basemap"),
        "language": get_language() or settings.LANGUAGE_CODE,
        "tiles": msgspec.to_builtins(tiles) if tiles else None,
        "view": opening_view(),
        "stops": [stop_on_map(stop) for stop in stops],
        "lines": [list(pattern.line.coords) for pattern in patterns],
        "words": words(),
        **more,
    }


def stop_on_map(stop: Stop) -> dict[str, Any]:
    """A stop as a map draws it."""
    state = state_of(stop)
    return {
        "id": stop.pk,
        "name": str(stop),
        "lon": stop.place.x,
        "lat": stop.place.y,
        "state": state.value,
        "told": str(state.label),
        "url": reverse("stop_detail", args=[stop.pk]),
    }


def words() -> dict[str, str]:
    """What the scripts of the maps say."""
    return {
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "map_title": _("Map"),
        "in_view": _("%s stops in this part of the map"),
        "none_in_view": _("There is no stop in this part of the map that fits."),
        "moved": _("“%(name)s” has been moved by %(metres)s m."),
        "move_failed": _("The stop could not be moved: %s"),
        "undo": _("Undo"),
        "undone": _("“%s” is back where it was."),
        "offline": _("There is no connection. Try again."),
        "located": _("Your place is known to %s m."),
        "not_located": _("Your place is not known. Allow it in the browser's settings, or go on without it."),
        "locating": _("Looking for your place…"),
        "points": _("%s points"),
        "point_removed": _("A point has been removed."),
    }
