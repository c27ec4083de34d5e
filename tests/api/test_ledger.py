"""The child ledger over the API: an onboard unit sends what it recorded without a network, perhaps again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from fleet.audit.models import AccessRecord
from fleet.ledger.models import PupilEvent
from fleet.tokens.models import Scope
from tests.api.builders import Caller, problem
from tests.fleet.builders import person
from tests.ledger.builders import Ride, ride

pytestmark = pytest.mark.django_db


@pytest.fixture
def one() -> Ride:
    return ride()


def entry(of: str, **more):
    return {"type": of, "key": str(uuid4()), "at": timezone.now().isoformat(), **more}


def boards(one: Ride, number: int = 0, **more):
    return entry("pupil", pupil_id=one.pupils[number].pk, deed="boarding", stop_order=one.orders[0], **more)


def test_a_batch_is_kept_once_however_often_it_is_sent(one):
    unit = Caller(one.attendant)
    batch = [boards(one), boards(one, 1), entry("count", kind="aboard", count=2, stop_order=one.orders[-2])]
    for _ in range(2):
        told = unit.post(f"/trips/{one.trip.pk}/ledger/entries", entries=batch).json()
        assert [item["kept"] for item in told["entries"]] == [True, True, True]
        assert told["ledger"]["aboard"] == 2
    assert PupilEvent.objects.count() == 2


def test_an_entry_that_can_not_be_kept_is_told_and_holds_up_no_other(one):
    other = ride()
    batch = [
        boards(other),
        boards(one),
        entry("walk", is_empty=True),
        entry("correction", undoes=str(uuid4()), reason="x"),
    ]
    told = Caller(one.driver).post(f"/trips/{one.trip.pk}/ledger/entries", entries=batch).json()
    assert [item["kept"] for item in told["entries"]] == [False, True, True, True]
    assert told["entries"][0]["problem"]
    assert "correction_ahead" in {gap["kind"] for gap in told["ledger"]["gaps"]}


def test_a_clock_that_is_wrong_is_set_right(one):
    wrong = timedelta(hours=3)
    at = timezone.now() - timedelta(minutes=5)
    batch = [boards(one) | {"at": (at + wrong).isoformat()}]
    clock = (timezone.now() + wrong).isoformat()
    Caller(one.attendant).post(f"/trips/{one.trip.pk}/ledger/entries", clock=clock, entries=batch)
    assert abs(PupilEvent.objects.get().at - at) < timedelta(minutes=1)


def test_who_reads_a_ledger_is_logged_and_nobody_else_finds_it(one):
    one.board(one.pupils[0])
    reader = Caller(one.coordinator, [Scope.LEDGER_READ])
    told = reader.get(f"/trips/{one.trip.pk}/ledger").json()
    assert {line["state"] for line in told["pupils"]} == {"aboard", "expected"}
    assert not told["balances"]
    assert AccessRecord.objects.filter(person=one.coordinator, object_id=one.pupils[0].pk).exists()
    assert problem(Caller(person()).get(f"/trips/{one.trip.pk}/ledger"), 404)
    assert problem(reader.post(f"/trips/{one.trip.pk}/ledger/entries", entries=[boards(one)]), 403)
    looking = Caller(one.line.where.principal)
    assert problem(looking.post(f"/trips/{one.trip.pk}/ledger/entries", entries=[boards(one)]), 403)
