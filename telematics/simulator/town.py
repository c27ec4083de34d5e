"""Builds the road network and the basemap's areas of the simulated district from its plan."""

import itertools
import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

from telematics.simulator import plan
from telematics.simulator.blocks import blocks_between, side_streets
from telematics.simulator.dice import dice
from telematics.simulator.junctions import RAMP, Way, as_segments, cut_at_junctions
from telematics.simulator.names import street_names
from telematics.simulator.network import Area, AreaKind, RoadNetwork
from telematics.simulator.plane import (
    XY,
    between,
    contains,
    crossing,
    nearest_on,
    samples,
    shifted_right,
    smoothed,
    to_lat_lon,
)

_CORRIDOR_M = 90.0
"""Land beside an expressway, its ramps and the water that no side street enters."""


@lru_cache(maxsize=4)
def town_network(seed: int = 1) -> RoadNetwork:
    """The whole network. The main roads are planned; the seed only moves the side streets."""
    main = [*plan.ARTERIALS, plan.TUNNEL, *plan.COLLECTORS, *plan.banks()]
    country = [*plan.VILLAGE_ROADS, plan.NARROW_BRIDGE, *_village_lanes()]
    raised = [plan.EXPRESSWAY, *_ramps()]
    ground = [*main, *country]
    pieces = cut_at_junctions([*ground, *raised, *_side_streets(ground, raised, seed)])
    return RoadNetwork(as_segments(pieces), tuple(_areas()))


def _ramps() -> Iterator[Way]:
    for road in plan.ARTERIALS:
        if road.name_en in {"Chengxi Avenue", "Huancheng West Road", "Jiangbei Avenue"}:
            yield from _interchange(road)


def _interchange(road: Way) -> Iterator[Way]:
    """Four ramps between the road and the expressway over it: a diamond."""
    centre, main, cross = _meeting(plan.EXPRESSWAY.line, road.line)

    def at(along_m: float, aside_m: float) -> XY:
        return (
            centre[0] + main[0] * along_m + cross[0] * aside_m,
            centre[1] + main[1] * along_m + cross[1] * aside_m,
        )

    for along in (1, -1):
        for aside in (1, -1):
            points = (
                at(480 * along, 0),
                at(330 * along, 22 * aside),
                at(150 * along, 75 * aside),
                at(45 * along, 140 * aside),
                at(0, 200 * aside),
            )
            yield Way(
                f"{road.name_zh}匝道",
                f"{road.name_en} Ramp",
                "expressway",
                tuple(smoothed(points, step_m=30)),
                plan.RAMP_LIMIT_KMH,
                level=RAMP,
            )


def _meeting(first: Sequence[XY], second: Sequence[XY]) -> tuple[XY, XY, XY]:
    """Where two lines cross, and the unit vectors of both there."""
    for a, b in itertools.pairwise(first):
        for c, d in itertools.pairwise(second):
            if (point := crossing(a, b, c, d)) is not None:
                return point, _unit(a, b), _unit(c, d)
    raise ValueError("the two roads do not cross")


def _unit(a: XY, b: XY) -> XY:
    along = math.dist(a, b)
    return (b[0] - a[0]) / along, (b[1] - a[1]) / along


def _village_lanes() -> Iterator[Way]:
    for village in plan.VILLAGES:
        ring = _uneven_ring(village.centre, village.radius_m, village.name_en)
        quarter = len(ring) // 4
        limit = plan.LIMIT_KMH["local"]
        name_zh, name_en = village.name_zh, village.name_en.removesuffix(" Village")
        yield Way(f"{name_zh}环路", f"{name_en} Loop", "local", tuple(ring), limit)
        yield Way(f"{name_zh}中街", f"{name_en} Street", "local", (ring[quarter], ring[3 * quarter]), limit)


def _uneven_ring(centre: XY, radius_m: float, name: str) -> list[XY]:
    chance = dice("ring", name)
    turn = chance.uniform(0, math.tau)
    corners = [
        (centre[0] + reach * math.cos(angle), centre[1] + reach * math.sin(angle))
        for angle, reach in (
            (turn + math.tau * corner / 7, radius_m * chance.uniform(0.8, 1.2)) for corner in range(7)
        )
    ]
    return smoothed(corners, step_m=40, closed=True)


def _side_streets(main: Sequence[Way], raised: Sequence[Way], seed: int) -> Iterator[Way]:
    chance = dice("side streets", seed)
    names = street_names()
    corners: list[XY] = []
    pieces = cut_at_junctions([way for way in main if not way.tunnel])
    for piece in pieces:
        corners += [piece.line[0], piece.line[-1]]
    no_go = [
        _river_ring(),
        list(plan.LAKE_PARK),
        list(plan.HILL),
        list(plan.RIVERSIDE_PARK),
        list(plan.PEOPLES_PARK),
    ]
    corridors = [way.line for way in raised] + [tuple(smoothed(plan.CANAL))]

    def free(start: XY, end: XY) -> bool:
        inner = list(samples((between(start, end, 0.02), between(start, end, 0.98)), 30))
        return not any(
            any(contains(ring, point) for ring in no_go)
            or any(nearest_on(line, point, _CORRIDOR_M)[0] < _CORRIDOR_M for line in corridors)
            for point in inner
        )

    for ring in blocks_between(pieces):
        for start, end in side_streets(ring, _largest_block_m2, free, corners, chance):
            name = next(names, None)
            if name is None:
                return
            yield Way(*name, "local", (start, end), plan.LIMIT_KMH["local"])


def _largest_block_m2(centre: XY) -> float:
    """Blocks are small in the old town by the river and grow outwards."""
    if not contains(plan.TOWN, centre):
        return 1_500_000
    return 55_000 + 45 * math.dist(centre, (-200, 0))


def _river_ring() -> list[XY]:
    return _band(plan.RIVER, plan.RIVER_HALF_WIDTH_M)


def _band(course: Sequence[XY], half_width_m: float) -> list[XY]:
    line = smoothed(course)
    right, left = shifted_right(line, half_width_m), shifted_right(line, -half_width_m)
    return [*right, *left[::-1], right[0]]


def _areas() -> Iterator[Area]:
    def area(kind: AreaKind, name_zh: str, name_en: str, ring: Sequence[XY]) -> Area:
        return Area(kind, name_zh, name_en, tuple(to_lat_lon(point) for point in ring))

    yield area("built_up", "澄溪城区", "Chengxi Town", smoothed(plan.TOWN, closed=True))
    for village in plan.VILLAGES:
        ring = _uneven_ring(village.centre, village.radius_m * 1.6, village.name_zh)
        yield area("built_up", village.name_zh, village.name_en, ring)
    yield area("hill", "青屏山", "Qingping Hill", smoothed(plan.HILL, closed=True))
    yield area("park", "月湖公园", "Yuehu Park", smoothed(plan.LAKE_PARK, closed=True))
    yield area("park", "滨江公园", "Riverside Park", smoothed(plan.RIVERSIDE_PARK, closed=True))
    yield area("park", "人民公园", "Renmin Park", smoothed(plan.PEOPLES_PARK, closed=True))
    yield area("water", "澄溪", "Chengxi River", _river_ring())
    yield area("water", "西塘河", "Xitang Canal", _band(plan.CANAL, plan.CANAL_HALF_WIDTH_M))
    yield area("water", "月湖", "Yuehu Lake", smoothed(plan.LAKE, step_m=40, closed=True))
