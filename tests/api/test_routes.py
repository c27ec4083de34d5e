"""Routes, their ways and departures, stops and calendars over the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fleet.organisations.models import Role
from fleet.routes.models import Stop
from fleet.tokens.models import Scope
from tests.api.builders import Caller, fields, problem
from tests.fleet.builders import person
from tests.routes.builders import route
from tests.trips.builders import line, trip_of
from tests.vehicles.builders import place, registered

pytestmark = pytest.mark.django_db


def in_days(number: int) -> str:
    return (timezone.localdate() + timedelta(days=number)).isoformat()


@pytest.fixture
def where():
    return place()


@pytest.fixture
def caller(where):
    return Caller(where.coordinator)


def at(lon: float) -> dict[str, float]:
    return {"lon_deg": lon, "lat_deg": 30.0}


def stops_made(caller, where) -> list[int]:
    return [
        caller.post("/stops", name=name, place=at(lon), organisation_id=where.operator.pk).json()["id"]
        for name, lon in (("村口", 120.0), ("学校", 120.02))
    ]


def test_a_route_is_made_drawn_and_given_departures(where, caller):
    made = caller.post("/routes", name="一号线", school_id=where.school.pk)
    assert (made.status_code, made.json()["patterns"]) == (201, [])
    first, last = stops_made(caller, where)
    way = {"direction": "to_school", "line": [at(119.99), at(120.03)], "valid_from": in_days(1)}
    path = f"/routes/{made.json()['id']}/patterns"
    wrong = caller.post(path, **way, stops=[{"stop_id": last}, {"stop_id": first}])
    assert fields(wrong) == {"stops"}
    drawn = caller.post(path, **way, stops=[{"stop_id": first}, {"stop_id": last}], iso_weekdays=[1, 3])
    assert (drawn.status_code, drawn.json()["iso_weekdays"]) == (201, [1, 3])
    assert [one["stop_id"] for one in drawn.json()["stops"]] == [first, last]
    bus = registered(where)
    departures = f"/patterns/{drawn.json()['id']}/departures"
    departure = caller.post(departures, at="07:10", bus_id=bus.pk)
    assert (departure.status_code, departure.json()["bus_id"]) == (201, bus.pk)
    one = f"{departures}/{departure.json()['id']}"
    changed = caller.patch(one, at="07:20").json()
    assert (changed["at"], changed["bus_id"]) == ("07:20", bus.pk)
    assert caller.post(f"{one}/archive", reason="given up").json()["archived_at"]
    assert caller.get(departures).json()["items"] == []


def test_a_way_that_has_run_is_followed_by_another_one(caller):
    one = line()
    trip_of(one)
    caller = Caller(one.where.coordinator)
    pattern = one.pattern
    body = {
        "line": [{"lon_deg": lon, "lat_deg": lat} for lon, lat in pattern.line.coords],
        "stops": [{"stop_id": stop.stop_id} for stop in pattern.pattern_stops.order_by("order")[:2]],
    }
    refused = caller.post(f"/patterns/{pattern.pk}/redraw", **body, valid_from=in_days(0))
    assert fields(refused) == {"valid_from"}
    told = caller.post(f"/patterns/{pattern.pk}/redraw", **body, valid_from=in_days(2)).json()
    assert told["pattern"]["id"] != pattern.pk
    assert (len(told["pattern"]["departures"]), told["pupils_without_stop"]) == (1, 0)
    assert caller.get(f"/patterns/{pattern.pk}").json()["valid_until"] == in_days(1)
    ended = caller.post(f"/patterns/{told['pattern']['id']}/end", last_day=in_days(9))
    assert ended.json()["valid_until"] == in_days(9)


def test_a_stop_is_told_with_markings_and_loses_its_approval_when_it_is_moved(where, caller):
    pk = stops_made(caller, where)[0]
    path = f"/stops/{pk}"
    assert caller.get(path).json()["state"] == "unapproved"
    approval = {"approval_number": "A1", "approved_on": in_days(0)}
    assert problem(Caller(where.principal).post(f"{path}/approve", **approval), 404)
    authority = Caller(person(Role.ADMINISTRATOR, where.district))
    assert authority.post(f"{path}/approve", **approval).json()["approval_number"] == "A1"
    seen = caller.post(f"{path}/inspections", conditions={"stop_sign": "missing"}, place=at(120.0))
    assert (seen.status_code, seen.json()["from_stop_m"]) == (201, 0.0)
    told = caller.get(path).json()
    assert told["state"] == "missing"
    assert [(one["kind"], one["condition"]) for one in told["markings"]] == [("stop_sign", "missing")]
    assert caller.get("/stops", state="missing").json()["count"] == 1
    assert caller.patch(path, place=at(120.01)).json()["approval_number"] is None
    assert fields(caller.post(f"{path}/inspections", conditions={})) == {"conditions"}


def test_a_stop_that_a_route_serves_is_not_archived(where, caller):
    stop = Stop.objects.get(pattern_stops__pattern__route=route(where.school), name="学校")
    assert "serve the stop" in problem(caller.post(f"/stops/{stop.pk}/archive", reason="x"), 409)["detail"]


def test_a_school_s_calendar_is_kept_by_its_school(where):
    school = Caller(where.principal)
    body = {
        "school_id": where.school.pk,
        "name": "秋季",
        "valid_from": in_days(0),
        "valid_until": in_days(90),
    }
    made = school.post("/terms", **body)
    assert made.status_code == 201
    assert fields(school.post("/terms", **body))
    assert school.patch(f"/terms/{made.json()['id']}", name="秋季学期").json()["name"] == "秋季学期"
    day = school.post(
        "/exceptional-days", school_id=where.school.pk, day=in_days(3), as_iso_weekday=5, note="调课"
    )
    assert (day.status_code, day.json()["as_iso_weekday"]) == (201, 5)
    path = f"/exceptional-days/{day.json()['id']}"
    assert school.patch(path, as_iso_weekday=None).json()["as_iso_weekday"] is None
    assert school.patch(path, note="运动会").json()["as_iso_weekday"] is None
    assert school.post(f"{path}/archive", reason="not so").json()["archived_at"]
    assert school.post(f"{path}/restore", reason="so").json()["archived_at"] is None
    assert problem(Caller(place().principal).get(path), 404)


def test_a_token_that_changes_buses_does_not_change_routes(where):
    caller = Caller(where.coordinator, [Scope.REGISTRY_READ, Scope.REGISTRY_WRITE])
    made = route(where.school)
    assert caller.get(f"/routes/{made.pk}").status_code == 200
    assert problem(caller.patch(f"/routes/{made.pk}", name="x"), 403)
