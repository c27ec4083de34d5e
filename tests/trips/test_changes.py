"""What people do with trips: through the gate, with reasons, and never two at once."""

import pytest
from django.core.exceptions import PermissionDenied

from fleet.ledger.changes import record_walk
from fleet.organisations.models import Role
from fleet.trips.changes import (
    TripChangedError,
    TripError,
    dispatch_trip,
    explain_lateness,
    move_trip,
    substitute,
)
from fleet.trips.models import Trip, TripState
from fleet.trips.states import Step
from tests.fleet.builders import bus, organisation, person
from tests.people.builders import driver
from tests.trips.builders import gate_check, line, trip_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    return line()


@pytest.fixture
def trip(one):
    return trip_of(one)


def test_a_trip_is_let_go_on_the_gate_s_word(one, trip):
    check = gate_check(trip)
    gone = dispatch_trip(trip=trip, by=one.where.coordinator)
    assert (gone.state, gone.gate_check) == (TripState.DISPATCHED, check)
    event = gone.events.get(kind=Step.DISPATCH)
    assert (event.kind, event.by) == (Step.DISPATCH, one.where.coordinator)


def test_a_trip_is_not_let_go_without_the_gate(one, trip):
    with pytest.raises(TripError, match="gate has not been asked"):
        dispatch_trip(trip=trip, by=one.where.coordinator)
    assert Trip.objects.get(pk=trip.pk).state == TripState.PLANNED


def test_the_newest_word_counts(one, trip):
    gate_check(trip)
    gate_check(trip, allowed=False)
    with pytest.raises(TripError, match="refuses"):
        dispatch_trip(trip=trip, by=one.where.coordinator)


def test_the_gate_was_asked_about_another_driver(one, trip):
    gate_check(trip, driver=driver(one.where))
    with pytest.raises(TripError, match="another driver"):
        dispatch_trip(trip=trip, by=one.where.coordinator)


def test_a_trip_without_a_crew_takes_the_one_that_the_gate_allowed(one, trip):
    trip.driver = trip.attendant = None
    trip.save()
    gate_check(trip, driver=one.driver, attendant=one.attendant)
    gone = dispatch_trip(trip=trip, by=one.where.coordinator)
    assert (gone.driver, gone.attendant) == (one.driver, one.attendant)


def test_a_substitute_of_a_dispatched_trip_asks_the_gate_again(one, trip):
    gate_check(trip)
    gone = dispatch_trip(trip=trip, by=one.where.coordinator)
    other = bus(one.where.operator)
    back = substitute(trip=gone, bus=other, reason="flat tyre", by=one.where.coordinator)
    assert (back.state, back.bus, back.planned_bus, back.gate_check) == (
        TripState.PLANNED, other, one.bus, None,
    )  # fmt: skip
    assert back.events.get(kind="substituted").details == {"bus": [one.bus.pk, other.pk]}


def test_a_substitute_of_a_running_trip_goes_on(one, trip):
    gate_check(trip)
    gone = dispatch_trip(trip=trip, by=one.where.coordinator)
    running = move_trip(trip=gone, step=Step.START, by=one.where.coordinator)
    other = bus(one.where.operator)
    assert (
        substitute(trip=running, bus=other, reason="broken down", by=one.where.coordinator).state == "running"
    )


def test_a_bus_out_of_reach_can_t_be_named(one, trip):
    with pytest.raises(PermissionDenied):
        substitute(trip=trip, bus=bus(), reason="x", by=person(Role.COORDINATOR, one.where.operator))


def test_a_substitute_needs_a_reason_and_a_change(one, trip):
    with pytest.raises(TripError, match="Say why"):
        substitute(trip=trip, bus=bus(one.where.operator), reason=" ", by=one.where.coordinator)
    with pytest.raises(TripError, match="already"):
        substitute(trip=trip, bus=one.bus, reason="x", by=one.where.coordinator)


def test_a_trip_closes_only_empty(one, trip):
    gate_check(trip)
    by = one.where.coordinator
    gone = dispatch_trip(trip=trip, by=by)
    there = move_trip(trip=move_trip(trip=gone, step=Step.START, by=by), step=Step.ARRIVE, by=by)
    with pytest.raises(TripError, match="walked through the bus"):
        move_trip(trip=there, step=Step.CLOSE, by=by)
    for member in (one.driver, one.attendant):
        member.user = person()
        member.save()
        record_walk(trip=Trip.objects.get(pk=there.pk), by=member.user, is_empty=True)
    closed = move_trip(trip=there, step=Step.CLOSE, by=by)
    assert closed.state == TripState.CLOSED
    assert [event.kind for event in closed.events.all()] == ["added", "dispatch", "start", "arrive", "close"]


def test_strangers_may_not(one, trip):
    gate_check(trip)
    stranger = person(Role.COORDINATOR, organisation())
    with pytest.raises(PermissionDenied):
        dispatch_trip(trip=trip, by=stranger)
    with pytest.raises(PermissionDenied):
        explain_lateness(trip=trip, reason="x", by=stranger)


def test_of_two_dispatchers_who_saw_the_same_the_second_is_told(one, trip):
    gate_check(trip)
    seen = Trip.objects.get(pk=trip.pk)
    dispatch_trip(trip=trip, by=one.where.coordinator)
    with pytest.raises(TripChangedError):
        move_trip(trip=seen, step=Step.CANCEL, reason="x", by=one.where.coordinator)
    assert Trip.objects.get(pk=trip.pk).state == TripState.DISPATCHED


def test_lateness_is_explained(one, trip):
    assert (
        explain_lateness(trip=trip, reason=" roadworks ", by=one.where.coordinator).late_reason == "roadworks"
    )
