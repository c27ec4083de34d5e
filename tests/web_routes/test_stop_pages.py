"""Pages of stops: the map, moving on it, the phone page of the inspector, approval, and who sees what."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from fleet.organisations.models import Kind, Role
from fleet.routes.models import MarkingKind, Stop, StopMarking
from fleet.routes.stop_states import StopState
from tests.fleet.builders import organisation, person
from tests.registry.conftest import signed_in
from tests.vehicles.builders import Place

pytestmark = pytest.mark.django_db
MAP = "/registry/stops/map/"
GIF = b"GIF89a"
JPEG = b"\xff\xd8\xff\xe0"


def stop(where: Place, name: str = "桥头", lon: float = 120.0, **details) -> Stop:
    given = {"organisation": where.district, "school": where.school} | details
    return Stop.objects.create(name=name, place=Point(lon, 30, srid=4326), **given)


def mark(of: Stop, *conditions: str) -> None:
    for kind, condition in zip(MarkingKind, conditions, strict=False):
        StopMarking.objects.create(stop=of, kind=kind, condition=condition, inspected_at=timezone.now())


def on_map(response) -> dict[str, str]:
    return {one["name"]: one["state"] for one in response.context["page_config"]["stops"]}


def test_the_map_says_of_each_stop_what_is_the_matter_most(client, where):
    today = timezone.localdate()
    approved: dict[str, Any] = {"approved_on": today - timedelta(days=9)}
    mark(stop(where, "good", **approved), "good", "good", "good")
    mark(stop(where, "worn", **approved), "good", "worn", "good")
    mark(stop(where, "missing", **approved), "worn", "hidden", "")
    mark(stop(where, "unknown", **approved), "good", "worn")
    mark(stop(where, "unapproved"), "missing")
    mark(stop(where, "lapsed", approved_until=today - timedelta(days=1), **approved), "missing")
    assert on_map(client.get(MAP)) == {state.value: state.value for state in StopState}
    assert on_map(client.get(MAP, {"stop_state": "worn"})) == {"worn": "worn"}


def test_an_approval_that_ends_today_still_holds(client, where):
    today = timezone.localdate()
    mark(stop(where, "good", approved_on=today, approved_until=today), "good", "good", "good")
    assert on_map(client.get(MAP)) == {"good": "good"}


@pytest.mark.parametrize("count", [1, 40])
def test_the_map_and_the_list_take_few_queries(client, where, count, django_assert_max_num_queries):
    for number in range(count):
        stop(where, f"stop {number}")
    client.get(MAP)
    with django_assert_max_num_queries(20):
        client.get(MAP)
    with django_assert_max_num_queries(20):
        client.get("/registry/stops/")


def test_stops_out_of_reach_are_neither_listed_nor_opened(client, where):
    foreign = Stop.objects.create(name="far", place=Point(121, 30), organisation=organisation())
    assert "far" not in on_map(client.get(MAP))
    for page in ("stop_detail", "stop_edit", "stop_inspect", "stop_approve"):
        assert client.get(reverse(page, args=[foreign.pk])).status_code == 404
    moved = client.post(reverse("stop_move", args=[foreign.pk]), {"lon": 120, "lat": 30})
    assert moved.status_code == 404


def test_a_stop_is_added_by_its_coordinates_and_moved_on_the_map(client, where):
    details = {"name": "新站", "lon": "120.5", "lat": "30.25", "organisation": where.district.pk}
    assert client.post("/registry/stops/new/", details).status_code == 302
    made = Stop.objects.get()
    assert made.place.coords == (120.5, 30.25)
    answer = client.post(reverse("stop_move", args=[made.pk]), {"lon": 120.501, "lat": 30.25}).json()
    made.refresh_from_db()
    assert (answer["lon"], made.place.x, answer["near"]) == (120.501, 120.501, "")
    assert made.history.first().history_user == where.coordinator


def test_a_stop_that_is_dragged_next_to_another_is_told_so(client, where):
    other, dragged = stop(where), stop(where)
    place = {"lon": other.place.x + 0.0001, "lat": other.place.y}
    answer = client.post(reverse("stop_move", args=[dragged.pk]), place).json()
    assert str(other) in answer["near"]


def test_the_form_names_the_coordinate_that_cannot_be(client, where):
    details = {"name": "新站", "lon": "220", "lat": "", "organisation": where.district.pk}
    page = client.post("/registry/stops/new/", details)
    assert set(page.context["form"].errors) == {"lon", "lat"}
    assert not Stop.objects.exists()
    refused = client.post(reverse("stop_move", args=[stop(where).pk]), {"lon": "x", "lat": 30})
    assert (refused.status_code, refused.json()["field"]) == (400, "lon")


def test_what_is_not_changed_in_the_form_is_not_moved(client, where):
    made = stop(where, lon=120.123456789)
    page = client.get(reverse("stop_edit", args=[made.pk]))
    values = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    client.post(reverse("stop_edit", args=[made.pk]), values | {"name": "新名"})
    made.refresh_from_db()
    assert (made.name, made.place.x) == ("新名", 120.123456789)


def test_an_inspector_finds_the_stops_around_and_records_what_is_there(where):
    near, far = stop(where, "near", 120.001), stop(where, "far", 120.5)
    client = signed_in(person(Role.INSPECTOR, organisation(Kind.SUPERVISOR, where.district)))
    here = {"lon": "120.0", "lat": "30.0", "accuracy_m": "8"}
    page = client.get("/registry/stops/here/", here)
    assert [one for _metres, one, _badge in page.context["near"]] == [near]
    photograph = SimpleUploadedFile("stop.jpg", JPEG, "image/jpeg")
    found = {"advance_sign": "good", "stop_sign": "missing", "photograph": photograph}
    assert client.post(reverse("stop_inspect", args=[near.pk]), here | found).status_code == 302
    inspection = near.inspections.get()
    assert inspection.conditions == {"advance_sign": "good", "stop_sign": "missing"}
    assert inspection.from_stop_m == pytest.approx(96, abs=0.5)
    assert inspection.accuracy_m == 8
    opened = client.get(reverse("stop_photograph", args=[near.pk, inspection.pk]))
    assert opened.getvalue() == JPEG
    assert client.get(reverse("stop_photograph", args=[far.pk, inspection.pk])).status_code == 404


def test_without_a_place_an_inspection_is_kept_and_without_a_tap_it_is_not(client, where):
    made = stop(where)
    refused = client.post(reverse("stop_inspect", args=[made.pk]), {"note": "nothing tapped"})
    assert refused.status_code == 200
    assert refused.context["form"].non_field_errors()
    picture = SimpleUploadedFile("stop.gif", GIF, "image/gif")
    refused = client.post(
        reverse("stop_inspect", args=[made.pk]), {"stop_sign": "good", "photograph": picture}
    )
    assert set(refused.context["form"].errors) == {"photograph"}
    assert not made.inspections.exists()
    client.post(reverse("stop_inspect", args=[made.pk]), {"stop_sign": "good"})
    assert made.inspections.get().from_stop_m is None


def test_only_an_authority_approves(client, where):
    made = stop(where)
    page = reverse("stop_approve", args=[made.pk])
    given = {"number": "站批7", "approved_on": "2026-01-01", "approved_until": "2025-01-01"}
    assert client.post(page, given).status_code == 403
    officer = signed_in(person(Role.POLICE_OFFICER, organisation(Kind.POLICE, where.district)))
    assert set(officer.post(page, given).context["form"].errors) == {"approved_until"}
    assert officer.post(page, given | {"approved_until": ""}).status_code == 302
    made.refresh_from_db()
    assert made.approval_number == "站批7"


def test_the_page_points_out_a_stop_nearby_but_not_the_one_over_the_road(client, where):
    made = stop(where, approach_deg=90)
    same = stop(where, "same", 120.0002)
    over = stop(where, "over", 120.0002, approach_deg=270)
    page = client.get(reverse("stop_detail", args=[made.pk]))
    assert [one for _metres, one in page.context["duplicates"]] == [same]
    assert over.pk


def test_markings_and_hazards_are_recorded_on_the_page_of_the_stop(client, where):
    made = stop(where)
    page = reverse("stop_paper_new", args=[made.pk, "markings"])
    assert client.post(page, {"kind": "stop_sign", "owner": "公路站"}).status_code == 302
    assert made.markings.get().owner == "公路站"
    client.post(reverse("stop_paper_new", args=[made.pk, "hazards"]), {"kind": "water"})
    assert made.hazards.get().kind == "water"
