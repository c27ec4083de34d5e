"""Where along a line its stops lie: in their order, also where the line comes past a place more than once."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from telematics.geometry import angle_between_deg, distance_m
from telematics.line import Line, Place

WITHIN_M = 60.0
"""A stop lies at the kerb, and a line that was drawn by hand is some metres off."""
LONGEST_PIECE_M = 50.0
"""`Line` tells apart two passes of a place only where they are not on neighbouring pieces of it."""
WRONG_WAY_DEG = 90.0
WRONG_WAY_COST_M2 = WITHIN_M**2
"""Passing in the wrong direction costs as much as the farthest stop that is accepted."""


@dataclass(frozen=True)
class StopPlace:
    """A stop, degrees WGS-84, with the course of a bus that comes to it where that is known."""

    lat: float
    lon: float
    approach_deg: float | None = None


class OffLineError(ValueError):
    """Some stops are farther from the line than is accepted.

    Attributes:
        stops: their numbers in the order given, from 0.
    """

    def __init__(self, stops: Sequence[int]) -> None:
        super().__init__(f"Stops {list(stops)} are off the line.")
        self.stops = list(stops)


class StopOrderError(ValueError):
    """The line passes a stop only before the stops that come before it.

    Attributes:
        stop: the number of the first such stop in the order given, from 0.
    """

    def __init__(self, stop: int) -> None:
        super().__init__(f"The line does not pass stop {stop} after those before it.")
        self.stop = stop


@dataclass(frozen=True)
class _Way:
    cost_m2: float
    places: tuple[Place, ...]


def places_along(
    points: Sequence[tuple[float, float]], stops: Sequence[StopPlace], within_m: float = WITHIN_M
) -> list[Place]:
    """The place of each stop on the line, each farther along than the one before.

    Of all such choices it is the one with the least sum of squared distances; where the line passes a stop both ways,
    the way that the stop is approached decides, or else the first that fits.

    Args:
        points: of the line, (lat, lon) in degrees, as the bus drives.
        stops: in the order in which they are served.
        within_m: how far from the line a stop may lie.

    Raises:
        OffLineError: naming the stops that are farther away.
        StopOrderError: naming the first stop that can't be served in this order.
        ValueError: where fewer than two points of the line differ.
    """
    line = Line(list(_in_short_pieces(points)))
    candidates = [line.places(stop.lat, stop.lon, within_m) for stop in stops]
    if off := [number for number, found in enumerate(candidates) if not found]:
        raise OffLineError(off)
    ways = [_Way(0.0, ())]
    for number, (stop, found) in enumerate(zip(stops, candidates, strict=True)):
        ways = [way for place in found if (way := _cheapest(ways, place, stop))]
        if not ways:
            raise StopOrderError(number)
    return list(min(ways, key=lambda way: way.cost_m2).places)


def _in_short_pieces(points: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """The points of a line, with others between those that lie far apart."""
    for (lat, lon), (next_lat, next_lon) in pairwise(points):
        pieces = max(1, math.ceil(distance_m(lat, lon, next_lat, next_lon) / LONGEST_PIECE_M))
        for piece in range(pieces):
            share = piece / pieces
            yield lat + share * (next_lat - lat), lon + share * (next_lon - lon)
    yield points[-1]


def _cheapest(ways: Sequence[_Way], place: Place, stop: StopPlace) -> _Way | None:
    """The best way to a place from those that end before it."""
    before = [way for way in ways if not way.places or way.places[-1].along_m < place.along_m]
    if not before:
        return None
    best = min(before, key=lambda way: way.cost_m2)
    return _Way(best.cost_m2 + _cost_m2(place, stop), (*best.places, place))


def _cost_m2(place: Place, stop: StopPlace) -> float:
    is_wrong_way = (
        stop.approach_deg is not None
        and angle_between_deg(place.bearing_deg, stop.approach_deg) > WRONG_WAY_DEG
    )
    return place.away_m**2 + (WRONG_WAY_COST_M2 if is_wrong_way else 0.0)
