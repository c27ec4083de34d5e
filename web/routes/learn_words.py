"""What was learned from driving, as its page begins with it: names for new stops, and the evidence in words."""

import math
from collections import Counter
from typing import Any

from django.contrib.gis.geos import Polygon
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from fleet.organisations.models import Organisation
from fleet.routes.models import Road
from fleet.routes.patterns import EVERY_WEEKDAY
from telematics.geometry import moved
from telematics.learning.learned import LearnedStop, LearnedWay
from telematics.line import Line
from web.routes.learn_forms import KEEP, LEAVE_OUT
from web.routes.way_forms import days_of

ROAD_WITHIN_M = 40.0
DEGREES_SHOWN = 6


class Names:
    """Names for stops that are new: the school's, or the road's with a number."""

    def __init__(self, school: Organisation | None) -> None:
        self._school = school
        self._count: Counter[str] = Counter()

    def of(self, stop: LearnedStop) -> str:
        """A name for a stop."""
        if stop.is_school and self._school:
            return self._school.name
        road = self._road_at(stop.lat, stop.lon)
        self._count[road] += 1
        return f"{road} {self._count[road]}"

    @staticmethod
    def _road_at(lat: float, lon: float) -> str:
        """The name of the nearest road; "Stop" where none is near."""
        north, _east = moved(lat, lon, 0, ROAD_WITHIN_M)
        _north, east = moved(lat, lon, 90, ROAD_WITHIN_M)
        around = Polygon.from_bbox((2 * lon - east, 2 * lat - north, east, north))
        around.srid = 4326
        nearest, name = math.inf, _("Stop")
        for road in Road.objects.filter(line__intersects=around).exclude(name=""):
            line = Line([(at_lat, at_lon) for at_lon, at_lat, *_height in road.line.coords])
            away = min((one.away_m for one in line.places(lat, lon, ROAD_WITHIN_M)), default=math.inf)
            if away < nearest:
                nearest, name = away, road.name
        return name


def way_initial(way: LearnedWay) -> dict[str, Any]:
    """A way, as its form has it."""
    weekdays = EVERY_WEEKDAY
    for day in way.days:
        weekdays |= 1 << day.weekday()
    return {
        "keep": True,
        "direction": way.heading.value,
        "departures": ", ".join(f"{at:%H:%M}" for at in way.departures),
        "weekdays": days_of(weekdays),
        "line": "\n".join(f"{lon:.6f}, {lat:.6f}" for lat, lon in way.line),
        "told": evidence_of_way(way),
    }


def evidence_of_way(way: LearnedWay) -> str:
    """On how many drives a way rests, and how like each other they are."""
    drives = ngettext("%(count)d drive", "%(count)d drives", way.drives) % {"count": way.drives}
    days = ngettext("on %(count)d day", "on %(count)d days", len(way.days)) % {"count": len(way.days)}
    alike = _("%(percent)d %% alike") % {"percent": round(way.likeness * 100)}
    return joined([f"{drives} {days}" if not is_chinese() else f"{days}{drives}", alike])


def rows_of(way: LearnedWay, names: Names) -> list[dict[str, Any]]:
    """The stops of a way, as the rows of its form."""
    return [
        {
            "use": KEEP if one.is_proposed else LEAVE_OUT,
            "stop": one.known,
            "name": "" if one.known else names.of(one),
            "minutes": round(one.offset_s / 60, 1),
            "dwell_s": min(one.dwell_s, 600),
            "lon": round(one.lon, DEGREES_SHOWN),
            "lat": round(one.lat, DEGREES_SHOWN),
            "approach_deg": None if one.approach_deg is None else round(one.approach_deg, 1),
            "told": evidence_of_stop(one),
        }
        for one in way.stops
    ]


def evidence_of_stop(stop: LearnedStop) -> str:
    """What speaks for a stop, in few words."""
    if stop.is_school:
        return _("The school: every drive begins or ends here")
    told = [
        _("stood on %(stood)d of %(passed)d drives") % {"stood": stop.stood, "passed": stop.passed},
        _("%(seconds)d s") % {"seconds": stop.dwell_s},
    ]
    if stop.aside_m is not None and stop.aside_m >= 1:
        told.append(_("%(metres).0f m beside its lane") % {"metres": stop.aside_m})
    if stop.boarded:
        told.append(_("pupils boarded or alighted on %(count)d") % {"count": stop.boarded})
    if stop.known:
        told.append(_("recorded already"))
    told.append(_("sure to %(percent)d %%") % {"percent": math.floor(stop.confidence * 100)})
    return joined(told)


def joined(told: list[str]) -> str:
    """Facts one after the other."""
    return "，".join(told) if is_chinese() else ", ".join(told)


def is_chinese() -> bool:
    """Whether the page is in Chinese."""
    return (get_language() or "").startswith("zh")
