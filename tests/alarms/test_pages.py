"""The pages of alarms: who sees them, and what is done on them."""

import json

import pytest
from django.test import Client

from fleet.alarms.models import Alarm, AlarmState, Suppression
from fleet.organisations.models import Kind, Role
from tests.alarms.builders import coordinator, episode, tell
from tests.fleet.builders import bus as make_bus
from tests.fleet.builders import organisation, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def bus():
    district = organisation()
    return make_bus(organisation(Kind.OPERATOR, district), organisation(Kind.SCHOOL, district))


@pytest.fixture
def alarm(bus):
    return tell(bus, episode())[0]


def signed_in(someone):
    browser = Client()
    browser.force_login(someone)
    return browser


@pytest.mark.parametrize("address", [
    "/alarms/", "/alarms/?state=all&q=TEST&severity=high&rule=overloading&since=2026-01-01&until=2027-01-01",
    "/alarms/load/?day=2026-03-02", "/alarms/suppressions/", "/alarms/suppressions/add/",
])  # fmt: skip
def test_pages_open_for_a_coordinator(bus, alarm, address):
    assert signed_in(coordinator(bus)).get(address).status_code == 200


def test_an_alarm_is_shown_with_evidence_law_and_what_to_do(bus, alarm):
    page = signed_in(coordinator(bus)).get(f"/alarms/{alarm.pk}/", headers={"Accept-Language": "en"})
    text = page.content.decode()
    for part in ("42 persons", "第三十四条", "head_count:1", "may not drive on"):
        assert part in text


@pytest.mark.parametrize("path", ["", "track.json"])
def test_strangers_see_nothing(alarm, path):
    assert signed_in(coordinator(make_bus())).get(f"/alarms/{alarm.pk}/{path}").status_code == 404


def test_the_track_is_given_where_the_bus_was(bus, alarm):
    answer = json.loads(signed_in(coordinator(bus)).get(f"/alarms/{alarm.pk}/track.json").content)
    assert answer["points"] == []
    assert answer["until"] - answer["from"] == 60_000


def test_who_is_slower_is_told_who_was_quicker_as_a_page_and_as_json(bus, alarm):
    first = coordinator(bus)
    assert signed_in(first).post(f"/alarms/{alarm.pk}/acknowledge/", {"version": 0}).status_code == 302
    slower = signed_in(coordinator(bus))
    for accept in ("text/html", "application/json"):
        answer = slower.post(
            f"/alarms/{alarm.pk}/assign/", {"version": 0, "assignee": "me"}, headers={"Accept": accept}
        )
        assert answer.status_code == 409
        assert str(first) in answer.content.decode()


def test_resolving_and_undoing(bus, alarm):
    browser = signed_in(coordinator(bus))
    address = f"/alarms/{alarm.pk}/resolve/"
    assert browser.post(address, {"version": 0, "reason": "dealt_with"}).status_code == 422
    done = {"version": 0, "reason": "dealt_with", "note": "second bus sent"}
    assert browser.post(address, done, headers={"Accept": "application/json"}).status_code == 200
    assert Alarm.objects.get().state == AlarmState.RESOLVED
    assert browser.post(f"/alarms/{alarm.pk}/undo/", {"version": 1}).status_code == 302
    assert Alarm.objects.get().state == AlarmState.ACKNOWLEDGED


@pytest.mark.parametrize("step", ["resolve", "acknowledge", "nonsense"])
def test_the_police_may_look_and_do_nothing(bus, alarm, step):
    officer = person(Role.POLICE_OFFICER, organisation(Kind.POLICE, bus.operator.parent))
    assert signed_in(officer).get(f"/alarms/{alarm.pk}/").status_code == 200
    answer = signed_in(officer).post(f"/alarms/{alarm.pk}/{step}/", {"version": 0})
    assert answer.status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_is_taken_away_as_a_spreadsheet(bus, alarm, kind):
    assert signed_in(coordinator(bus)).get(f"/alarms/export.{kind}").status_code == 200


def test_suppressing_and_ending_it(bus):
    browser = signed_in(coordinator(bus))
    fields = {
        "organisation": bus.operator_id, "bus": "", "rule": "signal_gap", "since": "2026-03-02T08:00",
        "until": "2099-03-02T10:00", "reason": "mast down",
    }  # fmt: skip
    assert (
        browser.post("/alarms/suppressions/add/", fields | {"until": "2026-03-02T07:00"}).status_code == 422
    )
    assert browser.post("/alarms/suppressions/add/", fields).status_code == 302
    one = Suppression.objects.get()
    assert browser.post(f"/alarms/suppressions/{one.pk}/end/").status_code == 302
    assert signed_in(coordinator(make_bus())).post(f"/alarms/suppressions/{one.pk}/end/").status_code == 404
