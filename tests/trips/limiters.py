"""Speed limiters of a route, set at any time."""

from datetime import datetime
from typing import Any

from fleet.routes.models import LimiterStretch
from fleet.routes.route_changes import add_limiter
from tests.trips.builders import Line
from tests.trips.drives import LONG_AGO


def limiter(of: Line, since: datetime = LONG_AGO, **changes: Any) -> LimiterStretch:
    """A stretch on which buses go no faster than 20 km/h."""
    given = {"begins_m": 200.0, "ends_m": 600.0, "limit_kmh": 20} | changes
    made = add_limiter(pattern=of.pattern, by=of.where.coordinator, **given)
    LimiterStretch.objects.filter(pk=made.pk).update(since=since)
    return made
