"""Who drives, as the live map tells it: of trips under way and within reach, logged once for a screen."""

import pytest
from django.utils import timezone

from fleet.audit.models import AccessRecord
from fleet.trips.models import Trip, TripState
from tests.trips.builders import line, trip_of
from tests.vehicles.builders import place, registered
from web.live.drivers import DriversShown
from web.live.snapshot import snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def way():
    return line()


@pytest.fixture
def trip(way):
    made = trip_of(way)
    Trip.objects.update(service_date=timezone.localdate(), state=TripState.RUNNING)
    return made


def described(person, bus):
    return next(one for one in snapshot(person, "en")["buses"] if one["id"] == bus.pk)


@pytest.mark.parametrize("state", TripState)
def test_a_bus_is_described_with_its_driver_while_a_trip_is_under_way(way, trip, state):
    Trip.objects.update(state=state)
    is_under_way = state in (TripState.DISPATCHED, TripState.RUNNING)
    assert described(way.where.coordinator, way.bus)["driver"] == (way.driver.name if is_under_way else None)


def test_of_two_trips_the_one_that_runs_tells_the_driver(way, trip):
    let_go = trip_of(way)
    Trip.objects.filter(pk=let_go.pk).update(
        service_date=timezone.localdate(), state=TripState.DISPATCHED, driver=None
    )
    assert DriversShown(way.where.coordinator).read() == {way.bus.pk: way.driver.name}


def test_a_screen_is_told_what_has_changed_and_each_driver_is_logged_once(way, trip):
    shown = DriversShown(way.where.coordinator)
    assert shown.read() == {way.bus.pk: way.driver.name}
    assert shown.read_changes() == []
    other = registered(way.where)
    Trip.objects.update(bus=other)
    assert shown.read_changes() == [(way.bus.pk, None), (other.pk, way.driver.name)]
    assert [one.object_id for one in AccessRecord.objects.all()] == [way.driver.pk]


def test_who_may_not_see_the_trip_is_told_no_driver(trip):
    assert DriversShown(place().coordinator).read() == {}
    assert not AccessRecord.objects.exists()
