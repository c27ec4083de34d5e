"""How a bus is driven: it gathers speed, brakes for stops, lights and bends, waits, and comes back again."""

import bisect
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from telematics.geometry import angle_between_deg, bearing_deg
from telematics.simulator.dice import dice
from telematics.simulator.model import Behaviour, Bus, District, RoutePattern, Span
from telematics.simulator.network import RoadClass
from telematics.simulator.plane import LatLon
from telematics.simulator.ruler import Ruler
from telematics.units import kmh_to_mps

_ACCELERATION_MPS2 = 0.9
_BRAKING_MPS2 = 1.1
_LOOK_AHEAD_M = 420.0
_LONGEST_STEP_S = 0.5
_LANE_M = 3.0
_BEND_DEG = 20.0
_RED_LIGHT_SHARE = 0.12
_LATE_BY_S = 360.0

_MOST_KMH: dict[RoadClass, float] = {"expressway": 80, "arterial": 60, "collector": 60, "local": 60}
"""A school bus with pupils aboard: 80 km/h on an expressway, else 60 (School Bus Regulations, art. 35)."""
_HAZARDOUS_KMH = 20.0
_SPEEDING_KMH: dict[RoadClass, tuple[float, float]] = {"expressway": (92, 98), "arterial": (68, 75)}
_FAST_ROAD_KMH = 60.0
"""Not even a speeding driver speeds on a ramp."""
_STEADY_SHARE = (0.80, 0.93)
"""What share of the limit a careful driver drives at: slowly varying between these."""


@dataclass(frozen=True)
class TrueState:
    """Where a bus really is.

    Attributes:
        lat: latitude, degrees WGS-84.
        lon: longitude, degrees WGS-84.
        speed_mps: speed, metres per second.
        course_deg: heading, degrees true.
        tunnel: whether satellites are out of sight.
        road_class: the kind of road; None in a depot.
    """

    lat: float
    lon: float
    speed_mps: float
    course_deg: float
    tunnel: bool
    road_class: RoadClass | None


@dataclass(frozen=True)
class _Slow:
    """A place to be reached no faster than given: a bend, or the beginning of a slower road."""

    at_m: float
    speed_mps: float


@dataclass(frozen=True)
class _Halt:
    """A place to stand still at: a stop, a red light."""

    at_m: float
    wait_s: float


class Driver:
    """Chooses a speed for each kind of road, wandering a little as people do."""

    def __init__(self, behaviour: Behaviour, chance: Random) -> None:
        self._speeds = behaviour == "speeding"
        self._chance = chance
        self._share = chance.uniform(*_STEADY_SHARE)

    def wander(self, seconds: float) -> None:
        """Let time pass: the liking for speed drifts."""
        low, high = _STEADY_SHARE
        drift = self._chance.gauss(0, 0.006 * math.sqrt(seconds))
        self._share = min(max(self._share + drift, low), high)

    def cruise_mps(self, span: Span) -> float:
        """The speed that the driver would like on this road, metres per second."""
        if span.hazardous:
            return kmh_to_mps(_HAZARDOUS_KMH) * self._share
        if self._speeds and span.road_class in _SPEEDING_KMH and span.speed_limit_kmh >= _FAST_ROAD_KMH:
            low, high = _SPEEDING_KMH[span.road_class]
            slowest, fastest = _STEADY_SHARE
            return kmh_to_mps(low + (high - low) * (self._share - slowest) / (fastest - slowest))
        return kmh_to_mps(min(span.speed_limit_kmh, _MOST_KMH[span.road_class])) * self._share


class Ride:
    """One run of a pattern, from its first stop to its last."""

    def __init__(self, pattern: RoutePattern, driver: Driver, chance: Random) -> None:
        self._pattern = pattern
        self._driver = driver
        self._ruler = _ruler(pattern.line)
        self._span_starts = [span.start_m for span in pattern.spans]
        self._slow_places = _slow_places(pattern.line)
        self._halts = _halts(pattern, chance)
        self._along_m = 0.0
        self._speed_mps = 0.0
        self._waiting_s = chance.uniform(5, 15)

    @property
    def over(self) -> bool:
        """Whether the bus stands at its last stop."""
        return not self._halts and self._waiting_s <= 0

    def step(self, seconds: float) -> None:
        """Drive on for at most half a second."""
        if self._waiting_s > 0:
            self._waiting_s -= seconds
            return
        if not self._halts:
            return
        allowed = self._allowed_mps(self._along_m + self._speed_mps * seconds / 2)
        speed = min(allowed, self._speed_mps + _ACCELERATION_MPS2 * seconds)
        self._along_m += (speed + self._speed_mps) / 2 * seconds
        self._speed_mps = speed
        halt = self._halts[0]
        if self._along_m >= halt.at_m - 0.3:
            self._along_m, self._speed_mps, self._waiting_s = halt.at_m, 0.0, halt.wait_s
            self._halts.pop(0)

    def _span_at(self, along_m: float) -> int:
        return max(bisect.bisect_right(self._span_starts, along_m) - 1, 0)

    def _allowed_mps(self, here: float) -> float:
        spans = self._pattern.spans
        current = self._span_at(here)
        allowed = self._driver.cruise_mps(spans[current])
        for span in spans[current + 1 :]:
            if span.start_m > here + _LOOK_AHEAD_M:
                break
            allowed = min(allowed, _braking_mps(self._driver.cruise_mps(span), span.start_m - here))
        first = bisect.bisect_left(self._slow_places, here, key=lambda place: place.at_m)
        for place in self._slow_places[first:]:
            if place.at_m > here + _LOOK_AHEAD_M:
                break
            allowed = min(allowed, _braking_mps(place.speed_mps, place.at_m - here))
        return min(allowed, _braking_mps(0.0, self._halts[0].at_m - here))

    def state(self) -> TrueState:
        """Where the bus is now."""
        span = self._pattern.spans[self._span_at(self._along_m)]
        lat, lon = self._ruler.place(self._along_m, right_m=_LANE_M)
        course = self._ruler.at(self._along_m)[1]
        return TrueState(lat, lon, self._speed_mps, course, span.tunnel, span.road_class)


def _braking_mps(end_mps: float, distance_m: float) -> float:
    """The speed from which a bus slows to `end_mps` comfortably within the distance."""
    return math.sqrt(end_mps**2 + 2 * _BRAKING_MPS2 * max(distance_m, 0.0))


@lru_cache(maxsize=256)
def _ruler(line: tuple[LatLon, ...]) -> Ruler:
    return Ruler(line)


@lru_cache(maxsize=256)
def _slow_places(line: tuple[LatLon, ...]) -> list[_Slow]:
    """Bends, with the speed that suits each: 16 km/h round a corner."""
    places, along_m = [], 0.0
    for before, here, after in zip(line, line[1:], line[2:], strict=False):
        along_m += Ruler((before, here)).length_m
        bend = angle_between_deg(bearing_deg(*before, *here), bearing_deg(*here, *after))
        if bend > _BEND_DEG:
            places.append(_Slow(along_m, kmh_to_mps(max(16.0, 50 - 0.5 * (bend - _BEND_DEG)))))
    return places


def _halts(pattern: RoutePattern, chance: Random) -> list[_Halt]:
    """Stops of 15 to 40 s, and here and there a red light where two arterials' stretches meet."""
    stops = [_Halt(at_m, chance.uniform(15, 40)) for at_m in pattern.stop_distances_m[1:]]
    lights = [
        _Halt(after.start_m - 8, chance.uniform(8, 30))
        for before, after in itertools.pairwise(pattern.spans)
        if before.road_class == after.road_class == "arterial" and chance.random() < _RED_LIGHT_SHARE
    ]
    return sorted((*stops, *(light for light in lights if light.at_m > 0)), key=lambda halt: halt.at_m)


class BusDrive:
    """A bus's endless day: to school, a pause, home, a pause, and again; or none, where it is parked."""

    def __init__(self, district: District, bus: Bus, seed: int) -> None:
        """Put the bus where its day begins.

        Args:
            district: what the bus's indices refer to.
            bus: the bus.
            seed: of all chance on its way; the same seed drives it the same way.
        """
        self._chance = dice("drive", seed, bus.device_id)
        self._driver = Driver(bus.behaviour, self._chance)
        self._wait_s = self._chance.choice((0.0, self._chance.uniform(0, 60)))
        if bus.behaviour == "late":
            self._wait_s = _LATE_BY_S
        self._parked: TrueState | None = None
        if bus.behaviour == "parked":
            depot = district.operators[bus.operator]
            self._parked = TrueState(depot.depot_lat, depot.depot_lon, 0.0, 0.0, False, None)
        route = district.routes[bus.route]
        self._patterns: Iterator[RoutePattern] = itertools.cycle((route.morning, route.afternoon))
        self._ride = Ride(next(self._patterns), self._driver, self._chance)

    def advance(self, seconds: float) -> TrueState:
        """Let time pass, and tell where the bus is then.

        Args:
            seconds: any time span; it is driven in steps of half a second at most.
        """
        if self._parked is not None:
            return self._parked
        while seconds > 1e-9:
            step = min(seconds, _LONGEST_STEP_S)
            self._step(step)
            seconds -= step
        return self._ride.state()

    def _step(self, seconds: float) -> None:
        self._driver.wander(seconds)
        if self._wait_s > 0:
            self._wait_s -= seconds
        elif self._ride.over:
            self._wait_s = self._chance.uniform(60, 150)
            self._ride = Ride(next(self._patterns), self._driver, self._chance)
        else:
            self._ride.step(seconds)
