"""Driving and rest times over the API: who may look at whom, what is told, and what people state."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fleet.audit.models import AccessRecord, Action
from fleet.duty.log import rebuild
from fleet.duty.models import Statement
from fleet.organisations.models import Role
from fleet.tokens.models import Scope
from tests.api.builders import Caller, fields, problem
from tests.duty_log.builders import drove, hours, signed
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
def tired(there, bus):
    """Five hours at the wheel with no rest, up to now."""
    one, now = driver(there, user=person()), timezone.now().replace(microsecond=0)
    signed(one, bus, now - hours(6))
    drove(bus, now - hours(6), "R1h D5h")
    rebuild(one.pk, now - hours(7), now)
    return one


@pytest.fixture
def caller(there):
    return Caller(there.coordinator)


def stated(since_h: float, until_h: float, **more):
    now = timezone.now()
    since, until = (now - hours(ago) for ago in (since_h, until_h))
    given = {"activity": "work", "since": since.isoformat(), "until": until.isoformat(), "reason": "车库"}
    return given | more


def test_drivers_are_listed_by_the_time_that_is_left_and_the_look_is_logged(there, tired, bus, caller):
    rested = driver(there)
    told = caller.get("/duty").json()["items"]
    assert [one["driver_id"] for one in told] == [tired.pk, rested.pk]
    assert (told[0]["bus_id"], told[0]["left"][0]["left_s"]) == (bus.pk, 0)
    assert caller.get("/duty", page_size=1, page=2).json()["items"][0]["driver_id"] == rested.pk
    looked = AccessRecord.objects.filter(person=there.coordinator, action=Action.LIST)
    assert {one.object_id for one in looked} == {tired.pk, rested.pk}
    assert problem(Caller(person()).get("/duty"), 404)


def test_a_day_is_told_in_seconds_with_its_log(tired, bus, caller):
    told = caller.get(f"/drivers/{tired.pk}/duty").json()
    assert told["continuous_s"] == told["day_s"] == pytest.approx(5 * 3600, abs=120)
    assert told["last_rest"]["until"] < told["at"]
    assert [one["bus_id"] for one in told["log"] if one["activity"] == "driving"] == [bus.pk]
    assert told["left"][0]["limit_s"] > 0


def test_findings_of_a_driver_are_told_with_the_law(tired, caller):
    [found, *_rest] = caller.get(f"/drivers/{tired.pk}/duty-findings").json()["items"]
    assert found["driver_id"] == tired.pk
    assert found["article"]
    later = (timezone.now() + timedelta(days=1)).isoformat()
    assert caller.get(f"/drivers/{tired.pk}/duty-findings", since=later).json()["count"] == 0


def test_what_is_stated_is_in_the_log_until_it_is_withdrawn(there, caller):
    one = driver(there)
    made = caller.post(f"/drivers/{one.pk}/duty-statements", **stated(3, 1))
    assert made.status_code == 201
    assert [each["activity"] for each in caller.get(f"/drivers/{one.pk}/duty").json()["log"]] == ["work"]
    path = f"/drivers/{one.pk}/duty-statements"
    assert fields(caller.post(f"{path}/{made.json()['id']}/withdraw")) == {"reason"}
    gone = caller.post(f"{path}/{made.json()['id']}/withdraw", reason="错了").json()
    assert gone["archived_at"]
    assert caller.get(path).json()["count"] == 0
    assert caller.get(path, archived="true").json()["count"] == 1
    assert problem(caller.post(f"{path}/{made.json()['id']}/withdraw", reason="又"), 409)


def test_what_can_not_be_is_refused(there, caller):
    path = f"/drivers/{driver(there).pk}/duty-statements"
    assert problem(caller.post(path, **stated(1, -1)), 409)
    assert "until" in fields(caller.post(path, **stated(1, 2)))
    assert fields(caller.post(path, **stated(2, 1, reason=" ", activity="sleep"))) == {"reason", "activity"}
    assert not Statement.objects.exists()


def test_a_driver_finds_the_own_times_only_and_states_the_own(there, tired):
    own = Caller(tired.user)
    assert own.get(f"/drivers/{tired.pk}/duty").status_code == 200
    assert own.post(f"/drivers/{tired.pk}/duty-statements", **stated(9, 8)).status_code == 201
    other = driver(there)
    assert problem(own.get(f"/drivers/{other.pk}/duty"), 404)
    assert problem(own.post(f"/drivers/{other.pk}/duty-statements", **stated(9, 8)), 404)


def test_police_look_and_state_nothing_and_so_does_a_token_for_reading(there, tired, caller):
    officer = Caller(person(Role.POLICE_OFFICER, there.district))
    path = f"/drivers/{tired.pk}/duty-statements"
    assert officer.get(path).status_code == 200
    assert problem(officer.post(path, **stated(9, 8)), 403)
    assert problem(Caller(caller.person, [Scope.DUTY_READ]).post(path, **stated(9, 8)), 403)
