"""Where buses stop: a place in the middle of some segments, with a stop at either kerb."""

import math
from collections.abc import Sequence
from random import Random

from telematics.simulator.model import Stop
from telematics.simulator.network import Passage, RoadNetwork
from telematics.simulator.plane import XY, to_xy
from telematics.simulator.ruler import Ruler

_SHORTEST_SEGMENT_M = 110.0
_SHARE_WITH_PLACE = 0.7
_KERB_M = 5.0
_SIDES = (("北", "north"), ("东", "east"), ("南", "south"), ("西", "west"))


class StopPlaces:
    """Chooses segments to stop on, names the places, and numbers the stops as routes come to use them.

    Attributes:
        stops: the stops in use, in the order of their numbers.
    """

    def __init__(self, network: RoadNetwork, chance: Random) -> None:
        self._network = network
        self._names: dict[int, tuple[str, str]] = {}
        self._gates: set[int] = set()
        self._numbers: dict[Passage, int] = {}
        self.stops: list[Stop] = []
        taken: set[str] = set()
        for index in range(len(network.segments)):
            if self._suits(index) and chance.random() < _SHARE_WITH_PLACE:
                name_zh, name_en = self._name_by_junction(index)
                if name_zh not in taken:
                    taken.add(name_zh)
                    self._names[index] = (name_zh, name_en)

    def _suits(self, index: int) -> bool:
        segment = self._network.segments[index]
        return (
            segment.length_m >= _SHORTEST_SEGMENT_M
            and segment.road_class != "expressway"
            and not segment.tunnel
            and not segment.hazardous
        )

    def _name_by_junction(self, index: int) -> tuple[str, str]:
        """Say which side of the next crossing road the place is on: 人民路（和平路东）."""
        segment = self._network.segments[index]
        middle = Ruler(segment.line).at(segment.length_m / 2)[0]
        for node in (segment.start_node, segment.end_node):
            for _, passage in self._network.passages_from[node]:
                crossing = self._network.segments[passage.segment]
                if crossing.name_zh == segment.name_zh:
                    continue
                x, y = to_xy(self._network.nodes[node])
                bearing = math.degrees(math.atan2(middle[0] - x, middle[1] - y)) % 360
                side_zh, side_en = _SIDES[round(bearing / 90) % 4]
                return (
                    f"{segment.name_zh}（{crossing.name_zh}{side_zh}）",
                    f"{segment.name_en}, {side_en} of {crossing.name_en}",
                )
        return segment.name_zh, segment.name_en

    def nearest_segment(self, point: XY) -> int:
        """The segment with a stopping place that is nearest to a point of the drawing board."""

        def away(index: int) -> float:
            segment = self._network.segments[index]
            return math.dist(point, Ruler(segment.line).at(segment.length_m / 2)[0])

        return min(self._names, key=away)

    def make_gate(self, index: int, name_zh: str, name_en: str) -> None:
        """Keep the place on a segment for a school, under the school's name."""
        self._names[index] = (name_zh, name_en)
        self._gates.add(index)

    def along(self, way: Sequence[Passage], hop_m: float) -> list[tuple[Passage, float]]:
        """The places to serve on a way.

        Args:
            way: passages, the last of which leads past the school's gate.
            hop_m: least distance from one stop to the next, metres.

        Returns:
            Each place's passage and its distance along the way in metres; the gate's is the last.
        """
        marks: list[tuple[Passage, float]] = []
        driven_m = 0.0
        for passage in way:
            length_m = self._network.segments[passage.segment].length_m
            if passage.segment in self._names and (passage is way[-1] or passage.segment not in self._gates):
                marks.append((passage, driven_m + length_m / 2))
            driven_m += length_m
        *others, gate = marks
        served: list[tuple[Passage, float]] = []
        for mark in others:
            if (not served or mark[1] - served[-1][1] >= hop_m) and gate[1] - mark[1] >= hop_m:
                served.append(mark)
        return [*served, gate]

    def number(self, passage: Passage) -> int:
        """The number of the stop at the kerb that a bus on this passage has on its right."""
        if passage not in self._numbers:
            ruler = Ruler(self._network.line_of(passage))
            heading = ruler.at(ruler.length_m / 2)[1]
            lat, lon = ruler.place(ruler.length_m / 2, right_m=_KERB_M)
            self._numbers[passage] = len(self.stops)
            self.stops.append(Stop(*self._names[passage.segment], lat, lon, round(heading, 1)))
        return self._numbers[passage]
