"""What is planned: the line that a bus follows, the stops along it, and the trips with their times."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class PatternStop(msgspec.Struct, frozen=True):
    """A stop of a route pattern, and how far along the line it is passed, metres."""

    stop_id: str
    at_m: float


class RoutePattern(msgspec.Struct, frozen=True):
    """Ordered stops and the line between them, for one direction of a route.

    Attributes:
        pattern_id: names it.
        line: (lat, lon) pairs, degrees, WGS-84, in the direction of travel.
        stops: at non-decreasing distances along the line.
    """

    pattern_id: str
    line: Sequence[tuple[float, float]]
    stops: Sequence[PatternStop]

    def stop_distances_m(self) -> Numbers:
        """How far along the line each stop is."""
        return np.array([stop.at_m for stop in self.stops])


class PlannedTrip(msgspec.Struct, frozen=True):
    """One run of a pattern on one day.

    Attributes:
        trip_id: names the trip, whatever the day.
        pattern: what it drives.
        day_kind: days on which traffic is alike share one: "workday", "saturday", "sunday".
        midnight_s: Unix time at which its service day's clock shows 0:00 (noon less twelve hours).
        stop_clock_s: planned time at each stop, seconds on that clock; may exceed 24 hours. Empty where none.
    """

    trip_id: str
    pattern: RoutePattern
    day_kind: str
    midnight_s: float
    stop_clock_s: Sequence[float] = ()

    def starts_s(self) -> float:
        """Unix time of the planned departure from the first stop."""
        return self.midnight_s + self.stop_clock_s[0]

    def ends_s(self) -> float:
        """Unix time of the planned arrival at the last stop."""
        return self.midnight_s + self.stop_clock_s[-1]
