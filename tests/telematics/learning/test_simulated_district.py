"""Routes of the simulated district, whose stops are known, from three days of its driving."""

from datetime import date

import pytest

from telematics.geometry import distance_m
from telematics.learning.learned import Heading, LearnedWay
from telematics.learning.routes import DrivenDay, learn_routes
from telematics.simulator.district import demo_district
from telematics.simulator.model import Bus, RoutePattern
from telematics.simulator.school_days import driven_day
from tests.telematics.learning.builders import ZONE

DAYS = [date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 26)]
DISTRICT = demo_district()
NEAR_M = 30.0


def learned_of(bus: Bus, period_s: float) -> dict[Heading, LearnedWay]:
    days = [DrivenDay(day, driven_day(DISTRICT, bus, day, ZONE, period_s=period_s)) for day in DAYS]
    return {way.heading: way for way in learn_routes(days, ZONE).ways}


def numbers_of(way: LearnedWay, pattern: RoutePattern) -> list[int | None]:
    """The number of the true stop at which each proposed one lies; None where there is none."""
    found: list[int | None] = []
    for stop in way.stops:
        if not stop.is_proposed:
            continue
        places = [DISTRICT.stops[one] for one in pattern.stops]
        metres, number = min(
            (distance_m(stop.lat, stop.lon, place.lat, place.lon), number)
            for number, place in enumerate(places)
        )
        found.append(number if metres <= NEAR_M else None)
    return found


@pytest.mark.parametrize(("number", "period_s"), [(2, 5.0), (5, 10.0)])
def test_every_stop_is_found_in_its_order_and_hardly_anything_else(number, period_s):
    bus = DISTRICT.buses[number]
    route = DISTRICT.routes[bus.route]
    ways = learned_of(bus, period_s)
    for heading, pattern in ((Heading.TO_SCHOOL, route.morning), (Heading.TO_HOME, route.afternoon)):
        numbers = numbers_of(ways[heading], pattern)
        true = [one for one in numbers if one is not None]
        assert true == list(range(len(pattern.stops)))
        assert len(numbers) - len(true) <= 1
