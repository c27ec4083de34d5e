"""The simulated town's roads: joined up, bent, named, and routable."""

import itertools
import math

import pytest

from telematics.geometry import distance_m
from telematics.simulator.network import NoWayError, RoadNetwork, RoadSegment
from telematics.simulator.plane import contains, to_xy
from telematics.simulator.town import town_network


@pytest.fixture(scope="module")
def network() -> RoadNetwork:
    return town_network()


def reachable(network: RoadNetwork, start: int) -> set[int]:
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting.extend(following for following, _ in network.passages_from[node])
    return seen


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_junction_can_be_reached_from_every_other(seed: int) -> None:
    network = town_network(seed)
    assert reachable(network, 0) == set(network.nodes)


def test_the_same_seed_gives_the_same_town_and_another_seed_another() -> None:
    assert town_network.__wrapped__(1) == town_network.__wrapped__(1)
    assert town_network(1).segments != town_network(2).segments


def test_segments_meet_exactly_where_they_share_a_junction(network: RoadNetwork) -> None:
    for segment in network.segments:
        assert network.nodes[segment.start_node] == segment.line[0]
        assert network.nodes[segment.end_node] == segment.line[-1]


def test_all_kinds_of_road_are_there_with_names_in_both_languages(network: RoadNetwork) -> None:
    assert {segment.road_class for segment in network.segments} == {
        "expressway",
        "arterial",
        "collector",
        "local",
    }
    assert all(segment.name_zh and segment.name_en.isascii() for segment in network.segments)
    assert sum(segment.tunnel for segment in network.segments) == 1
    assert any(segment.hazardous for segment in network.segments)


def test_the_expressway_meets_nothing_but_its_ramps(network: RoadNetwork) -> None:
    names = {
        network.segments[passage.segment].name_en
        for segment in network.segments
        if segment.name_en == "Chengxi Ring Expressway"
        for node in (segment.start_node, segment.end_node)
        for _, passage in network.passages_from[node]
    }
    assert names - {"Chengxi Ring Expressway"}
    assert all(name.endswith(("Expressway", "Ramp")) for name in names)


def test_only_a_few_roads_cross_the_river(network: RoadNetwork) -> None:
    river = next(area for area in network.areas if area.name_en == "Chengxi River")
    ring = [to_xy(place) for place in river.ring]
    bridges = {
        segment.name_en
        for segment in network.segments
        if any(
            contains(ring, to_xy(((a[0] * (9 - i) + b[0] * i) / 9, (a[1] * (9 - i) + b[1] * i) / 9)))
            for a, b in itertools.pairwise(segment.line)
            for i in range(10)
        )
    }
    assert 4 <= len(bridges) <= 8
    assert {"Chengxi Avenue", "Renmin Road", "Shiqiao Bridge"} <= bridges


def test_areas_are_closed_rings(network: RoadNetwork) -> None:
    assert {area.kind for area in network.areas} == {"water", "park", "hill", "built_up"}
    assert all(area.ring[0] == area.ring[-1] and len(area.ring) > 10 for area in network.areas)


def test_quickest_way_takes_the_fast_detour_and_the_short_cut_by_distance() -> None:
    a, b, c = (31.0, 120.0), (31.0, 120.01), (31.005, 120.005)
    network = RoadNetwork(
        (
            RoadSegment("小路", "Slow", "local", (a, b), 20, 0, 1),
            RoadSegment("大路", "Fast", "arterial", (c, a), 60, 2, 0),
            RoadSegment("大路", "Fast", "arterial", (c, b), 60, 2, 1),
        )
    )
    by_time = network.quickest_way(0, 1)
    by_distance = network.quickest_way(0, 1, lambda index: network.segments[index].length_m)
    assert [(step.segment, step.forward) for step in by_time] == [(1, False), (2, True)]
    assert [(step.segment, step.forward) for step in by_distance] == [(0, True)]
    assert math.isclose(network.segments[0].length_m, distance_m(*a, *b), rel_tol=0.002)


def test_no_way_between_unconnected_roads_is_an_error() -> None:
    network = RoadNetwork(
        (
            RoadSegment("甲", "A", "local", ((31.0, 120.0), (31.0, 120.01)), 40, 0, 1),
            RoadSegment("乙", "B", "local", ((31.1, 120.0), (31.1, 120.01)), 40, 2, 3),
        )
    )
    with pytest.raises(NoWayError):
        network.quickest_way(0, 3)
