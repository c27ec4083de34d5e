"""From roads drawn across each other to segments that meet at junctions."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from telematics.simulator.network import RoadClass, RoadSegment
from telematics.simulator.plane import XY, crossing, length_m, nearest_on, to_lat_lon

Level = int
GROUND: Level = 0
"""Roads that cross on the ground meet at a junction."""
RAISED: Level = 1
"""An expressway runs over the others and meets its ramps only."""
RAMP: Level = 2
"""A ramp meets other roads at its ends only."""

_SNAP_M = 60.0
_STUB_M = 130.0
_CELL_M = 250.0


@dataclass(frozen=True)
class Way:
    """A road as drawn: a name, a class and a line in metres on the drawing board."""

    name_zh: str
    name_en: str
    road_class: RoadClass
    line: tuple[XY, ...]
    speed_limit_kmh: float
    level: Level = GROUND
    tunnel: bool = False
    hazardous: bool = False


@dataclass(frozen=True)
class Piece:
    """A way's part between two junctions."""

    way: Way
    line: tuple[XY, ...]


def cut_at_junctions(ways: Sequence[Way]) -> list[Piece]:
    """Join loose ends to the road beside them, cut every way where it meets another, drop short stubs."""
    lines = [list(way.line) for way in ways]
    joints: list[set[XY]] = [{line[0], line[-1]} for line in lines]
    _join_ends(ways, lines, joints)
    _cut_crossings(ways, lines, joints)
    pieces = [
        Piece(way, part)
        for way, line, cuts in zip(ways, lines, joints, strict=True)
        for part in _parts(line, cuts)
        if length_m(part) > 0.5
    ]
    return without_stubs(pieces, _STUB_M)


def _join_ends(ways: Sequence[Way], lines: list[list[XY]], joints: list[set[XY]]) -> None:
    for index in range(len(ways)):
        for end in (0, -1):
            found = _road_beside(ways, lines, index, lines[index][end])
            if found is None:
                continue
            other, chord, foot = found
            joints[index].discard(lines[index][end])
            lines[index][end] = foot
            joints[index].add(foot)
            if foot not in lines[other]:
                lines[other].insert(chord + 1, foot)
            joints[other].add(foot)


def _road_beside(
    ways: Sequence[Way], lines: list[list[XY]], index: int, end: XY
) -> tuple[int, int, XY] | None:
    best: tuple[float, int, int, XY] | None = None
    for other, line in enumerate(lines):
        wanted = ways[other].level != RAMP if ways[index].level == RAMP else ways[other].level == GROUND
        if other == index or not wanted:
            continue
        distance, chord, foot = nearest_on(line, end, _SNAP_M)
        if distance <= _SNAP_M and (best is None or distance < best[0]):
            best = (distance, other, chord, foot)
    return best and best[1:]


def _cut_crossings(ways: Sequence[Way], lines: list[list[XY]], joints: list[set[XY]]) -> None:
    cells: dict[tuple[int, int], list[tuple[int, int]]] = {}
    found: dict[tuple[int, int], list[XY]] = {}
    for index, way in enumerate(ways):
        if way.level != GROUND:
            continue
        for chord, (a, b) in enumerate(zip(lines[index], lines[index][1:], strict=False)):
            rivals = {rival for cell in _cells(a, b) for rival in cells.get(cell, ())}
            for other, other_chord in sorted(rivals):
                if other == index:
                    continue
                point = crossing(a, b, lines[other][other_chord], lines[other][other_chord + 1])
                if point is not None:
                    found.setdefault((index, chord), []).append(point)
                    found.setdefault((other, other_chord), []).append(point)
            for cell in _cells(a, b):
                cells.setdefault(cell, []).append((index, chord))
    for (index, chord), points in sorted(found.items(), reverse=True):
        start = lines[index][chord]
        for point in sorted(points, key=lambda p: math.dist(start, p), reverse=True):
            lines[index].insert(chord + 1, point)
            joints[index].add(point)


def _cells(a: XY, b: XY) -> Iterable[tuple[int, int]]:
    for column in range(int(min(a[0], b[0]) // _CELL_M), int(max(a[0], b[0]) // _CELL_M) + 1):
        for row in range(int(min(a[1], b[1]) // _CELL_M), int(max(a[1], b[1]) // _CELL_M) + 1):
            yield column, row


def _parts(line: list[XY], cuts: set[XY]) -> Iterable[tuple[XY, ...]]:
    part = [line[0]]
    for point in line[1:]:
        if math.dist(point, part[-1]) > 0.05 or point in cuts:
            part.append(point)
        if point in cuts:
            yield tuple(part)
            part = [point]


def node_key(point: XY) -> tuple[int, int]:
    """Points that are one junction: equal to the nearest quarter of a metre."""
    return round(point[0] * 4), round(point[1] * 4)


def without_stubs(pieces: Sequence[Piece], shorter_than_m: float) -> list[Piece]:
    """The pieces without those that lead nowhere and are shorter than given; again until none is left."""
    kept = list(pieces)
    while True:
        ends = Counter(node_key(point) for piece in kept for point in (piece.line[0], piece.line[-1]))
        remaining = [
            piece
            for piece in kept
            if length_m(piece.line) >= shorter_than_m
            or min(ends[node_key(piece.line[0])], ends[node_key(piece.line[-1])]) > 1
        ]
        if len(remaining) == len(kept):
            return kept
        kept = remaining


def as_segments(pieces: Sequence[Piece]) -> tuple[RoadSegment, ...]:
    """The pieces with numbered junctions, in degrees."""
    numbers: dict[tuple[int, int], int] = {}

    def number(point: XY) -> int:
        return numbers.setdefault(node_key(point), len(numbers))

    places: dict[int, XY] = {}
    for piece in pieces:
        for point in (piece.line[0], piece.line[-1]):
            places.setdefault(number(point), point)
    return tuple(
        RoadSegment(
            name_zh=piece.way.name_zh,
            name_en=piece.way.name_en,
            road_class=piece.way.road_class,
            line=tuple(
                to_lat_lon(point)
                for point in (
                    places[number(piece.line[0])],
                    *piece.line[1:-1],
                    places[number(piece.line[-1])],
                )
            ),
            speed_limit_kmh=piece.way.speed_limit_kmh,
            start_node=number(piece.line[0]),
            end_node=number(piece.line[-1]),
            tunnel=piece.way.tunnel,
            hazardous=piece.way.hazardous,
        )
        for piece in pieces
    )
