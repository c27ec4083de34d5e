"""Trips over the API: read with what is predicted, let go through the gate, changed once by whoever has seen them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fleet.audit.models import AccessRecord
from fleet.ledger.changes import record_walk
from fleet.organisations.models import Role
from fleet.tokens.models import Scope
from fleet.trips.models import Progress, Trip, TripState
from tests.api.builders import Caller, fields, problem
from tests.fleet.builders import person
from tests.pupils.builders import assigned, pupil
from tests.trips.builders import gate_check, line, trip_of
from tests.vehicles.builders import place, registered

pytestmark = pytest.mark.django_db


@pytest.fixture
def way():
    return line()


@pytest.fixture
def trip(way):
    return trip_of(way)


@pytest.fixture
def caller(way):
    return Caller(way.where.coordinator)


def test_a_day_s_trips_are_listed_and_a_trip_told_with_what_keeps_it(way, trip, caller):
    listed = caller.get("/trips", service_date=trip.service_date.isoformat(), route_id=way.pattern.route_id)
    assert [one["id"] for one in listed.json()["items"]] == [trip.pk]
    assert caller.get("/trips", state="closed").json()["count"] == 0
    told = caller.get(f"/trips/{trip.pk}").json()
    assert (told["school_id"], told["direction"], told["state"]) == (
        way.where.school.pk,
        "to_school",
        "planned",
    )
    assert [one["code"] for one in told["obstacles"]] == ["not_asked"]
    assert told["progress"] is None
    assert {one.object_id for one in AccessRecord.objects.all()} == {way.driver.pk, way.attendant.pk}


def test_stops_are_told_with_the_predicted_range_while_they_are_ahead(trip, caller):
    at_s = trip.starts_at.timestamp()
    predictions = [{"order": 2, "median": at_s + 60, "low": at_s, "high": at_s + 120}]
    Progress.objects.create(trip=trip, predictions=predictions, phase="running", distance_m=10)
    first, second, *_rest = caller.get(f"/trips/{trip.pk}/stops").json()
    assert (first["predicted"], first["state"]) == (None, "ahead")
    assert second["predicted"]["low_at"].startswith(f"{trip.starts_at:%Y-%m-%dT%H:%M:%S}")
    trip.visits.filter(order=2).update(state="departed", departed_at=timezone.now())
    second = caller.get(f"/trips/{trip.pk}/stops").json()[1]
    assert (second["predicted"], second["state"]) == (None, "departed")


def test_a_trip_is_let_go_on_the_gate_s_word_and_else_everything_in_the_way_is_said(trip, caller):
    path = f"/trips/{trip.pk}/dispatch"
    assert "gate has not been asked" in problem(caller.post(path, version=0), 409)["detail"]
    gate_check(trip)
    assert caller.post(path, version=0).json()["state"] == "dispatched"


def test_a_request_that_is_sent_twice_or_has_seen_an_older_trip_does_nothing(trip, caller):
    path = f"/trips/{trip.pk}/late-reason"
    answer = caller.client.put(f"/api/v1{path}", {"version": 0, "reason": "fog"}, "application/json")
    assert answer.json()["version"] == 1
    again = caller.post(f"/trips/{trip.pk}/cancel", version=0, reason="snow")
    assert "changed meanwhile" in problem(again, 409)["detail"]
    assert caller.post(f"/trips/{trip.pk}/cancel", version=1, reason="snow").json()["state"] == "cancelled"
    assert [one["kind"] for one in caller.get(f"/trips/{trip.pk}/events").json()["items"]] == [
        "added", "lateness_explained", "cancel",
    ]  # fmt: skip
    assert fields(caller.post(f"/trips/{trip.pk}/cancel", reason="snow")) == {"version"}


def test_a_trip_is_moved_on_by_hand_and_closed_only_when_its_ledger_balances(trip, caller):
    Trip.objects.update(state=TripState.DISPATCHED)
    path = f"/trips/{trip.pk}"
    assert caller.post(f"{path}/start", version=0).json()["started_at"]
    assert caller.post(f"{path}/arrive", version=1).json()["state"] == "closing"
    assert "walked through" in problem(caller.post(f"{path}/close", version=2), 409)["detail"]
    trip.refresh_from_db()
    for member in (trip.driver, trip.attendant):
        member.user = person()
        member.save()
        record_walk(trip=trip, by=member.user, is_empty=True)
    assert caller.post(f"{path}/close", version=2).json()["state"] == "closed"


def test_another_bus_takes_over_in_one_action_with_its_reason(way, trip, caller):
    other, foreign = registered(way.where), registered(place())
    path = f"/trips/{trip.pk}/substitute"
    refused = caller.post(path, version=0, bus_id=foreign.pk, reason="breakdown")
    assert fields(refused) == {"bus_id"}
    told = caller.post(path, version=0, bus_id=other.pk, reason="breakdown").json()
    assert (told["bus_id"], told["planned_bus_id"], told["is_substituted"]) == (other.pk, way.bus.pk, True)
    assert trip.events.get(kind="substituted").reason == "breakdown"


def test_a_run_is_added_besides_the_timetable_once(way, caller):
    body = {
        "pattern_id": way.pattern.pk,
        "starts_at": (timezone.now() + timedelta(hours=3)).replace(microsecond=0).isoformat(),
        "bus_id": way.bus.pk,
        "reason": "excursion",
    }
    made = caller.post("/trips", **body)
    assert (made.status_code, made.json()["bus_id"]) == (201, way.bus.pk)
    assert "planned already" in problem(caller.post("/trips", **body), 409)["detail"]
    assert Trip.objects.count() == 1


def test_who_sees_a_trip_but_does_not_run_it_changes_nothing(way, trip):
    school = Caller(way.where.principal)
    assert school.get(f"/trips/{trip.pk}").status_code == 200
    assert problem(school.post(f"/trips/{trip.pk}/cancel", version=0, reason="x"), 403)
    assert problem(Caller(place().coordinator).get(f"/trips/{trip.pk}"), 404)


def test_the_pupils_of_a_trip_are_told_to_who_runs_it_and_logged(way, trip):
    child = pupil(way.where)
    way.pattern.weekdays = 0b1111111
    way.pattern.save()
    assigned(way.where, child, way.pattern, weekdays=0b1111111)
    Caller(way.where.coordinator, [Scope.TRIPS_READ]).get(f"/trips/{trip.pk}")
    caller = Caller(way.where.coordinator)
    at_stops = caller.get(f"/trips/{trip.pk}/pupils").json()
    assert at_stops[0]["riders"] == [
        {"pupil_id": child.pk, "name": "小明", "is_absent": False, "is_reported_late": False}
    ]
    assert AccessRecord.objects.filter(object_id=child.pk, kind="pupils.pupil").count() == 1
    assert problem(Caller(way.where.principal).get(f"/trips/{trip.pk}/pupils"), 403)
    no_scope = Caller(way.where.coordinator, [Scope.TRIPS_READ])
    assert problem(no_scope.get(f"/trips/{trip.pk}/pupils"), 403)


def test_a_list_of_many_trips_takes_few_queries(way, trip, caller, django_assert_max_num_queries):
    for hours in range(2, 22):
        trip_of(way, timezone.now() + timedelta(hours=hours))
    person(Role.COORDINATOR, way.where.operator)
    with django_assert_max_num_queries(16):
        assert caller.get("/trips").json()["count"] == 21
