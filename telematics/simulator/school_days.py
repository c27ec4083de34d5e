"""School days of a bus as in earnest: parked at its depot, out to the first stop, to school, back, and home again."""

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from telematics.fix import Fix
from telematics.geometry import angle_between_deg, bearing_deg, distance_m
from telematics.protocols.nmea import NmeaDecoder
from telematics.simulator.dice import dice
from telematics.simulator.driving import Driver, Ride, TrueState
from telematics.simulator.model import Bus, District, RoutePattern, Span
from telematics.simulator.network import RoadNetwork
from telematics.simulator.plane import LatLon
from telematics.simulator.receiver import Receiver, any_model

AFTERNOON = time(16, 20)
MORNING = time(6, 40)
PARKED_BEFORE_S, PARKED_AFTER_S, AT_SCHOOL_S = 900, 900, 150
STEP_S = 0.5
SPEED_LIMIT_KMH = 50.0
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
    for clock, direction in ((MORNING, "morning"), (AFTERNOON, "afternoon")):
        begins = datetime.combine(day, clock, zone).astimezone(UTC)
        begins += timedelta(seconds=round(chance.uniform(0, 180) - PARKED_BEFORE_S))
        states = half_day(district, bus, direction, seed=f"{seed}/{day}")
        every = round(period_s / STEP_S)
        for number, state in enumerate(itertools.islice(states, 0, None, every)):
            epoch = begins + timedelta(seconds=number * period_s)
            messages = decoder.feed(receiver.report(state, epoch, period_s))
            fixes += (one for one in messages if isinstance(one, Fix))
    return [*fixes, *(one for one in decoder.end() if isinstance(one, Fix))]


def half_day(district: District, bus: Bus, direction: str, *, seed: str) -> Iterator[TrueState]:
    """Where a bus is, each half second: parked, to the first stop, along its route, back, parked."""
    route, operator = district.routes[bus.route], district.operators[bus.operator]
    pattern = route.morning if direction == "morning" else route.afternoon
    depot = (operator.depot_lat, operator.depot_lon)
    chance = dice("half day", seed, bus.device_id, direction)
    driver = Driver("normal", chance)
    legs = [
        empty_leg(district.network, depot, pattern.line[0], pattern),
        pattern,
        empty_leg(district.network, pattern.line[-1], depot, pattern),
    ]
    waits_s = [PARKED_BEFORE_S, 20, AT_SCHOOL_S if direction == "morning" else 5, PARKED_AFTER_S]
    if direction == "afternoon":
        waits_s[1] = AT_SCHOOL_S
    for leg, wait_s in zip(legs, waits_s, strict=False):
        ride = Ride(leg, driver, chance)
        still = ride.state()
        yield from itertools.repeat(still, round(wait_s / STEP_S))
        while not ride.over:
            driver.wander(STEP_S)
            ride.step(STEP_S)
            yield ride.state()
    yield from itertools.repeat(ride.state(), round(waits_s[-1] / STEP_S))


def empty_leg(
    network: RoadNetwork, origin: LatLon, destination: LatLon, served: RoutePattern
) -> RoutePattern:
    """A way without pupils from one place to another, along the roads where there are any."""
    heading = bearing_deg(*served.line[0], *served.line[1]) if destination == served.line[0] else None
    begin = junction_by(network, origin)
    end = junction_by(network, destination, heading)
    line = [origin]
    for passage in network.quickest_way(begin, end) if begin != end else []:
        line += network.line_of(passage)
    line += [network.nodes[end], destination]
    line = [point for point, _same in itertools.groupby(line)]
    length_m = sum(distance_m(*before, *after) for before, after in itertools.pairwise(line))
    span = Span(0.0, "collector", SPEED_LIMIT_KMH, tunnel=False, hazardous=False)
    return RoutePattern(served.direction, (0, 0), (0.0, length_m), tuple(line), (span,))


def junction_by(network: RoadNetwork, place: LatLon, heading: float | None = None) -> int:
    """The nearest junction; where a heading is given, of those from which one comes to the place on it."""

    def suits(junction: LatLon) -> bool:
        return heading is None or angle_between_deg(bearing_deg(*junction, *place), heading) < STRAIGHT_ON_DEG

    near = sorted(network.nodes, key=lambda node: distance_m(*network.nodes[node], *place))
    return next((node for node in near if suits(network.nodes[node])), near[0])
