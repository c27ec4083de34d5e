"""A pattern's line cut into short stretches of road, named by where they lie and which way they run."""

from collections.abc import Sequence

import msgspec
import numpy as np

from telematics.line import METRES_PER_DEGREE, Line
from telematics.timetable import Numbers, PlannedTrip, RoutePattern

STRETCH_M = 50.0
"""Half the distance between two crossings: what makes a bus wait falls into one stretch and not the next."""
CELL_DEG = 30.0 / METRES_PER_DEGREE
"""Side of the grid that names a stretch by its middle: 30 m north to south."""
HEADINGS = 8
AROUND_S = 2700.0
"""Standard deviation of the kernel that smooths a timetable over the time of day."""


class StretchKey(msgspec.Struct, frozen=True, gc=False):
    """A stretch of road in one direction, whatever route or bus passes it."""

    row: int
    column: int
    heading: int


class Stretches(msgspec.Struct, frozen=True):
    """A pattern's line in stretches.

    Attributes:
        edges_m: where they begin and end along the line.
        keys: what road each is.
    """

    edges_m: Numbers
    keys: Sequence[StretchKey]

    @property
    def lengths_m(self) -> Numbers:
        """How long each is."""
        return np.diff(self.edges_m)


def cut(pattern: RoutePattern, line: Line) -> Stretches:
    """Cut a pattern's line into equal stretches of about `STRETCH_M`."""
    number = max(round(line.length_m / STRETCH_M), 1)
    edges_m = np.linspace(0.0, line.length_m, number + 1)
    keys = []
    for middle_m in (edges_m[:-1] + edges_m[1:]) / 2:
        lat, lon = line.point_at(middle_m)
        heading = round(line.bearing_at(middle_m) / 360 * HEADINGS) % HEADINGS
        keys.append(StretchKey(round(lat / CELL_DEG), round(lon / CELL_DEG), heading))
    return Stretches(edges_m, keys)


class Usual(msgspec.Struct, frozen=True):
    """How a pattern's trips of one day kind are planned over its stretches.

    Attributes:
        starts_s: planned departure of each trip, seconds on its service day's clock.
        whole_s: planned time of each trip over the whole line.
        shares: of its whole time, by trip and stretch.
        mean_share: of the pattern's trips on all days.
    """

    starts_s: Numbers
    whole_s: Numbers
    shares: Numbers
    mean_share: Numbers

    def around(self, start_s: float) -> tuple[float, Numbers]:
        """Whole seconds and shares of the trips that start around then, the nearest counting most."""
        weights = np.exp(-0.5 * ((self.starts_s - start_s) / AROUND_S) ** 2)
        weights /= weights.sum()
        return float(weights @ self.whole_s), weights @ self.shares


def usual_of(trips: Sequence[PlannedTrip], stretches: Stretches) -> dict[str, Usual]:
    """How a pattern's trips with a timetable are usually planned, by day kind."""
    timed = [trip for trip in trips if trip.stop_clock_s]
    if not timed:
        return {}
    planned = np.array([own_planned_s(trip, stretches) for trip in timed])
    whole_s = planned.sum(axis=1)
    shares = planned / whole_s[:, None]
    starts_s = np.array([trip.stop_clock_s[0] for trip in timed])
    kinds = np.array([trip.day_kind for trip in timed])
    return {
        str(kind): Usual(starts_s[of], whole_s[of], shares[of], shares.mean(axis=0))
        for kind in np.unique(kinds)
        for of in [np.flatnonzero(kinds == kind)]
    }


def planned_s(trip: PlannedTrip, stretches: Stretches, usual: Usual | None, pace_s_per_m: float) -> Numbers:
    """What is expected of each stretch before anything is learned, seconds.

    A single trip's planned times are rounded, spread evenly between its time points, and change by steps from one
    trip to the next. So what is taken is the mean of the trips around its time of day, and of that and the pattern's
    share on all days the geometric mean. Without a timetable: the network's mean pace.
    """
    if not trip.stop_clock_s:
        return stretches.lengths_m * pace_s_per_m
    if usual is None:
        return own_planned_s(trip, stretches)
    whole_s, shares = usual.around(trip.stop_clock_s[0])
    mixed = np.sqrt(shares * usual.mean_share)
    return np.asarray(mixed * (whole_s / mixed.sum()))


def own_planned_s(trip: PlannedTrip, stretches: Stretches) -> Numbers:
    """A trip's own planned time over each stretch, seconds; at least a fast bus's beyond its first and last stop."""
    clock = np.interp(stretches.edges_m, trip.pattern.stop_distances_m(), trip.stop_clock_s)
    return np.maximum(np.diff(clock), stretches.lengths_m / 20.0)
