"""Side streets: the blocks between main roads are found and cut in two until they are small enough."""

import math
from collections.abc import Callable, Iterator, Sequence
from random import Random

from telematics.simulator.junctions import Piece, node_key, without_stubs
from telematics.simulator.plane import XY, area_m2, length_m

Node = tuple[int, int]
_CORNER_M = 55.0
_SHORTEST_STREET_M = 70.0


def blocks_between(pieces: Sequence[Piece]) -> list[list[XY]]:
    """The rings of land that the pieces enclose, anticlockwise; dead ends and the outside are left out."""
    leaving: dict[Node, list[tuple[float, Node, tuple[XY, ...]]]] = {}
    for piece in without_stubs(pieces, math.inf):
        for line in (piece.line, piece.line[::-1]):
            heading = math.atan2(line[1][1] - line[0][1], line[1][0] - line[0][0])
            leaving.setdefault(node_key(line[0]), []).append((heading, node_key(line[-1]), line))
    for choices in leaving.values():
        choices.sort()
    unwalked = {(node, index) for node, choices in leaving.items() for index in range(len(choices))}
    rings = []
    while unwalked:
        ring = _walk_round(leaving, unwalked, min(unwalked))
        if area_m2(ring) > 0:
            rings.append(ring)
    return rings


def _walk_round(
    leaving: dict[Node, list[tuple[float, Node, tuple[XY, ...]]]],
    unwalked: set[tuple[Node, int]],
    start: tuple[Node, int],
) -> list[XY]:
    """Follow the left-hand kerb from junction to junction until back at the start."""
    ring: list[XY] = []
    step = start
    while step in unwalked:
        unwalked.discard(step)
        _, node, line = leaving[step[0]][step[1]]
        ring.extend(line[:-1])
        arriving_back = line[::-1]
        came_by = next(index for index, choice in enumerate(leaving[node]) if choice[2] == arriving_back)
        step = (node, (came_by - 1) % len(leaving[node]))
    return ring


def side_streets(
    ring: Sequence[XY],
    largest_m2: Callable[[XY], float],
    free: Callable[[XY, XY], bool],
    corners: list[XY],
    chance: Random,
) -> Iterator[tuple[XY, XY]]:
    """Streets that cut a block into smaller ones.

    Args:
        ring: the block.
        largest_m2: how large a block around a point may remain, in square metres.
        free: whether a street can be built from one point to another.
        corners: junctions so far; a street that would end near one ends there. New ends are added.
        chance: where the unevenness comes from.

    Yields:
        Both ends of each street.
    """
    centre = _centroid(ring)
    if area_m2(ring) < largest_m2(centre) * chance.uniform(0.8, 1.5):
        return
    across = _short_axis(ring, centre) + chance.gauss(0, 0.08)
    for bearing in (across, across + math.pi / 2):
        halves = _halves(ring, centre, bearing, corners, chance)
        if halves is None or not free(*halves[0]):
            continue
        street, left, right = halves
        corners.extend(street)
        yield street
        for half in (left, right):
            yield from side_streets(half, largest_m2, free, corners, chance)
        return


def _centroid(ring: Sequence[XY]) -> XY:
    doubled = 6 * area_m2(ring)
    x = y = 0.0
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = a[0] * b[1] - b[0] * a[1]
        x, y = x + (a[0] + b[0]) * cross, y + (a[1] + b[1]) * cross
    return x / doubled, y / doubled


def _halves(
    ring: Sequence[XY], centre: XY, bearing: float, corners: list[XY], chance: Random
) -> tuple[tuple[XY, XY], list[XY], list[XY]] | None:
    """Cut the ring along a bearing (radians from east), near its middle."""
    along = (math.cos(bearing), math.sin(bearing))
    through = (
        centre[0] - along[1] * chance.gauss(0, 18),
        centre[1] + along[0] * chance.gauss(0, 18),
    )
    hits = sorted(_hits(ring, through, along))
    spans = [(a, b) for a, b in zip(hits[::2], hits[1::2], strict=False) if a[0] <= 0 <= b[0]]
    if not spans:
        return None
    (_, first, start), (_, second, end) = spans[0]
    start, end = _at_corner(start, ring, first, corners), _at_corner(end, ring, second, corners)
    if first > second:
        first, second, start, end = second, first, end, start
    left = [start, *ring[first + 1 : second + 1], end]
    right = [end, *ring[second + 1 :], *ring[: first + 1], start]
    smallest = min(area_m2(left), area_m2(right))
    if smallest < 0.2 * area_m2(ring) or length_m((start, end)) < _SHORTEST_STREET_M:
        return None
    return (start, end), left, right


def _short_axis(ring: Sequence[XY], centre: XY) -> float:
    """Bearing across the ring's longer principal axis, radians from east, corners weighed equally."""
    xx = yy = xy = 0.0
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        weight = math.dist(a, b)
        dx, dy = (a[0] + b[0]) / 2 - centre[0], (a[1] + b[1]) / 2 - centre[1]
        xx, yy, xy = xx + weight * dx * dx, yy + weight * dy * dy, xy + weight * dx * dy
    return math.atan2(2 * xy, xx - yy) / 2 + math.pi / 2


def _hits(ring: Sequence[XY], through: XY, along: XY) -> Iterator[tuple[float, int, XY]]:
    for index, (a, b) in enumerate(zip(ring, [*ring[1:], ring[0]], strict=True)):
        side_a = (a[0] - through[0]) * along[1] - (a[1] - through[1]) * along[0]
        side_b = (b[0] - through[0]) * along[1] - (b[1] - through[1]) * along[0]
        if (side_a > 0) == (side_b > 0):
            continue
        share = side_a / (side_a - side_b)
        point = (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
        yield (point[0] - through[0]) * along[0] + (point[1] - through[1]) * along[1], index, point


def _at_corner(point: XY, ring: Sequence[XY], chord: int, corners: list[XY]) -> XY:
    """A junction that lies near the point on the same chord of the ring, or else the point."""
    a, b = ring[chord], ring[(chord + 1) % len(ring)]
    near = [
        corner
        for corner in corners
        if math.dist(corner, point) < _CORNER_M
        and math.dist(a, corner) + math.dist(corner, b) < math.dist(a, b) + 0.01
    ]
    return min(near, key=lambda corner: math.dist(corner, point), default=point)
