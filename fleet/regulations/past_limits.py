"""Reads: the speed limits along what a bus has driven, found as the speeding rule finds them."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.contrib.gis.geos import Polygon
from django.utils import timezone

from fleet.regulations.profile import HERE, SpeedLaw
from fleet.regulations.queries import profile_for
from fleet.routes.queries import road_stretches
from fleet.trips.reports import reports_of_bus
from fleet.vehicles.models import DeviceAssignment
from telematics import road_match
from telematics.fix import UNFIT_FOR_RULES, Fix
from telematics.roads import RoadIndex
from telematics.rules.speeding import SpeedLimit, limit_of

AROUND_DEG = 0.002
"""Some 200 m: roads further from every report are none that the bus was on."""


def limits_on_drive(bus: int, since: datetime, until: datetime) -> Iterator[tuple[datetime, SpeedLimit]]:
    """The limits that held where and when a bus was, each from the first report under it on.

    Args:
        bus: its id.
        since: event time of the first report that counts.
        until: of the last one.

    Raises:
        NoProfileError: where no profile is approved for the day.
    """
    fixes = [one for one in reports_of_bus(bus, since, until, None) if is_sound(one)]
    if not fixes:
        return
    roads = RoadIndex(road_stretches(box_around(fixes)))
    law = SpeedLaw(profile_for(HERE, timezone.localdate(since)), roads)
    assigned = DeviceAssignment.objects.filter(bus=bus, since__lte=until).order_by("-since")
    devices = [(one.since, law.limits_of(one.device.identifier)) for one in assigned.select_related("device")]
    match, told = None, None
    for fix in fixes:
        match = road_match.step(match, fix, roads)
        limits = next(one for begins, one in devices if begins <= fix.time)
        limit = limit_of(fix, match, limits, enough_mps=math.inf)
        if told is None or (limit.mps, limit.source, limit.road) != told:
            told = (limit.mps, limit.source, limit.road)
            yield fix.time, limit


def is_sound(fix: Fix) -> bool:
    """Whether a report tells where the bus was."""
    return not fix.verdicts & UNFIT_FOR_RULES and fix.lat is not None and fix.lon is not None


def box_around(fixes: Sequence[Fix]) -> Polygon:
    """The box that holds reports and what is near them."""
    lats = [one.lat for one in fixes if one.lat is not None]
    lons = [one.lon for one in fixes if one.lon is not None]
    west, south, east, north = min(lons), min(lats), max(lons), max(lats)
    box = Polygon.from_bbox((west - AROUND_DEG, south - AROUND_DEG, east + AROUND_DEG, north + AROUND_DEG))
    box.srid = 4326
    return box
