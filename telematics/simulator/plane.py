"""The drawing board of the simulated town: metres east and north of its centre, and curves drawn there."""

import itertools
import math
from collections.abc import Iterable, Sequence

from telematics.geometry import EARTH_RADIUS_M

XY = tuple[float, float]
"""Metres east, metres north of the town's centre."""
LatLon = tuple[float, float]
"""Degrees north, degrees east, WGS-84."""

TOWN_CENTRE: LatLon = (31.02, 120.87)
_M_PER_DEG_LAT = math.radians(1) * EARTH_RADIUS_M
_M_PER_DEG_LON = _M_PER_DEG_LAT * math.cos(math.radians(TOWN_CENTRE[0]))


def to_lat_lon(point: XY) -> LatLon:
    """A point of the drawing board in degrees, rounded to about a centimetre."""
    return (
        round(TOWN_CENTRE[0] + point[1] / _M_PER_DEG_LAT, 7),
        round(TOWN_CENTRE[1] + point[0] / _M_PER_DEG_LON, 7),
    )


def to_xy(place: LatLon) -> XY:
    """A place in degrees on the drawing board."""
    return (place[1] - TOWN_CENTRE[1]) * _M_PER_DEG_LON, (place[0] - TOWN_CENTRE[0]) * _M_PER_DEG_LAT


def squared_distance(a: XY, b: XY) -> float:
    """Square of the distance between two points, square metres; enough to compare by."""
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def length_m(line: Sequence[XY]) -> float:
    """Length of a polyline in metres."""
    return sum(math.dist(a, b) for a, b in itertools.pairwise(line))


def between(a: XY, b: XY, share: float) -> XY:
    """The point that lies `share` of the way from `a` to `b`."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def smoothed(points: Sequence[XY], step_m: float = 60.0, closed: bool = False) -> list[XY]:
    """A Catmull-Rom curve through the points, drawn as chords of about `step_m` metres."""
    around = (points[-1], points[:2]) if closed else (points[0], points[-1:])
    knots = [around[0], *points, *around[1]]
    curve: list[XY] = []
    for before, start, end, after in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        pieces = max(1, round(math.dist(start, end) / step_m))
        curve.extend(_catmull_rom(before, start, end, after, piece / pieces) for piece in range(pieces))
    curve.append(curve[0] if closed else points[-1])
    return curve


def _catmull_rom(p0: XY, p1: XY, p2: XY, p3: XY, t: float) -> XY:
    def axis(a: float, b: float, c: float, d: float) -> float:
        return 0.5 * (
            2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
        )

    return axis(p0[0], p1[0], p2[0], p3[0]), axis(p0[1], p1[1], p2[1], p3[1])


def shifted_right(line: Sequence[XY], metres: float) -> list[XY]:
    """The line drawn `metres` to the right of itself as it runs (to the left where negative)."""
    shifted = []
    for index, (x, y) in enumerate(line):
        before, after = line[max(index - 1, 0)], line[min(index + 1, len(line) - 1)]
        along = math.dist(before, after) or 1.0
        shifted.append(
            (x + metres * (after[1] - before[1]) / along, y - metres * (after[0] - before[0]) / along)
        )
    return shifted


def crossing(a: XY, b: XY, c: XY, d: XY) -> XY | None:
    """Where the stretches a-b and c-d cross, or None."""
    denominator = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
    if abs(denominator) < 1e-9:
        return None
    t = ((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0])) / denominator
    u = ((c[0] - a[0]) * (b[1] - a[1]) - (c[1] - a[1]) * (b[0] - a[0])) / denominator
    return between(a, b, t) if 0 <= t <= 1 and 0 <= u <= 1 else None


def nearest_on(line: Sequence[XY], point: XY, reach_m: float = math.inf) -> tuple[float, int, XY]:
    """The point of the line nearest to `point`: its distance in metres, the chord it lies on, itself.

    Chords that lie beyond `reach_m` are passed over; where all do, the distance given is infinite.
    """
    best = (math.inf, 0, line[0])
    for index, (a, b) in enumerate(itertools.pairwise(line)):
        if max(abs(a[0] - point[0]), abs(a[1] - point[1])) > reach_m + abs(b[0] - a[0]) + abs(b[1] - a[1]):
            continue
        square = (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2
        if not square:
            continue
        share = ((point[0] - a[0]) * (b[0] - a[0]) + (point[1] - a[1]) * (b[1] - a[1])) / square
        foot = between(a, b, min(1.0, max(0.0, share)))
        best = min(best, (math.dist(point, foot), index, foot))
    return best


def contains(ring: Sequence[XY], point: XY) -> bool:
    """Whether the point lies inside the ring (even-odd rule)."""
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > point[1]) != (y2 > point[1]) and point[0] < x1 + (point[1] - y1) * (x2 - x1) / (y2 - y1):
            inside = not inside
    return inside


def area_m2(ring: Sequence[XY]) -> float:
    """Signed area of a ring in square metres: positive where it runs anticlockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def samples(line: Sequence[XY], step_m: float) -> Iterable[XY]:
    """Points along the line, at most `step_m` metres apart, both ends included."""
    for a, b in itertools.pairwise(line):
        pieces = max(1, math.ceil(math.dist(a, b) / step_m))
        for piece in range(pieces):
            yield between(a, b, piece / pieces)
    yield line[-1]
