"""A pattern's line cut into short stretches of road, named by where they lie and which way they run."""

from collections.abc import Sequence

import msgspec
import numpy as np

from telematics.line import METRES_PER_DEGREE, Line
from telematics.timetable import Numbers, PlannedTrip, RoutePattern

STRETCH_M = 100.0
"""About the distance between two crossings: what makes a bus wait falls into one stretch or the next."""
CELL_DEG = 60.0 / METRES_PER_DEGREE
"""Side of the grid that names a stretch by its middle: 60 m north to south."""
HEADINGS = 8


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


def planned_s(
    trip: PlannedTrip, stretches: Stretches, usual_share: Numbers | None, pace_s_per_m: float
) -> Numbers:
    """What is expected of each stretch before anything is learned, seconds.

    With a timetable: the geometric mean of the trip's own planned times and the pattern's usual share of the trip's
    whole time, for a single trip's planned times are rounded and spread evenly between its time points. Without
    one: the network's mean pace.
    """
    if not trip.stop_clock_s:
        return stretches.lengths_m * pace_s_per_m
    own = own_planned_s(trip, stretches)
    if usual_share is None:
        return own
    whole = own.sum()
    mixed = np.sqrt(own * usual_share * whole)
    return np.asarray(mixed * (whole / mixed.sum()))


def own_planned_s(trip: PlannedTrip, stretches: Stretches) -> Numbers:
    """A trip's own planned time over each stretch, seconds; at least a fast bus's beyond its first and last stop."""
    clock = np.interp(stretches.edges_m, trip.pattern.stop_distances_m(), trip.stop_clock_s)
    return np.maximum(np.diff(clock), stretches.lengths_m / 20.0)
