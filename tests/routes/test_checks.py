"""What is questionable about a way is told, and nothing else is."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from fleet.routes.checks import Code, ServedStop, Stretch, WayFacts, check_way
from telematics.geometry import moved

TODAY = date(2026, 11, 24)


def at(east_m: float, north_m: float = 0) -> tuple[float, float]:
    return moved(*moved(30, 120, 90, east_m), 0, north_m)


def stop(number: int, east_m: float, north_m: float = -6, **details) -> ServedStop:
    """A stop right of a road to the east, approved."""
    given: dict[str, Any] = {
        "approach_deg": 90.0, "is_off_road": False, "distance_m": east_m,
        "approved_on": date(2026, 1, 1), "approved_until": None,
    }  # fmt: skip
    return ServedStop(number, *at(east_m, north_m), **given | details)


GOOD = WayFacts(
    line=[at(0), at(3000)],
    stops=[stop(1, 100), stop(2, 1500), stop(3, 2900)],
    ride_s=1800,
    stretches=[Stretch(500, 700, protected=True)],
    most_riders=30,
    capacity=30,
    pupils_without_home=0,
)


def told(facts: WayFacts) -> list[tuple[Code, tuple[int, ...]]]:
    return [(concern.code, concern.stops) for concern in check_way(facts, TODAY)]


def with_stop(**details) -> WayFacts:
    return replace(GOOD, stops=[GOOD.stops[0], replace(GOOD.stops[1], **details), GOOD.stops[2]])


def place(east_m: float, north_m: float) -> dict[str, float]:
    lat, lon = at(east_m, north_m)
    return {"lat": lat, "lon": lon}


def test_nothing_is_told_of_a_good_way():
    assert told(GOOD) == []


@pytest.mark.parametrize(
    ("facts", "concern"),
    [
        (replace(GOOD, most_riders=31), (Code.TOO_MANY_RIDERS, ())),
        (replace(GOOD, capacity=None), (Code.CAPACITY_UNKNOWN, ())),
        (replace(GOOD, ride_s=3601), (Code.LONG_RIDE, ())),
        (replace(GOOD, pupils_without_home=4), (Code.WALK_UNKNOWN, ())),
        (replace(GOOD, stretches=[Stretch(1, 2, protected=False)]), (Code.UNPROTECTED, ())),
        (with_stop(approved_on=None), (Code.STOP_UNAPPROVED, (2,))),
        (with_stop(approved_until=TODAY - timedelta(days=1)), (Code.STOP_LAPSED, (2,))),
        (with_stop(approach_deg=270.0), (Code.WRONG_WAY, (2,))),
        (with_stop(**place(1500, 8)), (Code.WRONG_SIDE, (2,))),
        (with_stop(distance_m=1540.0), (Code.MOVED, (2,))),
        (with_stop(**place(1500, -90)), (Code.OFF_LINE, (2,))),
    ],
)
def test_each_thing_is_told_alone(facts, concern):
    assert told(facts) == [concern]


def test_limits_themselves_are_fine():
    fine = replace(with_stop(approved_on=TODAY, approved_until=TODAY), ride_s=3600)
    assert told(fine) == []


def test_a_stop_off_the_road_may_lie_on_either_side():
    assert told(with_stop(is_off_road=True, **place(1500, 8))) == []


def test_stops_in_the_wrong_order_are_told():
    first, second, third = GOOD.stops
    assert (Code.OUT_OF_ORDER, (2,)) in told(replace(GOOD, stops=[first, third, second]))


def test_two_stops_in_the_same_place_are_told_but_not_one_served_twice():
    near = replace(GOOD, stops=[*GOOD.stops[:2], stop(4, 1520), GOOD.stops[2]])
    assert told(near) == [(Code.SAME_PLACE, (2, 4))]


def test_turning_round_on_the_road_is_told_once_and_a_bend_is_not():
    bend = replace(GOOD, line=[at(0), at(3000), at(3000, 800)])
    assert told(bend) == []
    there_and_back = replace(GOOD, line=[at(0), at(3000), at(0, 1)])
    assert [code for code, _ in told(there_and_back)] == [Code.U_TURN]
