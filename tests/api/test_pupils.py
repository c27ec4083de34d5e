"""Pupils over the API: least privilege, every look logged, changes by the rules of the pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fleet.audit.models import AccessRecord, Action
from fleet.pupils.models import Pupil, StopAssignment
from fleet.routes.models import RoutePattern
from tests.api.builders import Caller, fields, problem
from tests.pupils.builders import assigned, linked, pupil, school_class, teacher
from tests.routes.builders import route
from tests.vehicles.builders import place

pytestmark = pytest.mark.django_db


def in_days(number: int) -> str:
    return (timezone.localdate() + timedelta(days=number)).isoformat()


@pytest.fixture
def where():
    return place()


@pytest.fixture
def school(where):
    return Caller(where.principal)


@pytest.fixture
def way(where) -> RoutePattern:
    found: RoutePattern = route(where.school, stops=("村口", "桥头", "学校")).patterns.get()
    return found


def looks() -> list[tuple[Action, int]]:
    return [(Action(one.action), one.object_id) for one in AccessRecord.objects.order_by("pk")]


def test_a_list_and_a_look_at_one_are_in_the_access_log(where, school):
    first, second = pupil(where, "李雷"), pupil(where, "韩梅")
    pupil(place(), "外校")
    assert {one["name"] for one in school.get("/pupils").json()["items"]} == {"李雷", "韩梅"}
    assert school.get("/pupils", q="李").json()["count"] == 1
    told = school.get(f"/pupils/{second.pk}").json()
    assert told == {
        "id": second.pk, "school_id": where.school.pk, "school_class_id": None, "number": second.number,
        "name": "韩梅", "archived_at": None,
    }  # fmt: skip
    assert sorted(looks()[:2], key=str) == sorted(
        [(Action.LIST, first.pk), (Action.LIST, second.pk)], key=str
    )
    assert looks()[2:] == [(Action.LIST, first.pk), (Action.VIEW, second.pk)]


def test_a_teacher_sees_the_own_class_and_reports_absences_and_nothing_more(where):
    someone = teacher(where)
    own, other = pupil(where, school_class=school_class(where, someone)), pupil(where)
    caller = Caller(someone)
    assert [one["id"] for one in caller.get("/pupils").json()["items"]] == [own.pk]
    assert problem(caller.get(f"/pupils/{other.pk}"), 404)
    assert problem(caller.patch(f"/pupils/{own.pk}", name="x"), 403)
    assert caller.post(f"/pupils/{own.pk}/absences", first_day=in_days(1)).status_code == 201


def test_a_pupil_is_added_changed_and_archived_with_person_and_reason(where, school):
    own = school_class(where)
    body = {"school_id": where.school.pk, "number": "2026-7", "name": "李雷"}
    made = school.post("/pupils", school_class_id=own.pk, **body)
    assert made.status_code == 201
    path = f"/pupils/{made.json()['id']}"
    assert fields(school.post("/pupils", **body))  # the number is taken
    assert fields(school.patch(path, school_class_id=school_class(place()).pk)) == {"school_class_id"}
    assert school.patch(path, name="李蕾", reason="typing mistake").json()["name"] == "李蕾"
    assert school.post(f"{path}/archive", reason="moved away").json()["archived_at"]
    told = Pupil.history.filter(id=made.json()["id"]).values_list("history_user", "history_change_reason")
    assert list(told[:2]) == [(where.principal.pk, "moved away"), (where.principal.pk, "typing mistake")]


def test_a_stop_by_weekday_gives_way_where_it_is_told_to(where, school, way):
    child = pupil(where)
    first, second = (one.stop_id for one in way.pattern_stops.order_by("order")[:2])
    path = f"/pupils/{child.pk}/stops"
    given = {"pattern_id": way.pk, "valid_from": in_days(0)}
    made = school.post(path, stop_id=first, **given)
    assert (made.status_code, made.json()["iso_weekdays"]) == (201, [1, 2, 3, 4, 5])
    friday = given | {"stop_id": second, "iso_weekdays": [5]}
    assert fields(school.post(path, **friday)) == {"weekdays"}
    assert school.post(path, **friday, replaces=True).json()["iso_weekdays"] == [5]
    assert StopAssignment.objects.current().get(pupil=child, stop=first).weekdays == 0b1111
    ended = school.post(f"{path}/{made.json()['id']}/end", last_day=in_days(6))
    assert ended.json()["valid_until"] == in_days(6)
    assert school.get(path, holding_on=in_days(7)).json()["count"] == 1
    elsewhere = route(place().school).patterns.get()
    assert fields(school.post(path, **given | {"pattern_id": elsewhere.pk, "stop_id": first})) == {
        "pattern_id"
    }


def test_an_absence_is_reported_once_and_taken_back(where, school):
    child = pupil(where)
    path = f"/pupils/{child.pk}/absences"
    made = school.post(path, first_day=in_days(1), direction="to_home", reason="fever")
    assert (made.status_code, made.json()["last_day"], made.json()["direction"]) == (
        201,
        in_days(1),
        "to_home",
    )
    assert fields(school.post(path, first_day=in_days(1))) == {"first_day"}
    assert school.get("/pupils", absent_on=in_days(1)).json()["count"] == 1
    back = school.post(f"{path}/{made.json()['id']}/withdraw")
    assert back.json()["archived_at"]
    assert school.get("/pupils", absent_on=in_days(1)).json()["count"] == 0


def test_whom_a_child_lives_with_is_told_to_who_keeps_the_register_only(where, school, way):
    child = pupil(where)
    link = linked(where, child)
    assigned(where, child, way)
    told = school.get(f"/pupils/{child.pk}/guardians").json()["items"][0]
    assert (told["guardian_id"], sorted(told["consents"])) == (link.guardian_id, ["rides", "whereabouts"])
    coordinator = Caller(where.coordinator)
    assert coordinator.get(f"/pupils/{child.pk}/stops").json()["count"] == 1
    for part in ("guardians", "adults"):
        assert problem(coordinator.get(f"/pupils/{child.pk}/{part}"), 403)
    ended = school.post(f"/pupils/{child.pk}/guardians/{link.pk}/end", reason="asked for it")
    assert ended.json()["archived_at"]


def test_who_may_collect_a_child_is_added_changed_and_removed(where, school):
    path = f"/pupils/{pupil(where).pk}/adults"
    made = school.post(path, name="奶奶", telephone="139")
    one = f"{path}/{made.json()['id']}"
    assert school.patch(one, relation="祖母", reason="told").json()["relation"] == "祖母"
    assert school.post(f"{one}/archive", reason="moved").status_code == 200
    assert school.get(path).json()["items"] == []


def test_a_class_is_given_teachers_of_its_school_only(where, school):
    own, foreign = teacher(where), teacher(place())
    made = school.post("/classes", school_id=where.school.pk, name="一班", teacher_ids=[own.pk])
    assert made.json()["teacher_ids"] == [own.pk]
    path = f"/classes/{made.json()['id']}"
    assert fields(school.patch(path, teacher_ids=[foreign.pk])) == {"teacher_ids"}
    assert school.patch(path, name="二班").json()["teacher_ids"] == [own.pk]
    pupil(where, school_class_id=made.json()["id"])
    assert "Move them first" in problem(school.post(f"{path}/archive", reason="end of year"), 409)["detail"]
