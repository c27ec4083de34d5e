"""Alarms over the API: found by filters, told with their evidence, and handled once by whoever has seen them last."""

import pytest

from fleet.alarms.models import Alarm, AlarmEvent
from fleet.audit.models import AccessRecord, Action
from fleet.organisations.models import Role
from fleet.tokens.models import Scope
from telematics.rules.episode import Severity
from tests.alarms.builders import NOON, coordinator, episode, tell
from tests.api.builders import Caller, fields, problem
from tests.fleet.builders import bus as make_bus
from tests.fleet.builders import person
from tests.people.builders import driver as make_driver
from tests.vehicles.builders import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def bus():
    return make_bus()


@pytest.fixture
def alarm(bus):
    [raised] = tell(bus, episode())
    return raised


@pytest.fixture
def caller(bus):
    return Caller(coordinator(bus))


def step(caller, alarm, name, **body):
    return caller.post(f"/alarms/{alarm.pk}/{name}", **body)


def test_alarms_are_found_by_what_is_asked_and_by_nobody_out_of_reach(bus, alarm, caller):
    tell(bus, episode(), episode(120, severity=Severity.MEDIUM))
    step(caller, alarm, "acknowledge", version=alarm.version)

    def found(**asked):
        return [one["id"] for one in caller.get("/alarms", **asked).json()["items"]]

    newer = Alarm.objects.latest("pk").pk
    assert found() == [newer, alarm.pk]
    assert found(order="started_at", page_size=1) == [alarm.pk]
    assert found(state="acknowledged") == found(severity="high") == [alarm.pk]
    assert found(rule="sos") == found(is_open="false") == found(bus_id=bus.pk + 1) == []
    assert found(since=(NOON.replace(hour=5)).isoformat(), bus_id=bus.pk) == [newer]
    assert Caller(person()).get("/alarms").json()["items"] == []
    assert problem(Caller(person()).get(f"/alarms/{alarm.pk}"), 404)


def test_an_alarm_is_told_with_its_evidence_what_was_done_and_who_may_look_after_it(bus, alarm, caller):
    told = caller.get(f"/alarms/{alarm.pk}").json()
    assert (told["peak"], told["limit"], told["unit"]) == (42.0, 40.0, "persons")
    [finding] = told["findings"]
    assert finding["evidence"]["records"] == ["head_count:1"]
    assert finding["article"] == "第三十四条"
    assert [one["kind"] for one in told["events"]] == ["raised"]
    assert told["what_to_do"]
    assert caller.person.pk in {one["id"] for one in told["handlers"]}
    elsewhere = Caller(coordinator(make_bus()))
    assert problem(elsewhere.get(f"/alarms/{alarm.pk}"), 404)


def test_the_look_at_an_alarm_of_a_driver_is_in_the_access_log(bus, caller):
    where = Place(bus.operator, bus.operator, bus.operator, caller.person, caller.person)
    one = make_driver(where)
    [alarm] = tell(bus, episode(), driver=one.pk)
    caller.get("/alarms")
    caller.get(f"/alarms/{alarm.pk}")
    looks = AccessRecord.objects.filter(object_id=one.pk, person=caller.person)
    assert {look.action for look in looks} == {Action.LIST, Action.VIEW}


def test_an_alarm_goes_from_new_to_resolved_and_each_step_is_kept(bus, alarm, caller):
    taken = step(caller, alarm, "acknowledge", version=alarm.version).json()
    assert (taken["state"], taken["seen_by_id"]) == ("acknowledged", caller.person.pk)
    other = coordinator(bus)
    taken = step(caller, alarm, "assign", version=taken["version"], assignee_id=other.pk).json()
    assert (taken["state"], taken["assignee_id"]) == ("assigned", other.pk)
    assert step(caller, alarm, "note", note="在路边").json()["version"] == taken["version"]
    body = {"version": taken["version"], "reason": "dealt_with", "note": "第二辆车来了"}
    done = step(caller, alarm, "resolve", **body).json()
    assert (done["state"], done["reason"]) == ("resolved", "dealt_with")
    opened = step(caller, alarm, "reopen", version=done["version"], note="还没有完").json()
    assert opened["state"] == "acknowledged"
    assert [one["kind"] for one in opened["events"]][1:] == [
        "acknowledge", "assign", "note", "resolve", "reopen",
    ]  # fmt: skip


def test_of_two_who_have_seen_the_same_version_one_is_told_that_the_other_was_quicker(bus, alarm, caller):
    other = Caller(coordinator(bus))
    seen = alarm.version
    body = {"version": seen, "assignee_id": caller.person.pk}
    assert step(caller, alarm, "assign", **body).status_code == 200
    refused = problem(step(other, alarm, "assign", **(body | {"assignee_id": other.person.pk})), 409)
    assert str(caller.person) in refused["detail"]
    assert Alarm.objects.get().assignee == caller.person
    assert AlarmEvent.objects.filter(kind="assign").count() == 1


def test_what_is_missing_or_can_not_be_is_named(bus, alarm, caller):
    assert problem(step(caller, alarm, "resolve", version=alarm.version, reason="dealt_with"), 409)
    assert fields(step(caller, alarm, "resolve", version=0, reason="passed", note="x")) == {"reason"}
    assert fields(step(caller, alarm, "acknowledge")) == {"version"}
    assert fields(step(caller, alarm, "assign", version=0, assignee_id=person().pk)) == {"assignee_id"}
    assert fields(step(caller, alarm, "note", note="  ")) == {"note"}
    assert Alarm.objects.get().version == alarm.version


def test_who_may_see_but_not_handle_may_do_nothing_and_so_may_a_token_for_reading(bus, alarm, caller):
    officer = Caller(person(Role.POLICE_OFFICER, bus.operator))
    assert officer.get(f"/alarms/{alarm.pk}").json()["handlers"] == []
    assert problem(step(officer, alarm, "acknowledge", version=0), 403)
    reading = Caller(caller.person, [Scope.ALARMS_READ])
    assert problem(step(reading, alarm, "acknowledge", version=0), 403)
    assert Alarm.objects.get().state == "new"


def test_the_driver_whom_an_alarm_is_about_sees_it_and_can_not_clear_it(bus, caller):
    where = Place(bus.operator, bus.operator, bus.operator, caller.person, caller.person)
    account = person(Role.COORDINATOR, bus.operator)
    [alarm] = tell(bus, episode(), driver=make_driver(where, user=account).pk)
    body = {"version": alarm.version, "reason": "false_alarm", "note": "x"}
    refused = problem(step(Caller(account), alarm, "resolve", **body), 409)
    assert "somebody else" in refused["detail"]
