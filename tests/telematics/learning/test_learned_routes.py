"""Routes from days of driving: what is a stop and what is not, in which order, which way, when, along which line."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telematics.fix import Fix
from telematics.geometry import distance_m
from telematics.learning.learned import Heading, LearnedWay
from telematics.learning.routes import DrivenDay, Learned, learn_routes
from telematics.learning.stops import KnownStop
from telematics.line import Line
from tests.telematics.learning.builders import MONDAY, ZONE, Point, days_of, drive, lat_lon, parked

DEPOT: Point = (-3000, 0)
ROAD: list[Point] = [DEPOT, (0, 0), (3000, 0)]
STOPS = {3400.0: 25.0, 4200.0: 30.0, 5000.0: 20.0}
"""Metres from the depot, and how long the bus stands."""
SCHOOL_M = 6000.0


def school_day(
    number: int, halts: Mapping[float, float] = STOPS, line: list[Point] = ROAD, begins: time = time(6, 30)
) -> list[Fix]:
    """From the depot past the stops to the school at the end of the line, and there until the afternoon."""
    day = MONDAY + timedelta(days=number)
    morning = drive(line, {**halts, SCHOOL_M: 120.0}, begins, day=day)
    evening = drive(
        line[::-1], {0.0: 120.0, **{SCHOOL_M - at: s for at, s in halts.items()}}, time(16, 30), day=day
    )
    return [
        *parked(DEPOT, time(6, 0), 20, day),
        *morning,
        *evening,
        *parked(DEPOT, time(18, 0), 20, day),
    ]


def learned(*days: list[Fix], **more: object) -> Learned:
    return learn_routes(days_of(*days), ZONE, **more)  # type: ignore[arg-type]  # as the caller names them


def way(found: Learned, heading: Heading = Heading.TO_SCHOOL) -> LearnedWay:
    (only,) = [one for one in found.ways if one.heading is heading]
    return only


def along_m(one: LearnedWay, *, doubtful: bool = False) -> list[int]:
    """Where the stops lie on the straight road, to ten metres from the depot."""
    return [
        10 * round(distance_m(*lat_lon(DEPOT), stop.lat, stop.lon) / 10)
        for stop in one.stops
        if stop.is_proposed or doubtful
    ]


def test_stops_their_order_direction_and_times_are_learned_both_ways():
    found = learned(*(school_day(number) for number in range(3)))
    there, back = way(found), way(found, Heading.TO_HOME)
    assert along_m(there) == [3400, 4200, 5000, 6000]
    assert along_m(back) == [6000, 5000, 4200, 3400]
    assert [stop.is_school for stop in there.stops] == [False, False, False, True]
    assert there.departures == [time(6, 36)]
    assert back.departures == [time(16, 32)]
    assert there.stops[0].offset_s == 0
    assert there.stops[1].offset_s == pytest.approx(80, abs=15)
    assert [stop.dwell_s for stop in there.stops[:3]] == pytest.approx([25, 30, 20], abs=8)
    assert there.days == [MONDAY, MONDAY + timedelta(1), MONDAY + timedelta(2)]


def test_the_line_begins_at_the_first_stop_and_leaves_the_way_from_the_depot_out():
    line = Line(way(learned(*(school_day(number) for number in range(3)))).line)
    assert line.length_m == pytest.approx(SCHOOL_M - 3400, abs=25)
    assert line.places(*lat_lon((400, 0)), 10)[0].along_m < 20


def test_a_red_light_now_and_then_is_no_stop_but_is_shown_as_doubtful_where_it_was_red_twice():
    found = learned(
        school_day(0, {**STOPS, 4600.0: 25.0, 5500.0: 15.0}),
        school_day(1, {**STOPS, 4600.0: 30.0}),
        school_day(2),
    )
    assert along_m(way(found)) == [3400, 4200, 5000, 6000]
    assert along_m(way(found), doubtful=True) == [3400, 4200, 4600, 5000, 6000]


def test_a_jam_that_stands_somewhere_else_each_day_is_no_stop():
    days = [school_day(number, {**STOPS, 4450.0 + 35 * number: 65.0}) for number in range(3)]
    assert along_m(way(learned(*days))) == [3400, 4200, 5000, 6000]


def test_a_stop_that_is_recorded_within_thirty_metres_is_taken_for_the_same_unless_it_lies_over_the_road():
    near = (1200 + 20, -4)
    stop = KnownStop(7, *lat_lon(near), approach_deg=90.0)
    over_the_road = KnownStop(8, *lat_lon((1200, 4)), approach_deg=270.0)
    found = learned(*(school_day(number) for number in range(3)), known=[stop, over_the_road])
    assert [one.known for one in way(found).stops] == [None, 7, None, None]
    assert [one.known for one in way(found, Heading.TO_HOME).stops] == [None, None, 8, None]


def test_what_speaks_for_a_stop_decides_where_it_was_served_on_two_days_of_three():
    days = [school_day(0), school_day(1), school_day(2, {3400.0: 25.0, 5000.0: 20.0})]
    assert along_m(way(learned(*days))) == [3400, 5000, 6000]
    recorded = KnownStop(7, *lat_lon((1200, 0)), approach_deg=90.0)
    assert along_m(way(learned(*days, known=[recorded]))) == [3400, 4200, 5000, 6000]
    at_stop = next(
        one.time for one in days[0] if one.speed_mps == 0 and (one.lon or 0.0) > lat_lon((1195, 0))[1]
    )
    boarded = [
        DrivenDay(one.day, one.fixes, [at_stop] if number == 0 else [])
        for number, one in enumerate(days_of(*days))
    ]
    (stop,) = [one for one in way(learn_routes(boarded, ZONE)).stops if one.boarded]
    assert stop.is_proposed


def test_a_holiday_and_a_detour_change_nothing():
    detour: list[Point] = [DEPOT, (1400, 0), (1400, 300), (1900, 300), (1900, 0), (3000, 0)]
    with_detour = school_day(2, {**{at: s for at, s in STOPS.items() if at < 5000}, 5600.0: 20.0}, detour)
    found = learned(
        school_day(0), parked(DEPOT, time(6), 600, MONDAY + timedelta(1)), school_day(1), with_detour
    )
    assert along_m(way(found))[:3] == [3400, 4200, 5000]
    assert len(found.driven_days) == 3


def test_an_outing_on_one_day_is_no_route():
    outing = drive([(0, 5000), (4000, 5000)], {1000.0: 30.0}, time(10), day=MONDAY)
    found = learned([*school_day(0), *outing], school_day(1), school_day(2))
    assert [one.heading for one in found.ways] == [Heading.TO_SCHOOL, Heading.TO_HOME]


def test_a_double_run_is_one_way_with_two_departures():
    days = []
    for number in range(3):
        day = MONDAY + timedelta(days=number)
        back = drive(ROAD[:0:-1], {}, time(7, 15), day=day)
        again = drive(
            ROAD[1:], {at - 3000: s for at, s in STOPS.items()} | {3000.0: 120.0}, time(7, 30), day=day
        )
        morning = [one for one in school_day(number) if one.time.astimezone(ZONE).hour < 7]
        days.append([*morning, *back, *again])
    there = way(learned(*days))
    assert along_m(there) == [3400, 4200, 5000, 6000]
    assert there.departures == [time(6, 36), time(7, 31)]


def test_a_road_driven_out_and_back_keeps_both_and_a_loop_is_not_cut_short():
    out_and_back: list[Point] = [
        DEPOT,
        (0, 0),
        (0, 800),
        (10, 800),
        (10, 0),
        (1000, 0),
        (1500, 500),
        (1000, 1000),
    ]
    back_again: list[Point] = [*out_and_back, (500, 500), (1000, 0), (3000, 0)]
    halts = {3400.0: 25.0, 4210.0: 25.0, 5010.0: 25.0}
    days = []
    for number in range(3):
        day = MONDAY + timedelta(days=number)
        days.append(
            [
                *parked(DEPOT, time(6), 20, day),
                *drive(back_again, {**halts, 10428.0: 120.0}, time(6, 30), day=day),
                *parked((3000, 0), time(7, 10), 30, day),
            ]
        )
    there = way(learned(*days, school=lat_lon((3000, 0))))
    assert len([one for one in there.stops if one.is_proposed]) == 4
    places = [lat_lon((0, 400)), lat_lon((10, 390)), lat_lon((410, 0))]
    for stop, place in zip(there.stops, places, strict=False):
        assert distance_m(stop.lat, stop.lon, *place) < 15
    assert Line(there.line).length_m == pytest.approx(10428 - 3400, rel=0.03)


def test_nothing_is_learned_of_days_without_driving():
    assert learn_routes([], ZONE) == Learned([], None, [])
    assert learned(parked(DEPOT, time(6), 600)).ways == []
    assert learned([], [Fix(time=school_day(0)[0].time)]).ways == []


def test_one_day_is_enough_for_a_proposal_of_which_nobody_is_sure():
    there = way(learned(school_day(0)))
    assert along_m(there, doubtful=True) == [3400, 4200, 5000, 6000]
    assert max(stop.confidence for stop in there.stops if not stop.is_school) < 0.7


@settings(max_examples=8, deadline=None)
@given(
    gaps=st.lists(st.integers(250, 700), min_size=2, max_size=5),
    period_s=st.sampled_from([2.0, 5.0, 10.0]),
    seed=st.integers(0, 1000),
)
def test_stops_are_found_in_order_among_lights_wherever_they_lie(gaps, period_s, seed):
    chance = Random(seed)
    places, at = [], 3000.0
    for gap in gaps:
        at += gap
        places.append(at)
    end_m = at + 500
    days: list[list[Fix]] = []
    for number in range(3):
        day: date = MONDAY + timedelta(days=number)
        halts = {place: chance.uniform(15, 40) for place in places} | {end_m: 90.0}
        light = places[0] + 125.0
        if number == seed % 3:
            halts[light] = 20.0
        line: list[Point] = [DEPOT, (end_m - 3000, 0)]
        days.append(
            [
                *parked(DEPOT, time(6), 20, day),
                *drive(line, halts, time(6, 30), day=day, period_s=period_s, noise_m=2.0, chance=chance),
                *parked((end_m - 3000, 0), time(7, 40), 30, day),
            ]
        )
    there = way(learned(*days, school=lat_lon((end_m - 3000, 0))))
    found = [one for one in there.stops if one.is_proposed]
    assert len(found) == len(places) + 1
    for stop, place in zip(found, [*places, end_m], strict=True):
        assert distance_m(stop.lat, stop.lon, *lat_lon((place - 3000, 0))) < 12


@given(shuffled=st.randoms(use_true_random=False))
@settings(max_examples=3, deadline=None)
def test_the_order_in_which_reports_are_given_does_not_matter(shuffled):
    days = [school_day(number) for number in range(2)]
    expected = learned(*days)
    for day in days:
        shuffled.shuffle(day)
    assert learned(*days) == expected
