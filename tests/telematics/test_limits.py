"""The limit in force: the lowest of everything that holds, and what it says of itself."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telematics.limits import Circumstances, LimitBook, Statute, limit_in_force, lowest_kmh
from telematics.roads import OwnLimit, RoadStretch

BOOK = LimitBook(
    aboard_ordinary=Statute(60, "Art 35"),
    aboard_expressway=Statute(80, "Art 35"),
    aboard_hazard=Statute(20, "Art 35"),
    hazard=Statute(30, "Art 46"),
    expressway=Statute(100, "Art 78"),
    no_line_city=Statute(30, "Art 45"),
    no_line_road=Statute(40, "Art 45"),
    one_lane_city=Statute(50, "Art 45"),
    one_lane_road=Statute(70, "Art 45"),
    night_share=Statute(80, "动态监管"),
    night_from_min=22 * 60,
    night_until_min=6 * 60,
)
ABOARD, EMPTY = Circumstances(aboard=True), Circumstances(aboard=False)


def road(road_class="arterial", posted=None, **built):
    return OwnLimit(road="人民路", road_class=road_class, posted_kmh=posted, **built)


def kmh(of, now=ABOARD):
    found = limit_in_force(of, now, BOOK)
    return found.kmh, found.source


@pytest.mark.parametrize(
    ("of", "limit"),
    [
        (road(posted=40), (40, "posted")),
        (road(posted=60), (60, "posted")),
        (road(posted=70), (60, "ordinary")),
        (road("expressway", posted=120), (80, "expressway")),
        (road("expressway", posted=60), (60, "posted")),
        (road("expressway"), (80, "expressway")),
        (road(), (60, "ordinary")),
        (road("local", urban=True), (50, "class_default")),
        (road("local"), (60, "ordinary")),
        (road("local", centre_line=False, urban=True), (30, "class_default")),
        (road("local", centre_line=False), (40, "class_default")),
        (road("collector", lanes=1, urban=True), (50, "class_default")),
        (None, (60, "ordinary")),
    ],
)
def test_with_pupils_aboard(of, limit):
    assert kmh(of) == limit


@pytest.mark.parametrize(
    ("of", "limit"),
    [
        (road(posted=70), (70, "posted")),
        (road("expressway", posted=120), (120, "posted")),
        (road("expressway"), (100, "class_default")),
        (road("collector", lanes=1), (70, "class_default")),
        (road("arterial", lanes=2), (math.inf, "")),
        (None, (math.inf, "")),
    ],
)
def test_outside_of_trips_only_the_road_s_own_limit_holds(of, limit):
    assert kmh(of, EMPTY) == limit


def test_danger_and_weather():
    assert kmh(road(posted=50), Circumstances(hazard=True)) == (20, "hazard")
    assert kmh(road(posted=50), Circumstances(weather=True)) == (20, "weather")
    assert kmh(road(posted=10), Circumstances(weather=True)) == (10, "posted")
    assert kmh(road(posted=50), Circumstances(aboard=False, weather=True)) == (30, "weather")


def test_by_night_a_share_of_the_day_s_limit_holds_and_points_count_from_the_day_s():
    assert kmh(road(), Circumstances(night=True)) == (48, "night")
    assert limit_in_force(road(), Circumstances(night=True), BOOK).punished_kmh == 60
    assert kmh(road("expressway"), Circumstances(night=True)) == (64, "night")
    assert kmh(road(), Circumstances(night=True, weather=True)) == (20, "weather")


@pytest.mark.parametrize(
    ("minute", "night"), [(22 * 60, True), (22 * 60 - 1, False), (0, True), (359, True), (360, False)]
)
def test_the_night_goes_over_midnight(minute, night):
    assert BOOK.is_night(minute) is night


def test_a_limit_says_whether_the_road_s_own_is_known():
    assert limit_in_force(road(posted=40), ABOARD, BOOK).is_posted
    unknown = limit_in_force(None, ABOARD, BOOK)
    assert (unknown.is_posted, unknown.road) == (False, "")


@pytest.mark.parametrize(
    ("built", "lanes", "centre_line"),
    [
        ({"lanes": 2}, 1, True), ({"lanes": 1}, 1, False), ({"lanes": 4}, 2, True),
        ({"lanes": 2, "oneway": 1}, 2, True),
        ({}, None, None), ({"lanes": 2, "centre_line": False}, 1, False), ({"oneway": 1}, None, True),
    ],
)  # fmt: skip
def test_lanes_of_a_direction_and_the_line_between(built, lanes, centre_line):
    own = RoadStretch("", "collector", [], **built).own_limit(backward=False)
    assert (own.lanes, own.centre_line) == (lanes, centre_line)


ROADS = st.builds(
    OwnLimit,
    road_class=st.sampled_from(["expressway", "arterial", "collector", "local"]),
    posted_kmh=st.none() | st.sampled_from([15.0, 20.0, 40.0, 60.0, 120.0]),
    lanes=st.none() | st.integers(1, 3),
    centre_line=st.none() | st.booleans(),
    urban=st.none() | st.booleans(),
)
NOW = st.builds(
    Circumstances, aboard=st.booleans(), hazard=st.booleans(), weather=st.booleans(), night=st.booleans()
)


@given(st.lists(ROADS, max_size=4), NOW)
def test_no_limit_lies_below_the_lowest(roads, now):
    lowest = lowest_kmh(roads, BOOK)
    for one in [None, *roads]:
        assert limit_in_force(one, now, BOOK).kmh >= lowest


def test_walking_pace_is_posted_but_not_judged():
    assert lowest_kmh([road(posted=5)], BOOK) == 10


@given(ROADS, NOW)
def test_pupils_danger_weather_and_night_never_raise_a_limit(of, now):
    plain = Circumstances(aboard=False)
    assert limit_in_force(of, now, BOOK).mps <= limit_in_force(of, plain, BOOK).mps
