"""The speed limits along a drive, as the chart and the line below it tell them."""

import math

from fleet.findings.models import LimitSource
from fleet.positions.queries import milliseconds
from fleet.regulations.past_limits import limits_on_drive
from fleet.regulations.queries import NoProfileError
from telematics.rules.speeding import SpeedLimit
from telematics.units import mps_to_kmh
from web.replay.span import Span

Shown = tuple[int | None, float | None, str]
"""From when on (ms since 1970), km/h where there is a limit, and what sets it."""


def limits_shown(bus: int, span: Span) -> list[Shown]:
    """The limits that held in a time; none where no regulation profile was in force."""
    try:
        found = list(limits_on_drive(bus, span.since, span.until))
    except NoProfileError:
        return []
    return [(milliseconds(since), kmh_of(limit), words_of(limit)) for since, limit in found]


def kmh_of(limit: SpeedLimit) -> float | None:
    """What is allowed, km/h; None where nothing limits it."""
    return None if math.isinf(limit.mps) else round(mps_to_kmh(limit.mps), 1)


def words_of(limit: SpeedLimit) -> str:
    """What sets a limit, and the road where it is known."""
    source = str(LimitSource(limit.source).label) if limit.source else ""
    return " · ".join(filter(None, (source, limit.road)))
