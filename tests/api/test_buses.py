"""Buses and their papers over the API: read in reach, changed by the rules of the website."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fleet.organisations.models import Role
from fleet.vehicles.models import Bus
from tests.api.builders import Caller, fields, problem
from tests.fleet.builders import person
from tests.vehicles.builders import VIN, place, registered

pytestmark = pytest.mark.django_db


def test_a_bus_is_told_with_nulls_for_what_is_unknown_and_units_in_names():
    where = place()
    bus = registered(where, vin=VIN, capacity_pupils=30, capacity_adults=2)
    told = Caller(where.coordinator).get(f"/buses/{bus.pk}").json()
    assert told == {
        "id": bus.pk, "plate": bus.plate, "vin": VIN, "engine_number": None, "make": None, "model": None,
        "bus_type": None, "capacity_pupils": 30, "capacity_adults": 2, "certified_capacity": 32,
        "first_registered_on": None, "owner": None, "operator_id": where.operator.pk,
        "school_id": where.school.pk, "route_id": None, "archived_at": None,
    }  # fmt: skip


def test_a_list_is_filtered_searched_sorted_and_paged():
    where = place()
    plates = sorted(registered(where).plate for _ in range(5))
    registered(where, school=None)
    caller = Caller(where.coordinator)
    answer = caller.get("/buses", school_id=where.school.pk, order="-plate", page=2, page_size=2).json()
    assert [bus["plate"] for bus in answer["items"]] == plates[::-1][2:4]
    assert (answer["count"], answer["page"], answer["page_size"]) == (5, 2, 2)
    assert caller.get("/buses", q=plates[0][1:].lower()).json()["count"] == 1
    assert fields(caller.get("/buses", page_size=1000)) == {"page_size"}
    assert fields(caller.get("/buses", order="secret")) == {"order"}


def test_archived_buses_are_listed_where_they_are_asked_for():
    where = place()
    bus = registered(where)
    caller = Caller(where.coordinator)
    assert problem(caller.post(f"/buses/{bus.pk}/archive"), 422)
    assert caller.post(f"/buses/{bus.pk}/archive", reason="sold").json()["archived_at"].endswith("Z")
    assert caller.get("/buses").json()["count"] == 0
    assert caller.get("/buses", archived=True).json()["count"] == 1
    assert (
        "is archived already"
        in problem(caller.post(f"/buses/{bus.pk}/archive", reason="sold"), 409)["detail"]
    )


def test_a_change_has_its_reason_and_person_in_the_history():
    where = place()
    bus = registered(where)
    answer = Caller(where.coordinator).patch(f"/buses/{bus.pk}", make="Yutong", reason="typing mistake")
    assert (answer.status_code, answer.json()["make"]) == (200, "Yutong")
    change = Bus.history.filter(id=bus.pk).first()
    assert (change.history_user, change.history_change_reason) == (where.coordinator, "typing mistake")


def test_a_bus_is_made_only_as_the_rules_allow():
    where = place()
    caller = Caller(where.coordinator)
    assert fields(caller.post("/buses", plate="苏A1", operator_id=where.operator.pk)) == {"plate"}
    assert fields(caller.post("/buses", operator_id=where.operator.pk)) == {"plate"}
    assert fields(caller.post("/buses", plate="苏E98765", operator_id=place().operator.pk)) == {"operator_id"}
    assert fields(caller.post("/buses", plate="苏E98765", operator_id=where.operator.pk, colour="red"))
    made = caller.post("/buses", plate="苏e·98765", operator_id=where.operator.pk, bus_type=None)
    assert (made.status_code, made.json()["plate"]) == (201, "苏E98765")
    assert fields(caller.post("/buses", plate="苏E98765", operator_id=where.operator.pk)) == {"plate"}


def test_what_is_out_of_reach_is_not_there_and_what_is_seen_but_not_ones_own_is_forbidden():
    where, elsewhere = place(), place()
    bus = registered(where)
    assert problem(Caller(elsewhere.coordinator).get(f"/buses/{bus.pk}"), 404)
    assert problem(Caller(elsewhere.coordinator).patch(f"/buses/{bus.pk}", make="x"), 404)
    assert problem(Caller(where.principal).patch(f"/buses/{bus.pk}", make="x"), 403)
    assert Caller(where.principal).get(f"/buses/{bus.pk}").status_code == 200


def test_papers_are_recorded_corrected_and_archived():
    where, today = place(), timezone.localdate()
    bus = registered(where)
    caller = Caller(where.coordinator)
    path = f"/buses/{bus.pk}/inspections"
    until = (today + timedelta(days=180)).isoformat()
    made = caller.post(path, inspected_on=today.isoformat(), result="passed", valid_until=until)
    assert made.status_code == 201
    assert made.json() | {"id": 0} == {
        "id": 0, "bus_id": bus.pk, "inspected_on": today.isoformat(), "result": "passed", "valid_until": until,
        "station": None, "has_document": False, "archived_at": None,
    }  # fmt: skip
    one = f"{path}/{made.json()['id']}"
    assert caller.patch(one, station="第二检测站", reason="found").json()["station"] == "第二检测站"
    assert fields(caller.patch(one, valid_until="2001-01-01")) == {"valid_until"}
    assert caller.post(f"{one}/archive", reason="twice").status_code == 200
    assert caller.get(path).json()["items"] == []
    assert problem(caller.get(f"/buses/{registered(where).pk}/inspections/{made.json()['id']}"), 404)


def test_a_defect_that_blocks_is_released_by_another_person():
    where = place()
    bus, second = registered(where), person(Role.COORDINATOR, where.operator)
    caller = Caller(where.coordinator)
    made = caller.post(
        f"/buses/{bus.pk}/defects", description="brakes", severity="critical", blocks_dispatch=True
    )
    path = f"/buses/{bus.pk}/defects/{made.json()['id']}"
    assert made.status_code == 201
    assert problem(caller.post(f"{path}/release", reason="mended"), 409)
    assert Caller(second).post(f"{path}/release", reason="mended").json()["released_by_id"] == second.pk
    assert caller.get(f"/buses/{bus.pk}/defects", is_open=True).json()["count"] == 0


def test_a_long_list_takes_few_queries(django_assert_max_num_queries):
    where = place()
    for _ in range(30):
        registered(where)
    caller = Caller(where.coordinator)
    with django_assert_max_num_queries(12):
        assert caller.get("/buses").json()["count"] == 30
