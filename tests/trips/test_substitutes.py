"""Which bus runs a trip that its own does not: judged by the evidence, and noted, never done by itself."""

from datetime import timedelta

import pytest

from fleet.trips.detection import detect
from fleet.trips.models import Trip
from fleet.trips.substitutes import Candidate, substitute_among
from tests.duty_log.builders import signed
from tests.fleet.builders import bus, store
from tests.trips.builders import MONDAY, line, trips_on
from tests.trips.drives import device_in, drive, report


def follower(number, **changes):
    given = {"stops": 3, "confidence": 0.95, "share_on_line": 1.0}
    return Candidate(number, **given | changes)


def test_the_one_bus_that_follows_the_trip_runs_it():
    assert substitute_among(None, [follower(1, stops=0), follower(2)]) == follower(2)


@pytest.mark.parametrize("weak", [{"stops": 1}, {"confidence": 0.4}, {"share_on_line": 0.3}])
def test_a_bus_that_is_near_by_chance_does_not(weak):
    assert substitute_among(None, [follower(1, **weak)]) is None


def test_nothing_is_said_while_the_trip_s_own_bus_is_on_it():
    assert substitute_among(follower(1, stops=1), [follower(2)]) is None


def test_of_two_that_follow_it_alike_none_is_named():
    assert substitute_among(None, [follower(1), follower(2)]) is None
    assert substitute_among(None, [follower(1), follower(2, stops=4)]) == follower(2, stops=4)


def test_where_the_driver_has_signed_in_one_stop_is_enough_and_decides_between_two():
    signed = follower(1, stops=1, is_signed=True)
    assert substitute_among(None, [signed]) == signed
    assert substitute_among(None, [follower(2), signed]) == signed
    assert substitute_among(None, [follower(1, stops=0, is_signed=True)]) is None
    assert substitute_among(follower(3, stops=1), [signed]) is None


@pytest.fixture
def trip(db):
    line()
    (made,) = trips_on(MONDAY)
    return made


def halfway(trip, of_bus):
    reports = drive(trip, until_m=2200)
    store(reports, device_in(of_bus).identifier)
    return reports[-1].time + timedelta(seconds=5)


def test_another_bus_of_the_operator_on_the_way_is_noted_with_its_evidence(trip):
    other = bus(trip.bus.operator)
    assert detect(halfway(trip, other)) == 1
    event = trip.events.get()
    assert (event.kind, event.by, event.details["bus"], event.details["plate"]) == (
        "substitute_seen", None, other.pk, other.plate,
    )  # fmt: skip
    assert event.details["evidence"]
    assert Trip.objects.get(pk=trip.pk).bus == trip.bus


def test_of_two_alike_it_is_the_one_that_the_trip_s_driver_has_signed_in_on(trip):
    twins = [bus(trip.bus.operator) for _ in range(2)]
    trip.driver = line().driver
    trip.save()
    reports = drive(trip, until_m=2200)
    for twin in twins:
        store(reports, device_in(twin).identifier)
    now = reports[-1].time + timedelta(seconds=5)
    assert detect(now) == 0
    signed(trip.driver, twins[1], now - timedelta(minutes=10))
    assert detect(now) == 1
    details = trip.events.get().details
    assert (details["bus"], details["driver_signed_in"]) == (twins[1].pk, True)


def test_it_is_noted_once(trip):
    now = halfway(trip, bus(trip.bus.operator))
    assert [detect(now), detect(now)] == [1, 0]


def test_a_bus_of_another_operator_is_not_named(trip):
    assert detect(halfway(trip, bus())) == 0


def test_a_bus_that_stands_by_the_road_is_not_named(trip):
    other = bus(trip.bus.operator)
    standing = [report(trip.starts_at + timedelta(seconds=10 * number), 900, 0.0) for number in range(40)]
    store(standing, device_in(other).identifier)
    assert detect(standing[-1].time) == 0


def test_a_bus_that_has_a_trip_of_its_own_is_not_named(trip):
    other = bus(trip.bus.operator)
    Trip.objects.create(
        pattern=trip.pattern, service_date=MONDAY, starts_at=trip.starts_at, ends_at=trip.ends_at, bus=other
    )
    assert detect(halfway(trip, other)) == 0
