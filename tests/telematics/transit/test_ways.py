"""What of a timetable becomes routes and their ways."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telematics.transit.schedule import Schedule, Service, Trip, service_of
from telematics.transit.ways import DAY_S, clash, ways_of
from tests.telematics.transit.builders import FIRST, schedule


def with_trips(of: Schedule, *trips: Trip, **services: Service) -> Schedule:
    return msgspec.structs.replace(
        of, trips={one.trip_id: one for one in trips}, services=dict(of.services) | services
    )


def moved(trip: Trip, key: str, by_s: int, *, stretched_s: int = 0, **changes: object) -> Trip:
    calls = tuple(
        msgspec.structs.replace(
            call,
            arrival_s=call.arrival_s + by_s + stretched_s * (number > 0),
            departure_s=call.departure_s + by_s + stretched_s * (number > 0),
        )
        for number, call in enumerate(trip.calls)
    )
    return msgspec.structs.replace(trip, trip_id=key, calls=calls, **changes)


ONE = schedule(trips=1)
TRIP = ONE.trips["0"]


def test_trips_of_the_same_stops_are_departures_of_one_way():
    found = ways_of(with_trips(ONE, TRIP, moved(TRIP, "1", 3600)))
    ((way,),) = (route.ways for route in found.routes)
    assert way.departures_s == (7 * 3600 + 20, 8 * 3600 + 20)
    assert way.profile == ((0, 0), (160, 20), (340, 0))


@pytest.mark.parametrize(("slower_s", "routes"), [(300, 1), (301, 2)])
def test_trips_that_take_much_longer_go_another_way(slower_s, routes):
    found = ways_of(with_trips(ONE, TRIP, moved(TRIP, "1", 3600, stretched_s=slower_s)))
    assert len(found.routes) == routes
    assert found.routes[0].worst_s == (slower_s if routes == 1 else 0)


def test_weekdays_with_the_same_departures_go_together():
    days = [FIRST + timedelta(days=number) for number in range(28)]
    friday = service_of("friday", [day for day in days if day.weekday() == 4], 0b10000)
    friday = msgspec.structs.replace(
        friday, first=ONE.services["daily"].first, last=ONE.services["daily"].last
    )
    found = ways_of(with_trips(ONE, TRIP, moved(TRIP, "1", 3600, service_id="friday"), friday=friday))
    (route,) = found.routes
    assert sorted((way.weekdays, len(way.departures_s)) for way in route.ways) == [(0b01111, 1), (0b10000, 2)]


def test_a_trip_after_midnight_runs_on_the_next_day():
    sundays = service_of("sundays", [date(2026, 9, 6), date(2026, 9, 13)], 0b1000000)
    found = ways_of(with_trips(ONE, moved(TRIP, "1", DAY_S, service_id="sundays"), sundays=sundays))
    ((way,),) = (route.ways for route in found.routes)
    assert (way.weekdays, way.first) == (0b0000001, date(2026, 9, 7))
    assert found.runs[0].days == {date(2026, 9, 7), date(2026, 9, 14)}


def test_without_a_shape_the_line_goes_from_stop_to_stop_and_says_so():
    found = ways_of(with_trips(ONE, msgspec.structs.replace(TRIP, shape_id="")))
    assert found.routes[0].ways[0].is_straight
    assert len(found.routes[0].ways[0].line) == 3


def test_stops_with_one_time_are_a_second_apart():
    calls = tuple(msgspec.structs.replace(call, arrival_s=25200, departure_s=25200) for call in TRIP.calls)
    found = ways_of(with_trips(ONE, msgspec.structs.replace(TRIP, calls=calls)))
    assert [arrival for arrival, _dwell in found.routes[0].ways[0].profile] == [0, 1, 2]


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 1500), st.sampled_from("abc"), st.sampled_from([0, 1])),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=100, deadline=None)
def test_no_two_ways_of_a_route_clash_and_no_departure_is_lost(given_trips):
    days = [FIRST + timedelta(days=number) for number in range(60)]
    services = {
        "a": service_of("a", [day for day in days if day.weekday() < 5], 0b0011111),
        "b": service_of("b", [day for day in days[20:] if day.weekday() in (2, 4, 6)], 0b1010100),
        "c": service_of("c", days[10:14], 0),
    }
    trips = [
        moved(TRIP, str(number), at * 3600, stretched_s=slower, service_id=service, direction=direction)
        for number, (at, slower, service, direction) in enumerate(given_trips)
    ]
    found = ways_of(with_trips(ONE, *trips, **services))
    for route in found.routes:
        ways = list(route.ways)
        assert not any(clash(one, other) for number, one in enumerate(ways) for other in ways[:number])
    weekly = sum(
        way.weekdays.bit_count() * len(way.departures_s) for route in found.routes for way in route.ways
    )
    wanted = sum({"a": 5, "b": 3, "c": 4}[service] for _at, _slower, service, _direction in given_trips)
    assert weekly == wanted
