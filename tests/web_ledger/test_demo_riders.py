"""The demo's pupils ride: boardings follow the bus, and the trip closes after both have walked through it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fleet.ledger.models import PupilEvent
from fleet.ledger.queries import ledger_for
from fleet.people.models import Driver
from fleet.trips.models import StopVisit, Trip, TripState, VisitState
from telematics.rules.ledger import PupilState
from tests.ledger.builders import Ride, ride
from tests.people.builders import driver
from web.demo_riders import WALKED, give_accounts, ride_along

pytestmark = pytest.mark.django_db


def leave(one: Ride, order: int) -> None:
    StopVisit.objects.filter(trip=one.trip, order=order).update(
        state=VisitState.DEPARTED, departed_at=timezone.now() - timedelta(minutes=1)
    )


def test_pupils_board_as_the_bus_goes_and_the_trip_closes_after_its_end():
    one = ride(pupils=3)
    assert ride_along(timezone.now()) == 0
    assert not PupilEvent.objects.exists()
    leave(one, one.orders[0])
    ride_along(timezone.now())
    assert {event.by for event in PupilEvent.objects.all()} == {one.attendant}
    assert not ledger_for(one.trip).pupils(PupilState.EXPECTED)
    one.reach_school(ago=WALKED)
    assert ride_along(timezone.now()) == 1
    assert Trip.objects.get(pk=one.trip.pk).state == TripState.CLOSED
    assert ride_along(timezone.now()) == 0


def test_whoever_has_no_account_gets_one_once():
    one = ride()
    made = driver(one.line.where)
    give_accounts()
    account = Driver.objects.get(pk=made.pk).user
    assert account is not None
    assert not account.has_usable_password()
    give_accounts()
    assert Driver.objects.get(pk=made.pk).user == account
