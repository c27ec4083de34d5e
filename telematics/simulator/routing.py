"""Plans the school routes: a way along the roads to each school, with stops at the right-hand kerb."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from telematics.geometry import angle_between_deg, bearing_deg
from telematics.simulator import plan
from telematics.simulator.dice import dice
from telematics.simulator.model import Route, RoutePattern, School, Span, Stop
from telematics.simulator.network import Passage, RoadNetwork
from telematics.simulator.places import StopPlaces
from telematics.simulator.plane import XY, LatLon, squared_distance, to_xy
from telematics.simulator.ruler import Ruler

EXPRESSWAY_ROUTE, ARTERIAL_ROUTE, TUNNEL_ROUTE = 0, 2, 3
"""Indices of routes that run on the expressway, mostly on arterials, and through the tunnel."""

_SCHOOL_SITES: tuple[tuple[School, XY], ...] = (
    (School("澄溪区实验小学", "Chengxi Experimental Primary School", "primary", 0, 0), (-1050, -1200)),
    (School("澄溪区月湖幼儿园", "Chengxi Yuehu Kindergarten", "kindergarten", 0, 0), (-750, 2120)),
    (School("澄溪区第二中学", "Chengxi No. 2 Middle School", "middle", 0, 0), (2100, 1170)),
)
_PRIMARY, _KINDERGARTEN, _MIDDLE = 0, 1, 2
_FEWEST_STOPS, _MOST_STOPS = 6, 12
_SHORTEST_HOP_M = 260.0
_GATE_SETBACK_M = 30.0
_DETOUR = 1e6
_FAVOUR = 0.1
_SHARPEST_DEG = 125.0


@dataclass(frozen=True)
class _Wish:
    """What a route shall be like."""

    school: int
    origin: XY | None = None
    prefer: str = ""
    preferred_m: float = 0
    shortest_m: float = 2500
    longest_m: float = 9000


def _wishes() -> Iterator[_Wish]:
    village = {place.name_en.split()[0]: place.centre for place in plan.VILLAGES}
    yield _Wish(_MIDDLE, village["Liutang"], "expressway", 5000, longest_m=22_000)
    yield _Wish(_MIDDLE, village["Nandu"], "expressway", 5000, longest_m=22_000)
    yield _Wish(_PRIMARY, (2700, 900), "arterial", 3000)
    yield _Wish(_KINDERGARTEN, village["Qingping"], "tunnel", 500)
    yield _Wish(_PRIMARY, village["Qingping"], "tunnel", 500)
    yield _Wish(_PRIMARY, village["Shiqiao"], longest_m=12_000)
    yield _Wish(_KINDERGARTEN, village["Shiqiao"], longest_m=12_000)
    yield _Wish(_PRIMARY, village["Hetang"], longest_m=12_000)
    yield _Wish(_MIDDLE, village["Dongwan"], longest_m=12_000)
    yield _Wish(_PRIMARY, village["Liutang"], longest_m=12_000)
    yield _Wish(_PRIMARY, village["Nandu"], longest_m=12_000)
    for index in range(29):
        school = (_PRIMARY, _MIDDLE, _PRIMARY, _KINDERGARTEN, _MIDDLE)[index % 5]
        yield _Wish(school, longest_m=5000 if school == _KINDERGARTEN else 8000)


def plan_routes(
    network: RoadNetwork, seed: int
) -> tuple[tuple[School, ...], tuple[Stop, ...], tuple[Route, ...]]:
    """The schools at their gates, all stops, and forty routes; stops are shared where routes meet."""
    places = StopPlaces(network, dice("stop places", seed))
    gates = [places.nearest_segment(site) for _, site in _SCHOOL_SITES]
    schools = tuple(
        _at_gate(school, network, gate) for (school, _), gate in zip(_SCHOOL_SITES, gates, strict=True)
    )
    for school, gate in zip(schools, gates, strict=True):
        places.make_gate(gate, school.name_zh, school.name_en)
    routes = tuple(
        _route(
            number,
            wish.school,
            network,
            places,
            _way(network, places, gates[wish.school], wish, dice("way", seed, number)),
        )
        for number, wish in enumerate(_wishes(), start=1)
    )
    return schools, tuple(places.stops), routes


def _at_gate(school: School, network: RoadNetwork, gate: int) -> School:
    segment = network.segments[gate]
    lat, lon = Ruler(segment.line).place(segment.length_m / 2, right_m=_GATE_SETBACK_M)
    return replace(school, lat=lat, lon=lon)


def _way(network: RoadNetwork, places: StopPlaces, gate: int, wish: _Wish, chance: Random) -> list[Passage]:
    """A way past the gate that meets the wish and has stops enough."""
    origins, nodes = _origins(network, wish.origin), sorted(network.nodes)
    for _ in range(600):
        cost = _moody_cost(network, wish, chance)
        origin, by_way_of = chance.choice(origins), chance.choice(nodes)
        way = [
            *network.quickest_way(origin, by_way_of, cost),
            *_way_past_gate(network, gate, by_way_of, cost),
        ]
        length_m = sum(network.segments[passage.segment].length_m for passage in way)
        if (
            wish.shortest_m <= length_m <= wish.longest_m
            and _preferred_m(network, way, wish) >= wish.preferred_m
            and not _meets_itself(network, way)
            and not _turns_back(network, way)
            and len(_served(places, way, length_m)) >= _FEWEST_STOPS
        ):
            return way
    raise ValueError(f"the network has no way for {wish}")


def _meets_itself(network: RoadNetwork, way: Sequence[Passage]) -> bool:
    """Whether the way comes to a junction twice."""
    ends = [(network.segments[p.segment].start_node, network.segments[p.segment].end_node) for p in way]
    entered = [end if passage.forward else start for (start, end), passage in zip(ends, way, strict=True)]
    return len(set(entered)) < len(entered)


def _turns_back(network: RoadNetwork, way: Sequence[Passage]) -> bool:
    """Whether the way turns more sharply at a junction than a bus can: on to a ramp the wrong way round."""
    lines = [network.line_of(passage) for passage in way]
    return any(
        angle_between_deg(bearing_deg(*before[-2], *before[-1]), bearing_deg(*after[0], *after[1]))
        > _SHARPEST_DEG
        for before, after in itertools.pairwise(lines)
    )


def _preferred_m(network: RoadNetwork, way: Sequence[Passage], wish: _Wish) -> float:
    return sum(network.segments[p.segment].length_m for p in way if _is_preferred(network, p.segment, wish))


def _is_preferred(network: RoadNetwork, index: int, wish: _Wish) -> bool:
    segment = network.segments[index]
    return segment.tunnel if wish.prefer == "tunnel" else segment.road_class == wish.prefer


def _origins(network: RoadNetwork, near: XY | None) -> list[int]:
    nodes = sorted(network.nodes)
    if near is None:
        return nodes
    return sorted(nodes, key=lambda node: squared_distance(to_xy(network.nodes[node]), near))[:6]


def _moody_cost(network: RoadNetwork, wish: _Wish, chance: Random) -> Callable[[int], float]:
    """What a segment costs to a planner who has the wish's preference and likes variety."""
    moods = [chance.uniform(0.6, 1.8) for _ in network.segments]

    def cost(index: int) -> float:
        favour = _FAVOUR if _is_preferred(network, index, wish) else 1.0
        return network.travel_time_s(index) * moods[index] * favour

    return cost


def _way_past_gate(
    network: RoadNetwork, gate: int, origin: int, cost: Callable[[int], float]
) -> list[Passage]:
    """The cheapest way from a junction that ends with the whole of the gate's segment."""

    def cost_beside_gate(index: int) -> float:
        return _DETOUR if index == gate else cost(index)

    segment = network.segments[gate]
    ways = [
        [*network.quickest_way(origin, node, cost_beside_gate), Passage(gate, forward)]
        for node, forward in ((segment.start_node, True), (segment.end_node, False))
    ]
    return min(ways, key=lambda way: sum(cost_beside_gate(passage.segment) for passage in way))


def _served(places: StopPlaces, way: Sequence[Passage], length_m: float) -> list[tuple[Passage, float]]:
    return places.along(way, max(_SHORTEST_HOP_M, length_m / (_MOST_STOPS - 1)))


def _route(
    number: int, school: int, network: RoadNetwork, places: StopPlaces, way: Sequence[Passage]
) -> Route:
    whole = Ruler(_joined(network, way))
    served = _served(places, way, whole.length_m)
    start_m, end_m = served[0][1], served[-1][1]
    length_m = end_m - start_m
    distances = tuple(round(mark - start_m, 1) for _, mark in served)
    morning = RoutePattern(
        direction="morning",
        stops=tuple(places.number(passage) for passage, _ in served),
        stop_distances_m=distances,
        line=whole.part(start_m, end_m),
        spans=tuple(_spans(network, way, start_m, end_m)),
    )
    afternoon = RoutePattern(
        direction="afternoon",
        stops=tuple(places.number(replace(p, forward=not p.forward)) for p, _ in reversed(served)),
        stop_distances_m=tuple(round(distances[-1] - mark, 1) for mark in reversed(distances)),
        line=morning.line[::-1],
        spans=tuple(_reversed(morning.spans, length_m)),
    )
    first = places.stops[morning.stops[0]]
    return Route(
        f"{number:02d}",
        f"{number}号线 {first.name_zh}",
        f"Route {number}, {first.name_en}",
        school,
        morning,
        afternoon,
    )


def _joined(network: RoadNetwork, way: Sequence[Passage]) -> list[LatLon]:
    line = [network.line_of(way[0])[0]]
    for passage in way:
        line.extend(network.line_of(passage)[1:])
    return line


def _spans(network: RoadNetwork, way: Sequence[Passage], start_m: float, end_m: float) -> Iterator[Span]:
    driven_m = 0.0
    for passage in way:
        segment = network.segments[passage.segment]
        if driven_m < end_m and driven_m + segment.length_m > start_m:
            yield Span(
                start_m=max(driven_m - start_m, 0.0),
                road_class=segment.road_class,
                speed_limit_kmh=segment.speed_limit_kmh,
                tunnel=segment.tunnel,
                hazardous=segment.hazardous,
            )
        driven_m += segment.length_m


def _reversed(spans: Sequence[Span], length_m: float) -> Iterator[Span]:
    ends = [*(span.start_m for span in spans[1:]), length_m]
    for span, end_m in zip(reversed(spans), reversed(ends), strict=True):
        yield replace(span, start_m=length_m - end_m)
