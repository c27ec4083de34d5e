"""Signing drivers in and out over the API, as onboard units and card readers do, perhaps again and late."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from fleet.audit.models import AccessRecord
from fleet.duty.models import SignIn, SignInSource
from fleet.organisations.models import Role
from fleet.tokens.models import Scope
from fleet.vehicles.models import Bus
from tests.api.builders import Caller, fields, problem
from tests.fleet.builders import person
from tests.people.builders import driver
from tests.vehicles.builders import place, registered

pytestmark = pytest.mark.django_db


@pytest.fixture
def there():
    return place()


@pytest.fixture
def bus(there):
    return registered(there)


@pytest.fixture
def unit(there):
    return Caller(there.coordinator, [Scope.SIGN_INS_WRITE])


def ago(minutes: float) -> str:
    moment: datetime = timezone.now() - timedelta(minutes=minutes)
    return moment.isoformat()


def ins(bus: Bus) -> str:
    return f"/buses/{bus.pk}/sign-ins"


def outs(bus: Bus) -> str:
    return f"/buses/{bus.pk}/sign-outs"


def test_a_card_signs_its_driver_in_by_the_licence_and_the_look_is_logged(there, bus, unit):
    one = driver(there)
    made = unit.post(ins(bus), licence_number=one.licence_number.lower(), source="card")
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["driver_id"], told["bus_id"], told["source"]) == (one.pk, bus.pk, "card")
    assert (told["until"], told["afterwards"]) == (None, None)
    assert AccessRecord.objects.filter(person=there.coordinator, object_id=one.pk).exists()
    gone = unit.post(outs(bus), driver_id=one.pk, afterwards="rest").json()
    assert (gone["id"], gone["afterwards"]) == (told["id"], "rest")
    assert SignIn.objects.get().until


def test_what_is_sent_again_is_the_same_while_signed_in_and_afterwards(there, bus, unit):
    came = {"driver_id": driver(there).pk, "source": "pin", "at": ago(30)}
    left = {"driver_id": came["driver_id"], "at": ago(5)}
    first = unit.post(ins(bus), **came).json()
    assert unit.post(ins(bus), **came | {"at": ago(20)}).json() == first
    gone = unit.post(outs(bus), **left).json()
    assert unit.post(outs(bus), **left).json() == gone
    assert unit.post(ins(bus), **came).json() == gone
    assert SignIn.objects.count() == 1
    assert problem(unit.post(outs(bus), **left | {"at": ago(4)}), 409)


def test_a_sign_in_before_what_is_known_already_is_refused(there, bus, unit):
    one, other = driver(there), driver(there)
    unit.post(ins(bus), driver_id=one.pk, source="card", at=ago(60))
    unit.post(outs(bus), driver_id=one.pk, at=ago(30))
    assert problem(unit.post(ins(bus), driver_id=other.pk, source="card", at=ago(40)), 409)
    assert problem(unit.post(ins(registered(there)), driver_id=one.pk, source="card", at=ago(90)), 409)
    assert unit.post(ins(bus), driver_id=other.pk, source="card", at=ago(20)).status_code == 201


def test_who_signs_in_on_another_bus_is_signed_out_of_the_first(there, bus, unit):
    one, second = driver(there), registered(there)
    unit.post(ins(bus), driver_id=one.pk, source="card", at=ago(60))
    unit.post(ins(second), driver_id=one.pk, source="card", at=ago(10))
    assert SignIn.objects.get(bus=bus).until == SignIn.objects.get(bus=second).since
    assert problem(unit.post(outs(registered(there)), driver_id=one.pk), 409)


def test_the_wheel_is_taken_by_one_driver_at_a_time(there, bus, unit):
    unit.post(ins(bus), driver_id=driver(there).pk, source="card", at=ago(60))
    refused = problem(unit.post(ins(bus), driver_id=driver(there).pk, source="card"), 422)
    assert "Somebody else is signed in on this bus." in str(refused["errors"])


def test_where_no_unit_says_how_it_is_the_own_account_or_the_coordinator(there, bus):
    account = person(Role.DRIVER, there.operator)
    one, other = driver(there, user=account), driver(there)
    own = Caller(account)
    assert own.post(ins(bus), driver_id=one.pk).json()["source"] == SignInSource.PAGE
    assert fields(own.post(ins(bus), driver_id=other.pk)) == {"driver_id"}
    assert own.post(outs(bus), driver_id=one.pk).status_code == 200
    assert Caller(there.coordinator).post(ins(bus), driver_id=other.pk).json()["source"] == "coordinator"


def test_what_can_not_be_is_refused_by_its_field(there, bus, unit):
    one = driver(there)
    both = {"driver_id": one.pk, "licence_number": one.licence_number}
    for named in ({}, both):
        assert fields(unit.post(ins(bus), source="card", **named)) == {"driver_id"}
        assert fields(unit.post(outs(bus), **named)) == {"driver_id"}
    assert fields(unit.post(ins(bus), licence_number="11010519491231002X")) == {"licence_number"}
    assert fields(unit.post(ins(bus), driver_id=one.pk, source="page")) == {"source"}
    assert problem(unit.post(ins(bus), driver_id=one.pk, source="card", at=ago(-5)), 409)
    assert not SignIn.objects.exists()


def test_a_bus_or_driver_of_others_is_out_of_reach(there, bus, unit):
    elsewhere = place()
    foreign = driver(elsewhere)
    assert problem(unit.post(ins(registered(elsewhere)), driver_id=driver(there).pk), 404)
    assert fields(unit.post(ins(bus), licence_number=foreign.licence_number)) == {"licence_number"}
    officer = Caller(person(Role.POLICE_OFFICER, there.district))
    assert fields(officer.post(ins(bus), driver_id=driver(there).pk)) == {"driver_id"}


def test_the_token_of_a_unit_is_good_for_nothing_else(there, unit):
    one = driver(there)
    assert problem(unit.get(f"/drivers/{one.pk}/duty"), 403)
    assert problem(unit.post(f"/drivers/{one.pk}/duty-statements"), 403)
