"""How the simulated buses move: lawful ones never too fast, speeding ones for long, nobody by leaps."""

import itertools
from collections.abc import Iterable

import pytest

from telematics.geometry import distance_m
from telematics.simulator.district import demo_district
from telematics.simulator.driving import BusDrive, TrueState
from telematics.simulator.model import Bus
from telematics.units import kmh_to_mps

HOUR_S = 3600


def bus_that_is(behaviour: str) -> Bus:
    return next(bus for bus in demo_district().buses if bus.behaviour == behaviour)


def driven(bus: Bus, seconds: int = HOUR_S, step_s: float = 1.0) -> list[TrueState]:
    drive = BusDrive(demo_district(), bus, seed=1)
    return [drive.advance(step_s) for _ in range(int(seconds / step_s))]


def limit_mps(state: TrueState) -> float:
    return kmh_to_mps(80 if state.road_class == "expressway" else 60)


def longest_speeding_s(states: Iterable[TrueState]) -> int:
    longest = current = 0
    for state in states:
        current = current + 1 if state.speed_mps > limit_mps(state) else 0
        longest = max(longest, current)
    return longest


def test_lawful_buses_stay_below_the_limit_for_an_hour() -> None:
    lawful = [bus for bus in demo_district().buses if bus.behaviour not in ("speeding", "parked")]
    for bus in lawful:
        states = driven(bus)
        assert max(state.speed_mps / limit_mps(state) for state in states) < 0.95
        assert max(state.speed_mps for state in states) > kmh_to_mps(30)


def test_speeding_buses_exceed_the_limit_for_long() -> None:
    speeding = [bus for bus in demo_district().buses if bus.behaviour == "speeding"]
    on_roads = set()
    for bus in speeding:
        states = driven(bus)
        assert longest_speeding_s(states) > 20
        on_roads |= {state.road_class for state in states if state.speed_mps > limit_mps(state)}
    assert on_roads == {"arterial", "expressway"}


@pytest.mark.parametrize("behaviour", ["normal", "speeding", "void"])
def test_nobody_leaps_or_brakes_harder_than_a_bus_can(behaviour: str) -> None:
    states = driven(bus_that_is(behaviour))
    for before, after in itertools.pairwise(states):
        leap_m = distance_m(before.lat, before.lon, after.lat, after.lon)
        assert leap_m < max(before.speed_mps, after.speed_mps) + 7
        assert -3.0 < after.speed_mps - before.speed_mps < 1.5


def test_bus_stands_at_its_stops_and_comes_back_home() -> None:
    bus = bus_that_is("normal")
    district = demo_district()
    states = driven(bus, 2 * HOUR_S)
    standing = [(state.lat, state.lon) for state in states if state.speed_mps == 0]
    route = district.routes[bus.route]
    for number in (*route.morning.stops, *route.afternoon.stops):
        stop = district.stops[number]
        near = sum(distance_m(stop.lat, stop.lon, *place) < 6 for place in standing)
        assert near >= 10, f"no halt at {stop.name_en}"


def test_late_bus_stands_for_six_minutes_before_it_starts() -> None:
    states = driven(bus_that_is("late"), 900)
    assert all(state.speed_mps == 0 for state in states[:360])
    assert any(state.speed_mps > 5 for state in states[360:])


def test_parked_bus_stays_in_its_depot() -> None:
    bus = bus_that_is("parked")
    depot = demo_district().operators[bus.operator]
    assert {(state.lat, state.lon) for state in driven(bus, 600)} == {(depot.depot_lat, depot.depot_lon)}


def test_most_buses_move_within_two_minutes_of_the_start() -> None:
    moving = sum(any(s.speed_mps > 3 for s in driven(bus, 120)) for bus in demo_district().buses)
    assert moving >= 36


def test_drive_is_repeatable_and_nearly_the_same_in_longer_steps() -> None:
    bus = bus_that_is("normal")
    assert driven(bus, 600) == driven(bus, 600)
    assert driven(bus, 600, step_s=10) == driven(bus, 600)[9::10]
