"""Roads of the simulated district: segments between junctions, and the quickest way along them."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from telematics.simulator.plane import LatLon, length_m, to_xy
from telematics.units import kmh_to_mps

RoadClass = Literal["expressway", "arterial", "collector", "local"]
AreaKind = Literal["water", "park", "hill", "built_up"]


@dataclass(frozen=True)
class RoadSegment:
    """A stretch of road between two junctions, open in both directions.

    Attributes:
        name_zh: the road's name in Chinese.
        name_en: the road's name in English.
        road_class: what kind of road it is.
        line: (lat, lon) in degrees WGS-84, from `start_node` to `end_node`.
        speed_limit_kmh: the posted limit.
        start_node: junction at the line's beginning.
        end_node: junction at the line's end.
        tunnel: whether it runs in a tunnel, out of the satellites' sight.
        hazardous: sharp bend, steep slope, narrow road or narrow bridge (20 km/h for a school bus).
    """

    name_zh: str
    name_en: str
    road_class: RoadClass
    line: tuple[LatLon, ...]
    speed_limit_kmh: float
    start_node: int
    end_node: int
    tunnel: bool = False
    hazardous: bool = False

    @cached_property
    def length_m(self) -> float:
        """Length in metres."""
        return length_m([to_xy(place) for place in self.line])


@dataclass(frozen=True)
class Area:
    """A surface of the basemap. `ring` is closed: its first place is repeated at the end."""

    kind: AreaKind
    name_zh: str
    name_en: str
    ring: tuple[LatLon, ...]


@dataclass(frozen=True)
class Passage:
    """A segment as it is driven: along its line, or against it."""

    segment: int
    forward: bool


class NoWayError(Exception):
    """No road leads from the one junction to the other."""


@dataclass(frozen=True)
class RoadNetwork:
    """Segments joined at numbered junctions, and the areas around them."""

    segments: tuple[RoadSegment, ...]
    areas: tuple[Area, ...] = field(default=())

    @cached_property
    def passages_from(self) -> dict[int, list[tuple[int, Passage]]]:
        """For each junction, the passages that leave it and the junctions that they lead to."""
        leaving: dict[int, list[tuple[int, Passage]]] = {}
        for index, segment in enumerate(self.segments):
            leaving.setdefault(segment.start_node, []).append((segment.end_node, Passage(index, True)))
            leaving.setdefault(segment.end_node, []).append((segment.start_node, Passage(index, False)))
        return leaving

    @cached_property
    def nodes(self) -> dict[int, LatLon]:
        """Where each junction lies."""
        places: dict[int, LatLon] = {}
        for segment in self.segments:
            places[segment.start_node] = segment.line[0]
            places[segment.end_node] = segment.line[-1]
        return places

    def travel_time_s(self, index: int) -> float:
        """Seconds to drive a segment at its posted limit."""
        segment = self.segments[index]
        return segment.length_m / kmh_to_mps(segment.speed_limit_kmh)

    def quickest_way(
        self, origin: int, destination: int, cost: Callable[[int], float] | None = None
    ) -> list[Passage]:
        """The passages from one junction to another that cost least in sum (Dijkstra).

        Args:
            origin: junction to start from.
            destination: junction to reach.
            cost: what a segment, given by its index, costs; seconds at the posted limit by default.

        Raises:
            NoWayError: the two are not connected.
        """
        price = cost or self.travel_time_s
        reached: dict[int, tuple[int, Passage] | None] = {}
        order = 0
        waiting: list[tuple[float, int, int, tuple[int, Passage] | None]] = [(0.0, order, origin, None)]
        while waiting:
            spent, _, node, came_by = heapq.heappop(waiting)
            if node in reached:
                continue
            reached[node] = came_by
            if node == destination:
                return self._traced(reached, destination)
            for following, passage in self.passages_from.get(node, ()):
                if following not in reached:
                    order += 1
                    heapq.heappush(
                        waiting, (spent + price(passage.segment), order, following, (node, passage))
                    )
        raise NoWayError(f"no road leads from junction {origin} to junction {destination}")

    @staticmethod
    def _traced(reached: dict[int, tuple[int, Passage] | None], node: int) -> list[Passage]:
        way: list[Passage] = []
        while (step := reached[node]) is not None:
            node, passage = step
            way.append(passage)
        return way[::-1]

    def line_of(self, passage: Passage) -> tuple[LatLon, ...]:
        """The segment's line in the direction driven."""
        line = self.segments[passage.segment].line
        return line if passage.forward else line[::-1]
