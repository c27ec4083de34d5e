"""What machines aboard count, over the API: who may send it, what is kept once, and what is refused."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fleet.findings.models import Finding, Rule
from fleet.ledger.models import OccupancyReport
from fleet.tokens.models import Scope
from fleet.vehicles.models import Bus
from tests.api.builders import Caller, fields, problem
from tests.fleet.builders import person
from tests.ledger.builders import Ride, ride

pytestmark = pytest.mark.django_db


@pytest.fixture
def one() -> Ride:
    return ride()


@pytest.fixture
def machine(one) -> Caller:
    return Caller(one.attendant, [Scope.OCCUPANCY_WRITE])


def address(one: Ride) -> str:
    return f"/buses/{one.line.bus.pk}/occupancy"


def counts(people: int, ago_s: float = 0, **more):
    at = (timezone.now() - timedelta(seconds=ago_s)).isoformat()
    return {"source": "counter", "at": at, "lowest": people, "highest": people, **more}


def test_a_report_that_is_sent_again_is_one_and_the_first_word_stays(one, machine):
    said = counts(9, ago_s=30)
    first, again = (machine.post(address(one), **said | {"highest": highest}) for highest in (9, 12))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (first.json()["bus_id"], first.json()["highest"]) == (one.line.bus.pk, 9)
    assert OccupancyReport.objects.count() == 1
    machine.post(address(one), **said | {"source": "load_state", "highest": None})
    assert OccupancyReport.objects.get(source="load_state").highest is None


def test_more_people_than_the_bus_is_certified_for_are_found_by_the_counter_alone(one, machine):
    Bus.objects.filter(pk=one.line.bus.pk).update(capacity_pupils=10, capacity_adults=2)
    machine.post(address(one), **counts(20, ago_s=300))
    [found] = Finding.objects.filter(rule=Rule.OVERLOADING, withdrawn_at=None)
    assert (found.peak, found.limit) == (18, 10)


def test_what_can_not_be_is_refused_and_nothing_is_kept(one, machine):
    assert problem(machine.post(address(one), **counts(9, ago_s=-60)), 409)
    assert problem(machine.post(address(one), **counts(9, highest=8)), 409)
    refused = machine.post(address(one), **counts(-1, source="camera", at="now"))
    assert fields(refused) == {"source", "at", "lowest", "highest"}
    assert not OccupancyReport.objects.exists()


def test_who_may_look_at_the_bus_only_is_refused_and_strangers_find_no_bus(one, machine):
    assert problem(Caller(one.line.where.principal).post(address(one), **counts(9)), 403)
    assert problem(Caller(person()).post(address(one), **counts(9)), 404)
    assert Caller(one.coordinator).post(address(one), **counts(9)).status_code == 201


def test_the_token_of_a_machine_is_good_for_nothing_else(one, machine):
    assert problem(machine.get(f"/trips/{one.trip.pk}/ledger"), 403)
    assert problem(machine.post(f"/trips/{one.trip.pk}/ledger/entries", entries=[]), 403)
    keeper = Caller(one.attendant, [Scope.LEDGER_WRITE])
    assert problem(keeper.post(address(one), **counts(9)), 403)
