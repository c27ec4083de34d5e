"""On which road a bus is: parallel roads, flyovers, ramps, and what is left open."""

from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telematics.road_match import Match, step
from telematics.roads import RoadIndex
from telematics.rules import speeding
from telematics.rules.speeding import SpeedingLimits, SpeedingState, SpeedLimit
from telematics.units import kmh_to_mps
from tests.telematics.roads.builders import drive_along, road

EXPRESSWAY, SERVICE, CROSSING = 1, 2, 3
MAIN = [(0, 0), (3000, 0)]


def expressway(**changes):
    return road(EXPRESSWAY, *MAIN, road_class="expressway", oneway=1, lanes=3, **changes)


def beside(metres, *, joined=False):
    """An expressway and a service road beside it; a street crosses over, and joins the service road alone."""
    service = road(SERVICE, (0, -metres), (1500, -metres), (3000, -metres), road_class="local", lanes=1)
    crossing = road(CROSSING, (1500, -600), (1500, -metres)) if joined else road(CROSSING, (0, 600), (0, 400))
    return RoadIndex([expressway(), service, crossing])


def matches(reports, index):
    """What is remembered after each report."""
    state, found = None, []
    for report in reports:
        state = step(state, report, index)
        found.append(state)
    return found


def plausible(state, index):
    return {one.key for one in state.plausible(index)} if state else set()


def test_alone_on_a_road():
    index = RoadIndex([expressway()])
    assert all(plausible(one, index) == {EXPRESSWAY} for one in matches(drive_along(MAIN, 78), index))


def test_a_one_way_road_is_not_driven_against_its_line():
    index = RoadIndex([expressway()])
    assert matches(drive_along(MAIN[::-1], 78), index)[-1] is None
    backward = RoadIndex([road(7, *MAIN, oneway=-1)])
    assert plausible(matches(drive_along(MAIN[::-1], 78), backward)[-1], backward) == {7}


def test_the_direction_on_a_two_way_road_is_told():
    index = RoadIndex([road(5, *MAIN)])
    assert matches(drive_along(MAIN, 50), index)[-1].hypotheses[0].backward is False
    assert matches(drive_along(MAIN[::-1], 50), index)[-1].hypotheses[0].backward is True


def test_a_street_that_is_crossed_is_no_road_that_the_bus_is_on():
    index = RoadIndex([road(5, *MAIN), road(6, (1500, -300), (1500, 300))])
    assert all(plausible(one, index) == {5} for one in matches(drive_along(MAIN, 50), index))


LIMITS_KMH = {"expressway": 80.0, "local": 40.0, "arterial": 60.0, "": 60.0}


def limit_at(report, own):
    kmh = LIMITS_KMH[own.road_class if own else ""]
    return SpeedLimit(kmh_to_mps(kmh), "posted", "", kmh)


def alarms(reports, index):
    """How many episodes of speeding there are, by the limits of the roads."""
    limits = SpeedingLimits(at=limit_at, lowest_mps=kmh_to_mps(20), roads=index)
    starts: set[datetime] = set()
    state: SpeedingState = None
    for report in reports:
        state, found = speeding.step(state, report, limits)
        starts.update(one.started_at for one in found)
    return len(starts)


@given(st.integers(0, 10_000), st.sampled_from([18, 22, 30]), st.sampled_from([-6, 0, 6]))
@settings(max_examples=60, deadline=None)
def test_on_an_expressway_the_service_road_beside_it_gives_no_alarm(seed, metres, bias):
    reports = drive_along(MAIN, 78, noise_m=4, bias=(0, bias), seed=seed)
    assert alarms(reports, beside(metres)) == 0


def test_too_fast_on_the_service_road_itself_gives_one():
    reports = drive_along([(1500, -600), (1500, -30), (2900, -30)], 55, noise_m=3)
    assert alarms(reports, beside(30, joined=True)) == 1


def test_on_the_service_road_that_it_came_to_by_the_street_the_bus_is_not_on_the_expressway():
    index = beside(22, joined=True)
    found = matches(drive_along([(1500, -600), (1500, -22), (2900, -22)], 50, noise_m=3), index)
    assert plausible(found[-1], index) == {SERVICE}


def test_under_a_flyover_without_a_way_up_the_bus_stays_on_the_street():
    approach, street = road(1, (-600, 0), (0, 0)), road(2, (0, 0), (2000, 0))
    flyover = road(3, (-100, 1), (2000, 1), road_class="expressway")
    index = RoadIndex([approach, street, flyover])
    found = matches(drive_along([(-600, 0), (2000, 0)], 50, noise_m=3), index)
    assert plausible(found[-1], index) == {2}


def test_who_went_up_by_the_ramp_may_be_on_the_flyover():
    street, ramp = road(1, (-600, 0), (0, 0), (2500, 0)), road(2, (0, 0), (300, 6), oneway=1)
    flyover = road(3, (300, 6), (2500, 6), road_class="expressway", oneway=1)
    index = RoadIndex([street, ramp, flyover])
    found = matches(drive_along([(-600, 0), (0, 0), (300, 6), (2500, 6)], 75, noise_m=3), index)
    assert 3 in plausible(found[-1], index)


@pytest.mark.parametrize(("metres", "roads"), [(16, {EXPRESSWAY, SERVICE}), (32, {SERVICE})])
def test_reports_that_say_otherwise_are_believed_though_the_roads_do_not_meet(metres, roads):
    index = beside(metres)
    state = matches(drive_along([(0, 0), (300, 0)], 50), index)[-1]
    away = drive_along([(300, -metres), (2900, -metres)], 50)
    later = [msgspec.structs.replace(one, time=one.time + timedelta(seconds=22)) for one in away]
    assert plausible(matches_from(state, later, index)[-1], index) == roads


def test_at_first_both_of_two_close_roads_are_plausible():
    index = RoadIndex([road(1, *MAIN), road(2, (0, 8), (3000, 8))])
    assert plausible(matches(drive_along([(0, 4), (100, 4)], 50), index)[0], index) == {1, 2}


def test_for_a_while_out_of_sight_the_bus_is_believed_to_be_where_it_was():
    index = RoadIndex([expressway()])
    state = matches(drive_along([(0, 0), (300, 0)], 78), index)[-1]
    far = drive_along([(320, 80), (2800, 80)], 78)
    later = [msgspec.structs.replace(one, time=one.time + timedelta(seconds=14)) for one in far]
    assert [plausible(one, index) for one in matches_from(state, later[:20], index)] == [{EXPRESSWAY}] * 20
    assert matches_from(state, later, index)[-1] is None


def matches_from(state, reports, index):
    found = []
    for report in reports:
        state = step(state, report, index)
        found.append(state)
    return found


def test_after_a_silence_matching_begins_anew():
    index = beside(22)
    state = matches(drive_along([(0, 0), (300, 0)], 78), index)[-1]
    late = msgspec.structs.replace(
        drive_along([(300, -11), (400, -11)], 50)[0], time=state.time + timedelta(minutes=3)
    )
    assert plausible(step(state, late, index), index) == {EXPRESSWAY, SERVICE}


def test_a_road_that_was_imported_anew_is_known_by_its_key():
    reports = drive_along(MAIN, 78)
    state = matches(reports[:50], beside(22))[-1]
    other_order = RoadIndex([road(99, (0, 900), (10, 900)), expressway()])
    assert plausible(step(state, reports[50], other_order), other_order) == {EXPRESSWAY}
    assert step(state, reports[50], RoadIndex()) == state


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_a_state_is_the_same_after_it_was_saved(seed):
    index = beside(20, joined=True)
    for state in filter(None, matches(drive_along(MAIN, 60, noise_m=8, seed=seed), index)):
        assert msgspec.json.decode(msgspec.json.encode(state), type=Match) == state


def test_a_course_is_not_asked_of_a_slow_receiver():
    index = RoadIndex([road(5, *MAIN)])
    report = msgspec.structs.replace(drive_along(MAIN, 50)[3], speed_mps=1.0, course_deg=0.0)
    state = step(None, report, index)
    assert state is not None
    assert {(one.key, one.backward) for one in state.hypotheses} == {
        (5, False),
        (5, True),
    }


@pytest.mark.parametrize("away", [0, 10, 30])
def test_as_far_as_its_lanes_and_a_receiver_s_error_reach(away):
    index = RoadIndex([road(5, *MAIN)])
    assert matches(drive_along([(0, away), (500, away)], 50), index)[-1] is not None
    assert matches(drive_along([(0, 60), (500, 60)], 50), index)[-1] is None
