"""A line on the ground: where along it a position can be, which may be more than one place."""

import math
from collections.abc import Sequence

import msgspec
import numpy as np

METRES_PER_DEGREE = 111_195.0


class Place(msgspec.Struct, frozen=True, gc=False):
    """A place on a line: how far along it, how far from the position asked about, and which way it runs there."""

    along_m: float
    away_m: float
    bearing_deg: float


class Line:
    """A polyline on the plane that touches the earth at its first point: good to 0.1 % over a town.

    Args:
        points: (lat, lon) pairs, degrees, WGS-84; two or more that differ.

    Raises:
        ValueError: fewer than two points differ.
    """

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        pairs = np.array(points, dtype=float).reshape(-1, 2)
        differs = np.append(True, np.any(np.diff(pairs, axis=0) != 0, axis=1))
        pairs = pairs[differs]
        if len(pairs) < 2:
            raise ValueError("A line needs two points that differ.")
        self._metres_per_lon = METRES_PER_DEGREE * math.cos(math.radians(pairs[0, 0]))
        self._x = pairs[:, 1] * self._metres_per_lon
        self._y = pairs[:, 0] * METRES_PER_DEGREE
        self._dx, self._dy = np.diff(self._x), np.diff(self._y)
        self._lengths = np.hypot(self._dx, self._dy)
        self.along_m = np.append(0.0, np.cumsum(self._lengths))

    @property
    def length_m(self) -> float:
        """From its first point to its last, along it."""
        return float(self.along_m[-1])

    def places(self, lat: float, lon: float, within_m: float) -> list[Place]:
        """Each place within `within_m` where the line comes nearest and leaves again, in order along it.

        A loop or a road driven both ways gives several; the caller knows which of them the bus can have reached.
        """
        x, y = lon * self._metres_per_lon - self._x[:-1], lat * METRES_PER_DEGREE - self._y[:-1]
        share = np.clip((x * self._dx + y * self._dy) / self._lengths**2, 0.0, 1.0)
        away = np.hypot(x - share * self._dx, y - share * self._dy)
        near = np.append(np.append(np.inf, away), np.inf)
        lowest = (away <= within_m) & (away <= near[:-2]) & (away < near[2:])
        return [
            Place(
                float(self.along_m[i] + share[i] * self._lengths[i]), float(away[i]), self._bearing_of(int(i))
            )
            for i in np.flatnonzero(lowest)
        ]

    def point_at(self, along_m: float) -> tuple[float, float]:
        """The (lat, lon) of the place that far along."""
        x = float(np.interp(along_m, self.along_m, self._x))
        y = float(np.interp(along_m, self.along_m, self._y))
        return y / METRES_PER_DEGREE, x / self._metres_per_lon

    def bearing_at(self, along_m: float) -> float:
        """Which way the line runs there, degrees true."""
        index = int(np.searchsorted(self.along_m, along_m, side="right")) - 1
        return self._bearing_of(min(max(index, 0), len(self._lengths) - 1))

    def _bearing_of(self, segment: int) -> float:
        return math.degrees(math.atan2(self._dx[segment], self._dy[segment])) % 360
