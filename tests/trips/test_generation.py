"""Trips are planned ahead from departures and calendars, as often as one likes."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from fleet.routes.models import Departure, ExceptionalDay, Term
from fleet.trips.changes import dispatch_trip, move_trip, substitute
from fleet.trips.generation import Generated, generate, generate_ahead
from fleet.trips.models import StopVisit, Trip, TripState
from fleet.trips.states import Step
from fleet.vehicles.changes import assign_crew
from tests.fleet.builders import bus
from tests.trips.builders import EARLY, MONDAY, SATURDAY, STOPS, gate_check, line, trips_on

pytestmark = pytest.mark.django_db

AT_MIDNIGHT = datetime.combine(MONDAY, time(0), timezone.get_default_timezone())


def test_a_departure_becomes_a_trip_with_its_stops_and_times():
    one = line()
    (trip,) = trips_on(MONDAY)
    assert (trip.bus, trip.planned_bus, trip.state) == (one.bus, one.bus, TripState.PLANNED)
    assert timezone.localtime(trip.starts_at).time() == EARLY
    visits = list(trip.visits.select_related("stop"))
    assert tuple(visit.stop.name for visit in visits) == STOPS
    assert visits[0].planned_at == trip.starts_at
    assert visits[-1].planned_at == trip.ends_at
    assert {visit.state for visit in visits} == {"ahead"}


def test_generating_again_changes_nothing():
    line()
    trips_on(MONDAY)
    assert generate(MONDAY, AT_MIDNIGHT) == Generated()
    assert StopVisit.objects.count() == len(STOPS)


def test_a_weekend_and_a_holiday_have_no_trips():
    line()
    assert trips_on(SATURDAY) == []
    assert trips_on(date(2026, 10, 1)) == []


def test_an_exceptional_saturday_runs_as_its_weekday():
    one = line()
    ExceptionalDay.objects.create(school=one.where.school, day=SATURDAY, as_weekday=0, note="补课")
    assert len(trips_on(SATURDAY)) == 1


def test_two_departures_of_one_bus_are_two_trips():
    one = line()
    Departure.objects.create(pattern=one.pattern, at=time(7, 50), bus=one.bus)
    first, second = trips_on(MONDAY)
    assert first.bus == second.bus
    assert second.starts_at - first.starts_at == timedelta(minutes=40)


def test_a_day_that_is_called_off_cancels_its_trips_and_they_come_back():
    one = line()
    (trip,) = trips_on(MONDAY)
    off = ExceptionalDay.objects.create(school=one.where.school, day=MONDAY, note="大雾")
    assert generate(MONDAY, AT_MIDNIGHT) == Generated(cancelled=1)
    trip.refresh_from_db()
    assert trip.state == TripState.CANCELLED
    off.delete()
    assert generate(MONDAY, AT_MIDNIGHT) == Generated(revived=1)
    trip.refresh_from_db()
    assert trip.state == TripState.PLANNED
    assert [event.kind for event in trip.events.all()] == ["cancel", "plan_again"]


def test_a_trip_that_a_person_cancelled_stays_cancelled():
    one = line()
    (trip,) = trips_on(MONDAY)
    move_trip(trip=trip, step=Step.CANCEL, reason="snow", by=one.where.coordinator)
    assert generate(MONDAY, AT_MIDNIGHT) == Generated()


def test_another_departure_time_moves_the_trip_and_its_stops():
    one = line()
    (trip,) = trips_on(MONDAY)
    one.departure.at = time(7, 30)
    one.departure.save()
    assert generate(MONDAY, AT_MIDNIGHT) == Generated(changed=1)
    trip.refresh_from_db()
    assert timezone.localtime(trip.starts_at).time() == time(7, 30)
    assert trip.visits.get(order=1).planned_at == trip.starts_at


def test_a_trip_that_was_let_go_is_never_touched():
    one = line()
    (trip,) = trips_on(MONDAY)
    gate_check(trip)
    dispatch_trip(trip=trip, by=one.where.coordinator)
    one.departure.at = time(7, 30)
    one.departure.save()
    Term.objects.all().delete()
    assert generate(MONDAY, AT_MIDNIGHT) == Generated()


def test_what_has_left_already_is_neither_planned_nor_changed():
    one = line()
    late = AT_MIDNIGHT + timedelta(hours=8)
    assert generate(MONDAY, late) == Generated()
    trips_on(MONDAY)
    one.departure.at = time(9)
    one.departure.save()
    Term.objects.all().delete()
    assert generate(MONDAY, late) == Generated()


def test_a_named_substitute_stays_when_the_plan_changes():
    one = line()
    (trip,) = trips_on(MONDAY)
    other = bus(one.where.operator)
    substitute(trip=trip, bus=other, reason="broken down", by=one.where.coordinator)
    one.departure.at = time(7, 30)
    one.departure.save()
    generate(MONDAY, AT_MIDNIGHT)
    trip.refresh_from_db()
    assert trip.bus == other
    assert trip.is_substituted


def test_the_usual_crew_of_the_bus_is_planned():
    one = line()
    assign_crew(
        bus=one.bus, driver=one.driver, attendant=one.attendant, valid_from=MONDAY,
        by=one.where.coordinator, reason="test",
    )  # fmt: skip
    (trip,) = trips_on(MONDAY)
    assert (trip.driver, trip.attendant) == (one.driver, one.attendant)


def test_a_week_ahead_is_planned():
    line()
    done = generate_ahead(AT_MIDNIGHT)
    assert done == Generated(added=6)
    assert Trip.objects.count() == 6


def test_two_thousand_trips_take_few_queries(django_assert_max_num_queries):
    one = line()
    Departure.objects.bulk_create(
        Departure(pattern=one.pattern, at=time(7, 10, second, micro), bus=one.bus)
        for second in range(50)
        for micro in range(1, 41)
    )
    with django_assert_max_num_queries(160):
        assert generate(MONDAY, AT_MIDNIGHT).added == 2001  # SQLite takes some 80 rows at once
    with django_assert_max_num_queries(12):
        assert generate(MONDAY, AT_MIDNIGHT) == Generated()
