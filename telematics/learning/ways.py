"""The ways of drives: whether two are the same, where on one of them a place lies, and one line from several."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from telematics.geometry import angle_between_deg, bearing_deg, distance_m
from telematics.learning.drives import STANDS_BELOW_MPS, Drive, Standing
from telematics.line import METRES_PER_DEGREE, Line, Place

LatLon = tuple[float, float]
CELL_M = 40.0
STEP_M = 20.0
SAME_WAY_DEG = 60.0
REACH_M = 40.0
"""Lanes, receivers and corners that are cut between two reports keep a bus within this of another day's line."""
SMOOTH_REACH_M = 30.0
SMOOTH_DEG = 40.0
TOLERANCE_M = 2.5
SHORTEST_STEP_M = 8.0
SKIP_M2 = REACH_M**2


def points_of(drive: Drive) -> list[LatLon]:
    """The way of a drive, without the jitter of a standing bus."""
    points: list[LatLon] = []
    for spot in drive.spots:
        if spot.speed_mps < STANDS_BELOW_MPS and points:
            continue
        if not points or distance_m(*points[-1], spot.lat, spot.lon) >= SHORTEST_STEP_M:
            points.append((spot.lat, spot.lon))
    last = drive.spots[-1]
    if distance_m(*points[-1], last.lat, last.lon) >= SHORTEST_STEP_M:
        points.append((last.lat, last.lon))
    return points


def in_steps(points: Sequence[LatLon], step_m: float = STEP_M) -> Iterator[LatLon]:
    """The points of a way, with others between those that lie farther apart than a step."""
    for (lat, lon), (next_lat, next_lon) in pairwise(points):
        pieces = max(1, math.ceil(distance_m(lat, lon, next_lat, next_lon) / step_m))
        for piece in range(pieces):
            share = piece / pieces
            yield lat + share * (next_lat - lat), lon + share * (next_lon - lon)
    yield points[-1]


class Trace:
    """Where a way runs, and in which direction, to hold another one against it."""

    def __init__(self, points: Sequence[LatLon]) -> None:
        self.line = Line(list(in_steps(points)))
        self._metres_per_lon = METRES_PER_DEGREE * math.cos(math.radians(points[0][0]))
        self._steps = [
            (*place, bearing_deg(*place, *following)) for place, following in pairwise(in_steps(points))
        ]
        self._courses: dict[tuple[int, int], list[float]] = defaultdict(list)
        for lat, lon, course in self._steps:
            self._courses[self._cell(lat, lon)].append(course)

    def share_on(self, other: "Trace") -> float:
        """How much of this way runs along another one, in its direction: 0 to 1."""
        on = sum(other._passes(*step) for step in self._steps)
        return on / max(1, len(self._steps))

    def _passes(self, lat: float, lon: float, course: float) -> bool:
        row, column = self._cell(lat, lon)
        return any(
            angle_between_deg(course, one) <= SAME_WAY_DEG
            for near_row in (row - 1, row, row + 1)
            for near_column in (column - 1, column, column + 1)
            for one in self._courses.get((near_row, near_column), ())
        )

    def _cell(self, lat: float, lon: float) -> tuple[int, int]:
        return math.floor(lat * METRES_PER_DEGREE / CELL_M), math.floor(lon * self._metres_per_lon / CELL_M)

    def passes(
        self, lat: float, lon: float, course_deg: float | None, within_m: float = REACH_M
    ) -> list[Place]:
        """Where the way comes past a place, in a direction where one is asked for."""
        found = self.line.places(lat, lon, within_m)
        return [one for one in found if course_deg is None or self._is_headed(one.along_m, course_deg)]

    def _is_headed(self, along_m: float, course_deg: float) -> bool:
        """Whether the way runs in a direction at a place, or just before it: a bus may turn round where it stood."""
        return any(
            angle_between_deg(self.line.bearing_at(at_m), course_deg) <= SAME_WAY_DEG
            for at_m in (along_m, along_m - STEP_M)
        )


def places_in_order(trace: Trace, standings: Sequence[Standing]) -> list[Place | None]:
    """The place of each standing on another drive's way, never going back; None where it is not on that way.

    Of all choices it is the one with the least sum of squared distances, where leaving one out costs as much as the
    farthest that is accepted: so loops and roads that are driven both ways are told apart by the order of things.
    """
    best: list[tuple[float, float, tuple[Place | None, ...]]] = [(0.0, -math.inf, ())]
    for one in standings:
        found = trace.passes(one.lat, one.lon, one.course_deg)
        longer = [(cost + SKIP_M2, along, (*way, None)) for cost, along, way in best]
        for place in found:
            before = [one for one in best if one[1] <= place.along_m + CELL_M / 2]
            if before:
                cost, along, way = min(before, key=lambda one: one[0])
                longer.append((cost + place.away_m**2, max(along, place.along_m), (*way, place)))
        best = without_worse(longer)
    return list(min(best, key=lambda one: one[0])[2])


def without_worse(
    ways: list[tuple[float, float, tuple[Place | None, ...]]],
) -> list[tuple[float, float, tuple[Place | None, ...]]]:
    """The choices than which no other is both cheaper and less far along."""
    kept: list[tuple[float, float, tuple[Place | None, ...]]] = []
    for way in sorted(ways, key=lambda way: way[:2]):
        if not kept or way[1] < kept[-1][1]:
            kept.append(way)
    return kept


def common_line(main: Trace, others: Sequence[Trace], begins_m: float, ends_m: float) -> list[LatLon]:
    """The part of a way as several drives have it in their middle, in few points; loops and turns are kept.

    Args:
        main: the way that is followed.
        others: drives of the same way.
        begins_m: along the main one.
        ends_m: along it.
    """
    along_m, points = begins_m, []
    while along_m < ends_m:
        points.append(middle_at(main, others, along_m))
        along_m += STEP_M
    points.append(middle_at(main, others, ends_m))
    return simplified(points)


def middle_at(main: Trace, others: Sequence[Trace], along_m: float) -> LatLon:
    """The median of where drives are that come past a place of the main way in its direction."""
    lat, lon = main.line.point_at(along_m)
    course = main.line.bearing_at(along_m)
    beside = [(lat, lon)]
    for other in others:
        near = [
            place
            for place in other.line.places(lat, lon, SMOOTH_REACH_M)
            if angle_between_deg(place.bearing_deg, course) <= SMOOTH_DEG
        ]
        if near:
            beside.append(other.line.point_at(min(near, key=lambda place: place.away_m).along_m))
    return median(one[0] for one in beside), median(one[1] for one in beside)


def simplified(points: Sequence[LatLon], tolerance_m: float = TOLERANCE_M) -> list[LatLon]:
    """A line in fewer points; those left out lie within the tolerance of it (Douglas and Peucker, 1973)."""
    metres_per_lon = METRES_PER_DEGREE * math.cos(math.radians(points[0][0]))
    plane = [(lon * metres_per_lon, lat * METRES_PER_DEGREE) for lat, lon in points]
    kept, waiting = {0, len(points) - 1}, [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        aside = [from_piece_m(plane[first], plane[last], plane[number]) for number in range(first + 1, last)]
        farthest = max(range(len(aside)), key=aside.__getitem__)
        if aside[farthest] > tolerance_m:
            middle = first + 1 + farthest
            kept.add(middle)
            waiting += [(first, middle), (middle, last)]
    return [points[number] for number in sorted(kept)]


def from_piece_m(begin: tuple[float, float], end: tuple[float, float], point: tuple[float, float]) -> float:
    """The distance of a point on the plane from a straight piece."""
    dx, dy = end[0] - begin[0], end[1] - begin[1]
    squared = dx * dx + dy * dy
    share = 0.0
    if squared:
        share = min(1.0, max(0.0, ((point[0] - begin[0]) * dx + (point[1] - begin[1]) * dy) / squared))
    return math.hypot(point[0] - begin[0] - share * dx, point[1] - begin[1] - share * dy)
