"""What is told of the trips of now: valid against the timetable of the same moment, and no more than it may be."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.gis.geos import Point

from fleet.feeds.timetable import timetable
from fleet.feeds.trips_now import TripsNow, seconds
from fleet.organisations.queries import with_all_below
from fleet.positions.models import LastPosition
from fleet.trips.changes import explain_lateness, move_trip, substitute
from fleet.trips.models import Progress, StopVisit, Trip, TripState, VisitState
from fleet.trips.states import Step
from telematics.transit.realtime import Relation, message
from tests.feeds.builders import TODAY, there_and_back
from tests.feeds.rules import errors
from tests.fleet.builders import device
from tests.trips.builders import Line, trip_of, trips_on
from tests.vehicles.builders import registered

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 23, 13, tzinfo=UTC)
"""7:13 here."""


@pytest.fixture
def there() -> Line:
    return there_and_back()


@pytest.fixture
def running(there) -> Trip:
    """The trip of the morning between its second and third stop."""
    trip = next(one for one in trips_on(TODAY) if one.departure_id == there.departure.pk)
    trip.state, trip.started_at = TripState.RUNNING, NOW - timedelta(minutes=3)
    trip.save()
    visits = list(trip.visits.order_by("order"))
    state(visits[0], VisitState.DEPARTED, departed_at=NOW - timedelta(minutes=3))
    state(
        visits[1],
        VisitState.DEPARTED,
        arrived_at=NOW - timedelta(seconds=40),
        departed_at=NOW - timedelta(seconds=20),
    )
    ahead = [
        {"order": one.order, "median": seconds(NOW) + 150 * number, "low": seconds(NOW) + 100 * number,
         "high": seconds(NOW) + 220 * number}
        for number, one in enumerate(visits[2:], start=1)
    ]  # fmt: skip
    Progress.objects.create(trip=trip, predictions=ahead, predicted_at=NOW - timedelta(seconds=5))
    last = {
        "time": NOW - timedelta(seconds=5),
        "position": Point(120.014, 30.0, srid=4326),
        "course_deg": 90.0,
    }
    LastPosition.objects.update_or_create(device=device(), defaults=last | {"bus": trip.bus})
    return trip


def state(visit: StopVisit, to: VisitState, **times: datetime) -> None:
    StopVisit.objects.filter(pk=visit.pk).update(state=to, **times)


def told(there: Line, now: datetime = NOW):
    ours = with_all_below([there.where.school.pk])
    trips = TripsNow(ours, now)
    feed = message(seconds(now), trips=trips.updates(), vehicles=trips.vehicles(), alerts=trips.alerts())
    found = errors(feed, timetable(ours, TODAY), seconds(now))
    assert found == []
    return feed


def by_kind(feed, kind: str):
    return [getattr(one, kind) for one in feed.entity if one.HasField(kind)]


def test_a_trip_under_way_is_told_with_what_was_seen_and_what_is_predicted(there, running):
    feed = told(there)
    (update,) = by_kind(feed, "trip_update")
    assert update.trip.trip_id == str(there.departure.pk)
    assert (update.trip.start_date, update.trip.start_time) == ("20261123", "07:10:00")
    assert [one.departure.time for one in update.stop_time_update][:2] == [
        seconds(NOW) - 180,
        seconds(NOW) - 20,
    ]
    assert [one.arrival.time for one in update.stop_time_update][2:] == [
        seconds(NOW) + 150,
        seconds(NOW) + 300,
    ]
    assert update.stop_time_update[2].arrival.uncertainty == 60
    (vehicle,) = by_kind(feed, "vehicle")
    assert (vehicle.current_stop_sequence, vehicle.position.bearing) == (3, 90)
    assert vehicle.vehicle.id == str(running.bus_id)


def test_nothing_names_who_rides_drives_or_attends_nor_the_plate(there, running):
    text = str(told(there))
    assert there.bus.plate not in text
    assert there.driver.name not in text
    assert there.attendant.name not in text


@pytest.mark.parametrize(
    "over", [TripState.PLANNED, TripState.DISPATCHED, TripState.CLOSING, TripState.CLOSED]
)
def test_a_bus_is_shown_during_its_trip_alone(there, running, over):
    Trip.objects.filter(pk=running.pk).update(state=over)
    assert by_kind(told(there), "vehicle") == []


def test_a_position_from_before_the_trip_or_long_ago_is_not_told(there, running):
    LastPosition.objects.update(time=running.started_at - timedelta(seconds=1))
    assert by_kind(told(there), "vehicle") == []
    LastPosition.objects.update(time=NOW)
    assert by_kind(told(there, NOW + timedelta(minutes=6)), "vehicle") == []


def test_a_trip_that_nobody_closes_is_told_no_longer_than_two_hours(there, running):
    late = running.ends_at + timedelta(hours=2, seconds=1)
    LastPosition.objects.update(time=late)
    assert len(told(there, late).entity) == 0


def test_a_stop_that_was_passed_by_or_is_not_known_is_told_so(there, running):
    visits = list(running.visits.order_by("order"))
    state(visits[2], VisitState.SKIPPED)
    state(visits[3], VisitState.UNKNOWN)
    (update,) = by_kind(told(there), "trip_update")
    relations = [one.schedule_relationship for one in update.stop_time_update]
    assert relations == [0, 0, 1, 2]


def test_a_cancelled_trip_is_told_to_who_waits_but_not_why(there, running):
    by = there.where.coordinator
    other = next(one for one in Trip.objects.filter(service_date=TODAY) if one.pk != running.pk)
    move_trip(trip=other, step=Step.CANCEL, by=by, reason="小明 is ill")
    feed = told(there)
    cancelled = next(
        one for one in by_kind(feed, "trip_update") if one.trip.trip_id == str(other.departure_id)
    )
    assert cancelled.trip.schedule_relationship == Relation.CANCELED.value
    (alert,) = by_kind(feed, "alert")
    assert {one.language: one.text for one in alert.header_text.translation}[
        "en"
    ] == "This trip is cancelled."
    assert "小明" not in str(feed)


def test_a_late_trip_is_told_with_its_reason_and_a_substitute_without_its_plate(there, running):
    by = there.where.coordinator
    other = registered(there.where)
    late = explain_lateness(trip=running, reason="修路", by=by)
    substitute(trip=late, bus=other, reason="broken", by=by)
    alerts = by_kind(told(there), "alert")
    assert {
        alert.description_text.translation[0].text for alert in alerts if alert.description_text.translation
    } == {"修路"}
    assert len(alerts) == 2
    assert other.plate not in str(alerts)


def test_a_trip_besides_the_timetable_is_told_as_added(there, running):
    added = trip_of(there, NOW - timedelta(minutes=1))
    Trip.objects.filter(pk=running.pk).update(state=TripState.CLOSED)
    Trip.objects.filter(pk=added.pk).update(state=TripState.RUNNING, started_at=NOW - timedelta(minutes=1))
    (update,) = by_kind(told(there), "trip_update")
    assert (update.trip.trip_id, update.trip.schedule_relationship) == (
        f"added-{added.pk}",
        Relation.ADDED.value,
    )


def test_the_trips_of_others_are_not_told(there, running):
    stranger = there_and_back()
    assert len(told(stranger).entity) == 0
