"""Random days of a bus with a trip along a straight road, in which every rule on trips has something to find."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

from hypothesis import strategies as st

STOP_M = 1000.0
"""Four stops, so far apart."""
END_M = 3 * STOP_M
MPS = 8.0
EVERY_S = 15


class Seen(NamedTuple):
    """Where a bus is reported: seconds after the planned start, metres along the road and beside it."""

    seconds: float
    metres: float
    mps: float
    aside_m: float = 0.0
    door_open: bool | None = None


class Way:
    """Where a random day has come to."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.metres = seconds, 0.0
        self.seen: list[Seen] = []

    def report(self, seconds: float, mps: float, **changes: Any) -> None:
        self.seconds += seconds
        self.metres += mps * seconds
        self.seen.append(Seen(self.seconds, self.metres, abs(mps), **changes))

    def drive(self, to_m: float, mps: float = MPS, **changes: Any) -> None:
        way = 1 if to_m >= self.metres else -1
        while (to_m - self.metres) * way > 0.1:
            step_s = min(EVERY_S, abs(to_m - self.metres) / mps)
            self.report(step_s, way * mps, **changes)

    def stand(self, seconds: float, every_s: float, **changes: Any) -> None:
        for _ in range(int(seconds // every_s)):
            self.report(every_s, 0.0, **changes)

    @property
    def next_stop_m(self) -> float:
        return min(END_M, STOP_M * (int(self.metres / STOP_M + 0.01) + 1))


def rides_to_the_next_stop(draw, way):
    way.drive(way.next_stop_m, draw(st.sampled_from([MPS, MPS, 14.0])))
    way.stand(20, 10)


def goes_around_the_next_stop(draw, way):
    stop_m = way.next_stop_m
    way.drive(stop_m - 300)
    way.drive(stop_m + 300, aside_m=draw(st.sampled_from([90, 250])))


def stands_between_stops(draw, way):
    way.drive(way.metres + draw(st.sampled_from([20, 300, 400])))
    seconds, every_s, door_open = draw(st.sampled_from([(300, 60, None), (30, 5, True), (120, 30, False)]))
    way.stand(seconds, every_s, door_open=door_open)


def goes_back_a_stop(draw, way):
    way.drive(max(0.0, way.next_stop_m - 2 * STOP_M))
    way.stand(30, 10)


def falls_silent(draw, way):
    way.report(draw(st.sampled_from([130, 400])), draw(st.sampled_from([0.0, MPS])))


def is_driven_elsewhere(draw, way):
    metres = way.metres
    way.drive(metres + 180 * MPS, aside_m=800)
    way.metres = draw(st.sampled_from([metres, way.metres]))


PARTS: list[Callable[..., None]] = [
    rides_to_the_next_stop,
    rides_to_the_next_stop,
    rides_to_the_next_stop,
    goes_around_the_next_stop,
    stands_between_stops,
    goes_back_a_stop,
    falls_silent,
    is_driven_elsewhere,
]


@st.composite
def trip_days(draw, most=6) -> list[Seen]:
    """A day of a few parts, in order, each report once."""
    way = Way(draw(st.sampled_from([-300.0, -60.0, 0.0, 240.0])))
    way.stand(20, 10)
    for part in draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=most)):
        part(draw, way)
    return list({(one.seconds, one.metres, one.aside_m): one for one in way.seen}.values())


def cut(draw, things: list[Any], most=4) -> list[list[Any]]:
    """A list in a few pieces."""
    edges = [0, *sorted(draw(st.lists(st.integers(0, len(things)), max_size=most))), len(things)]
    return [things[begin:end] for begin, end in pairwise(edges)]
