"""School days of a bus as in earnest: parked at its depot, out to the first stop, to school, back, and home again."""

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from random import Random

from telematics.fix import Fix
from telematics.geometry import angle_between_deg, bearing_deg, distance_m
from telematics.protocols.nmea import NmeaDecoder
from telematics.simulator.dice import dice
from telematics.simulator.driving import Driver, Ride, TrueState
from telematics.simulator.model import Bus, Direction, District, RoutePattern, Span
from telematics.simulator.network import RoadNetwork, RoadSegment
from telematics.simulator.plane import LatLon
from telematics.simulator.receiver import Receiver, any_model

DEPARTURES: dict[Direction, time] = {"morning": time(6, 50), "afternoon": time(16, 20)}
"""When buses leave the first stop of a route."""
PARKED_BEFORE_S, PARKED_AFTER_S, UNLOADING_S = 900, 900, 150
LATE_S = 60.0
"""A bus leaves its first stop on time, or up to so much late."""
STEP_S = 0.5
LANE = RoadSegment("", "", "local", (), 40.0, 0, 0)
"""What leads from a depot or a stop to the nearest junction."""
STRAIGHT_ON_DEG = 60.0


def driven_day(
    district: District, bus: Bus, day: date, zone: tzinfo, *, seed: int = 1, period_s: float = 5.0
) -> list[Fix]:
    """What the unit of a bus reports on a school day.

    Args:
        district: what the bus's indices refer to.
        bus: which.
        day: local.
        zone: in which the bus departs in the morning and in the afternoon.
        seed: of all chance; each day has its own.
        period_s: seconds from report to report.
    """
    chance = dice("school day", seed, bus.device_id, day)
    receiver, decoder = Receiver(any_model(chance), chance), NmeaDecoder()
    fixes: list[Fix] = []
    for direction, clock in DEPARTURES.items():
        states, departs_s = half_day(district, bus, direction, seed=f"{seed}/{day}")
        begins = datetime.combine(day, clock, zone).astimezone(UTC)
        begins += timedelta(seconds=round(chance.uniform(0, LATE_S) - departs_s))
        every = round(period_s / STEP_S)
        for number, state in enumerate(states[::every]):
            epoch = begins + timedelta(seconds=number * period_s)
            messages = decoder.feed(receiver.report(state, epoch, period_s))
            fixes += (one for one in messages if isinstance(one, Fix))
    return [*fixes, *(one for one in decoder.end() if isinstance(one, Fix))]


def half_day(
    district: District, bus: Bus, direction: Direction, *, seed: str
) -> tuple[list[TrueState], float]:
    """Where a bus is: parked, at the first stop until it departs, along its route, back, parked.

    Returns:
        A state for each half second, and after how many seconds it departs.
    """
    route, operator = district.routes[bus.route], district.operators[bus.operator]
    pattern = route.morning if direction == "morning" else route.afternoon
    depot = (operator.depot_lat, operator.depot_lon)
    chance = dice("half day", seed, bus.device_id, direction)
    driver = Driver("normal", chance)
    waiting_s = chance.uniform(60, 240)
    states = [
        *stand_and_drive(
            empty_leg(district.network, depot, pattern.line[0], pattern), driver, chance, PARKED_BEFORE_S
        )
    ]
    departs_s = len(states) * STEP_S + waiting_s
    states += stand_and_drive(pattern, driver, chance, waiting_s)
    back = empty_leg(district.network, pattern.line[-1], depot, pattern)
    states += stand_and_drive(back, driver, chance, UNLOADING_S if direction == "morning" else 5)
    states += itertools.repeat(states[-1], round(PARKED_AFTER_S / STEP_S))
    return states, departs_s


def stand_and_drive(leg: RoutePattern, driver: Driver, chance: Random, wait_s: float) -> Iterator[TrueState]:
    """The states of a bus that stands at the beginning of a leg, and then drives it."""
    ride = Ride(leg, driver, chance)
    yield from itertools.repeat(ride.state(), round(wait_s / STEP_S))
    while not ride.over:
        driver.wander(STEP_S)
        ride.step(STEP_S)
        yield ride.state()


def empty_leg(
    network: RoadNetwork, origin: LatLon, destination: LatLon, served: RoutePattern
) -> RoutePattern:
    """A way without pupils from one place to another, along the roads where there are any."""
    heading = bearing_deg(*served.line[0], *served.line[1]) if destination == served.line[0] else None
    begin = junction_by(network, origin)
    end = junction_by(network, destination, heading)
    way = network.quickest_way(begin, end) if begin != end else []
    lines = [
        [origin],
        *(list(network.line_of(passage)) for passage in way),
        [network.nodes[end], destination],
    ]
    on = [LANE, *(network.segments[passage.segment] for passage in way), LANE]
    line: list[LatLon] = []
    spans: list[Span] = []
    along_m = 0.0
    for piece, road in zip(lines, on, strict=True):
        spans.append(
            Span(along_m, road.road_class, road.speed_limit_kmh, tunnel=road.tunnel, hazardous=road.hazardous)
        )
        for point in piece:
            if line and line[-1] == point:
                continue
            along_m += distance_m(*line[-1], *point) if line else 0.0
            line.append(point)
    return RoutePattern(served.direction, (0, 0), (0.0, along_m), tuple(line), tuple(spans))


def junction_by(network: RoadNetwork, place: LatLon, heading: float | None = None) -> int:
    """The nearest junction; where a heading is given, of those from which one comes to the place on it."""

    def suits(junction: LatLon) -> bool:
        return heading is None or angle_between_deg(bearing_deg(*junction, *place), heading) < STRAIGHT_ON_DEG

    near = sorted(network.nodes, key=lambda node: distance_m(*network.nodes[node], *place))
    return next((node for node in near if suits(network.nodes[node])), near[0])
