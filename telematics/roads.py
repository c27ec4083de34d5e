"""Which road a report was made on: the nearest that runs its way, found through a grid of cells."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from telematics.fix import Fix
from telematics.geometry import angle_between_deg, bearing_deg

CELL_DEG = 0.0025
"""Side of a grid cell: some 280 m north to south, a few blocks of a town."""
METRES_PER_DEGREE = 111_195.0
MIN_SPEED_FOR_COURSE_MPS = 2.0
"""A slower receiver does not know which way it is heading."""


class RoadStretch(msgspec.Struct, frozen=True):
    """A road's line and what is built there.

    Attributes:
        name: as signposted.
        road_class: "expressway", "arterial", "collector" or "local".
        line: (lat, lon) pairs, degrees, WGS-84.
    """

    name: str
    road_class: str
    line: Sequence[tuple[float, float]]


class RoadIndex:
    """Roads, ready to be asked which one a report was made on.

    Args:
        roads: all roads of the district.
        max_distance_m: a report further away than this is on none of them.
        max_turn_deg: a bus on a road heads along it, one way or the other, within this angle.
    """

    def __init__(
        self, roads: Iterable[RoadStretch] = (), *, max_distance_m: float = 25.0, max_turn_deg: float = 35.0
    ) -> None:
        self._max_distance_m = max_distance_m
        self._max_turn_deg = max_turn_deg
        self._cells: dict[tuple[int, int], list[tuple[Segment, RoadStretch]]] = defaultdict(list)
        for road in roads:
            for (lat1, lon1), (lat2, lon2) in zip(road.line, road.line[1:], strict=False):
                segment = Segment(lat1, lon1, lat2, lon2)
                for cell in segment.cells():
                    self._cells[cell].append((segment, road))

    def road_of(self, report: Fix) -> RoadStretch | None:
        """The road that `report` was made on, or None where none is near and runs its way."""
        if report.lat is None or report.lon is None:
            return None
        cell = (math.floor(report.lat / CELL_DEG), math.floor(report.lon / CELL_DEG))
        nearest, nearest_m = None, self._max_distance_m
        for segment, road in self._cells.get(cell, ()):
            away_m = segment.distance_m(report.lat, report.lon)
            if away_m < nearest_m and self._runs_along(segment, report):
                nearest, nearest_m = road, away_m
        return nearest

    def _runs_along(self, segment: "Segment", report: Fix) -> bool:
        if report.course_deg is None or (report.speed_mps or 0.0) < MIN_SPEED_FOR_COURSE_MPS:
            return True
        turn = angle_between_deg(report.course_deg, segment.bearing_deg())
        return min(turn, 180 - turn) <= self._max_turn_deg


class Segment(msgspec.Struct, frozen=True):
    """A straight piece of a road, its ends in degrees."""

    lat1: float
    lon1: float
    lat2: float
    lon2: float

    def bearing_deg(self) -> float:
        """The way it runs, from its first end to its second."""
        return bearing_deg(self.lat1, self.lon1, self.lat2, self.lon2)

    def cells(self) -> set[tuple[int, int]]:
        """The grid cells that it passes through or by: each within a margin of its bounds."""
        margin = 30.0 / METRES_PER_DEGREE
        lat_margin, lon_margin = margin, margin / max(math.cos(math.radians(self.lat1)), 0.01)
        south = math.floor((min(self.lat1, self.lat2) - lat_margin) / CELL_DEG)
        north = math.floor((max(self.lat1, self.lat2) + lat_margin) / CELL_DEG)
        west = math.floor((min(self.lon1, self.lon2) - lon_margin) / CELL_DEG)
        east = math.floor((max(self.lon1, self.lon2) + lon_margin) / CELL_DEG)
        return {(row, column) for row in range(south, north + 1) for column in range(west, east + 1)}

    def distance_m(self, lat: float, lon: float) -> float:
        """Distance from a point to the nearest point of the segment, on the plane that touches there."""
        metres_per_lon = METRES_PER_DEGREE * math.cos(math.radians(lat))
        x1, y1 = (self.lon1 - lon) * metres_per_lon, (self.lat1 - lat) * METRES_PER_DEGREE
        x2, y2 = (self.lon2 - lon) * metres_per_lon, (self.lat2 - lat) * METRES_PER_DEGREE
        dx, dy = x2 - x1, y2 - y1
        length2 = dx * dx + dy * dy
        along = 0.0 if length2 == 0 else max(0.0, min(1.0, -(x1 * dx + y1 * dy) / length2))
        return math.hypot(x1 + along * dx, y1 + along * dy)
