"""A line with a measure along it: places, headings and parts by metres from its start."""

import bisect
import itertools
import math
from collections.abc import Sequence

from telematics.simulator.plane import XY, LatLon, between, to_lat_lon, to_xy


class Ruler:
    """Measures along a line given in degrees.

    Attributes:
        length_m: the line's length in metres.
    """

    def __init__(self, line: Sequence[LatLon]) -> None:
        self._points = [to_xy(place) for place in line]
        chords = (math.dist(a, b) for a, b in itertools.pairwise(self._points))
        self._marks = [0.0, *itertools.accumulate(chords)]
        self.length_m = self._marks[-1]

    def at(self, along_m: float, right_m: float = 0.0) -> tuple[XY, float]:
        """A point on the drawing board and the heading there.

        Args:
            along_m: metres from the line's start; kept within the line.
            right_m: metres to the right of the line.

        Returns:
            The point, and the line's heading in degrees true.
        """
        along_m = min(max(along_m, 0.0), self.length_m)
        chord = min(bisect.bisect_right(self._marks, along_m), len(self._marks) - 1) - 1
        start, end = self._points[chord], self._points[chord + 1]
        span = self._marks[chord + 1] - self._marks[chord] or 1.0
        east, north = (end[0] - start[0]) / span, (end[1] - start[1]) / span
        x, y = between(start, end, (along_m - self._marks[chord]) / span)
        return (x + right_m * north, y - right_m * east), math.degrees(math.atan2(east, north)) % 360

    def place(self, along_m: float, right_m: float = 0.0) -> LatLon:
        """The same point in degrees."""
        return to_lat_lon(self.at(along_m, right_m)[0])

    def part(self, start_m: float, end_m: float) -> tuple[LatLon, ...]:
        """The line between two marks."""
        inner = [
            to_lat_lon(point)
            for point, mark in zip(self._points, self._marks, strict=True)
            if start_m + 0.01 < mark < end_m - 0.01
        ]
        return self.place(start_m), *inner, self.place(end_m)
