"""Roads as rules look them up: which run where a report was made, and its way, through a grid of cells."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

CELL_DEG = 1 / 2000
"""Side of a grid cell: some 55 m from north to south."""
METRES_PER_DEGREE = 111_195.0
REACH_M = 30.0
"""A report further from a road's edge than that was not made on it."""
LANE_M = 3.5
LANES_UNTOLD = 2
PLACES_SAME_DEG = 1e7
"""Two lines meet where they share a place, to the seven decimals that OpenStreetMap keeps."""


class OwnLimit(msgspec.Struct, frozen=True, gc=False):
    """What holds on a road in one direction by its signs and its kind alone.

    Attributes:
        road: its name.
        road_class: "expressway", "arterial", "collector" or "local".
        posted_kmh: the posted limit, kilometres per hour; None where none is known.
        lanes: lanes of this direction, as far as they are told.
        centre_line: whether a line parts the directions; None where it is not told.
        urban: whether it lies in a built-up area; None where it is not told.
    """

    road: str = ""
    road_class: str = ""
    posted_kmh: float | None = None
    lanes: int | None = None
    centre_line: bool | None = None
    urban: bool | None = None


class RoadStretch(msgspec.Struct, frozen=True):
    """A road's line and what is built and posted there.

    Attributes:
        name: as signposted.
        road_class: "expressway", "arterial", "collector" or "local".
        line: (lat, lon) pairs, degrees, WGS-84.
        key: names it, the same after a restart.
        forward_kmh: the limit that is posted along its line; None where none is known.
        backward_kmh: and against it.
        oneway: 1 along its line only, -1 against it only, 0 both ways.
        lanes: of both directions together; None where it is not told.
        centre_line: whether a line parts the directions; None where it is not told.
        urban: whether it lies in a built-up area; None where it is not told.
    """

    name: str
    road_class: str
    line: Sequence[tuple[float, float]]
    key: int = 0
    forward_kmh: float | None = None
    backward_kmh: float | None = None
    oneway: int = 0
    lanes: int | None = None
    centre_line: bool | None = None
    urban: bool | None = None

    def own_limit(self, *, backward: bool) -> OwnLimit:
        """What holds on it in one direction."""
        return OwnLimit(
            road=self.name,
            road_class=self.road_class,
            posted_kmh=self.backward_kmh if backward else self.forward_kmh,
            lanes=self.lanes if self.oneway or self.lanes is None else max(self.lanes // 2, 1),
            centre_line=self.separates_directions,
            urban=self.urban,
        )

    @property
    def separates_directions(self) -> bool | None:
        """Whether a line parts the directions: a road of one way needs none, and two lanes have one."""
        if self.oneway:
            return True
        if self.centre_line is None and self.lanes is not None:
            return self.lanes > 1
        return self.centre_line

    @property
    def half_width_m(self) -> float:
        """How far its lanes reach from its line, to either side."""
        return (self.lanes or LANES_UNTOLD) * LANE_M / 2


Nearby = tuple[float, float]
"""How a road lies to a report: metres from its edge, 0 on its lanes; and one less the cosine of the angle between
road and bus, 0 where the bus's course is not known."""

Segment = tuple[float, float, float, float, float, float, float, float, int, int]
"""First end (lat, lon), metres per degree of longitude, direction (east, north), length, half the road's width and
the furthest that a report on it lies from its line, all in metres; the road's number, and which ways it is open."""


class RoadIndex:
    """Roads, ready to be asked which of them are near a report.

    Args:
        roads: all roads of the district; each direction that is closed to traffic is left out.
    """

    def __init__(self, roads: Iterable[RoadStretch] = ()) -> None:
        self.roads = list(roads)
        self.number_of = {road.key: number for number, road in enumerate(self.roads)}
        self.own_limits = [
            (road.own_limit(backward=False), road.own_limit(backward=True)) for road in self.roads
        ]
        self.neighbours = neighbours(self.roads)
        self._cells: dict[tuple[int, int], list[Segment]] = defaultdict(list)
        for number, road in enumerate(self.roads):
            for segment in segments_of(road, number):
                for cell in cells_of(segment):
                    self._cells[cell].append(segment)

    def near(
        self, lat: float, lon: float, course_deg: float | None, *, least_cos: float
    ) -> dict[tuple[int, bool], Nearby]:
        """The roads near a place that run along a course, by number and whether the bus heads against their line.

        Args:
            lat: of the place, degrees.
            lon: of the place, degrees.
            course_deg: which way the bus heads, degrees true; None where it is not known.
            least_cos: cosine of the largest angle between road and course.
        """
        found: dict[tuple[int, bool], Nearby] = {}
        segments = self._cells.get((math.floor(lat / CELL_DEG), math.floor(lon / CELL_DEG)))
        if segments is None:
            return found
        if course_deg is None:
            return self._near_either_way(segments, lat, lon)
        course = math.radians(course_deg)
        east, north = math.sin(course), math.cos(course)
        for lat1, lon1, per_lon, ux, uy, length_m, half_width_m, reach_m, road, ways in segments:
            cosine = east * ux + north * uy
            backward = cosine < 0.0
            if backward:
                cosine = -cosine
            if cosine < least_cos or (ways and backward is (ways > 0)):
                continue
            x, y = (lon - lon1) * per_lon, (lat - lat1) * METRES_PER_DEGREE
            away_m = away(x * ux + y * uy, x * uy - y * ux, length_m, reach_m)
            if away_m < 0.0:
                continue
            nearby = (away_m - half_width_m if away_m > half_width_m else 0.0, 1.0 - cosine)
            before = found.get((road, backward))
            if before is None or nearby < before:
                found[road, backward] = nearby
        return found

    def _near_either_way(
        self, segments: Iterable[Segment], lat: float, lon: float
    ) -> dict[tuple[int, bool], Nearby]:
        found: dict[tuple[int, bool], Nearby] = {}
        for lat1, lon1, per_lon, ux, uy, length_m, half_width_m, reach_m, road, ways in segments:
            x, y = (lon - lon1) * per_lon, (lat - lat1) * METRES_PER_DEGREE
            away_m = away(x * ux + y * uy, x * uy - y * ux, length_m, reach_m)
            if away_m < 0.0:
                continue
            nearby = (max(away_m - half_width_m, 0.0), 0.0)
            for backward in DIRECTIONS[ways]:
                found[road, backward] = min(found.get((road, backward), nearby), nearby)
        return found


DIRECTIONS = {0: (False, True), 1: (False,), -1: (True,)}
BEYOND = -1.0


def away(along_m: float, across_m: float, length_m: float, reach_m: float) -> float:
    """How far a place is from a segment, metres; `BEYOND` where that is further than it reaches.

    Args:
        along_m: where the place is along the segment.
        across_m: how far beside its line.
        length_m: of the segment.
        reach_m: how far it reaches.
    """
    if across_m < 0.0:
        across_m = -across_m
    if across_m > reach_m:
        return BEYOND
    if 0.0 <= along_m <= length_m:
        return across_m
    past_m = -along_m if along_m < 0.0 else along_m - length_m
    if past_m > reach_m:
        return BEYOND
    away_m = math.hypot(past_m, across_m)
    return away_m if away_m <= reach_m else BEYOND


def segments_of(road: RoadStretch, number: int) -> Iterator[Segment]:
    """The straight pieces of a road."""
    half_width_m = road.half_width_m
    for (lat1, lon1), (lat2, lon2) in zip(road.line, road.line[1:], strict=False):
        per_lon = METRES_PER_DEGREE * math.cos(math.radians(lat1))
        dx, dy = (lon2 - lon1) * per_lon, (lat2 - lat1) * METRES_PER_DEGREE
        length_m = math.hypot(dx, dy)
        if length_m:
            yield (
                lat1, lon1, per_lon, dx / length_m, dy / length_m, length_m,
                half_width_m, half_width_m + REACH_M, number, road.oneway,
            )  # fmt: skip


def cells_of(segment: Segment) -> set[tuple[int, int]]:
    """The cells from which a segment is within reach; a long one is taken in pieces, so as not to fill its bounds."""
    lat1, lon1, per_lon, ux, uy, length_m, _half_width_m, reach_m, _road, _ways = segment
    dx, dy = ux * length_m, uy * length_m
    pieces = math.ceil(length_m / (CELL_DEG * METRES_PER_DEGREE))
    cells: set[tuple[int, int]] = set()
    for piece in range(pieces):
        ends = [piece / pieces, (piece + 1) / pieces]
        lats = [lat1 + end * dy / METRES_PER_DEGREE for end in ends]
        lons = [lon1 + end * dx / per_lon for end in ends]
        lat_margin, lon_margin = reach_m / METRES_PER_DEGREE, reach_m / per_lon
        rows = range(
            math.floor((min(lats) - lat_margin) / CELL_DEG),
            math.floor((max(lats) + lat_margin) / CELL_DEG) + 1,
        )
        columns = range(
            math.floor((min(lons) - lon_margin) / CELL_DEG),
            math.floor((max(lons) + lon_margin) / CELL_DEG) + 1,
        )
        cells.update((row, column) for row in rows for column in columns)
    return cells


def neighbours(roads: Sequence[RoadStretch]) -> list[frozenset[int]]:
    """For each road, those that share a place with it: a flyover shares none with the street below."""
    at: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, road in enumerate(roads):
        for lat, lon in road.line:
            at[round(lat * PLACES_SAME_DEG), round(lon * PLACES_SAME_DEG)].append(number)
    found: list[set[int]] = [set() for _ in roads]
    for meeting in at.values():
        if len(meeting) > 1:
            for number in meeting:
                found[number].update(meeting)
    return [frozenset(one - {number}) for number, one in enumerate(found)]
