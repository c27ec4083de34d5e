"""The line of a way from a file: seen on the map first, kept with the way, undone; and lines as files, logged."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from fleet.audit.models import AccessRecord, Action
from fleet.organisations.models import Kind
from fleet.routes.models import RoutePattern
from tests.fleet.builders import organisation
from tests.routes.builders import route as straight_route
from web.routes.way_forms import rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
TOMORROW = timezone.localdate() + timedelta(days=1)
BOWED = [[120.0, 30.0], [120.005, 30.0004], [120.01, 30.0]]


@pytest.fixture
def pattern(where) -> RoutePattern:
    return straight_route(where.school).patterns.get()


def file_of(*lines: list[list[float]]) -> SimpleUploadedFile:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": line},
            "properties": {"name": "支线"},
        }
        for line in lines
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    return SimpleUploadedFile("线路.geojson", content)


def sent(pattern: RoutePattern, **more: object) -> dict[str, object]:
    """What the page of a way sends."""
    rows = {
        f"stops-{number}-{name}": value
        for number, row in enumerate(rows_of(pattern))
        for name, value in row.items()
    }
    return {
        "weekdays": ["0"],
        "valid_from": TOMORROW.isoformat(),
        "direction": "to_school",
        "line": "120, 30\n120.01, 30",
        "stops-TOTAL_FORMS": len(rows) // 4,
        "stops-INITIAL_FORMS": len(rows) // 4,
        "geo-datum": "wgs84",
        **rows,
        **more,
    }


def test_the_line_is_shown_then_kept_then_undone(client, pattern):
    page, versions = reverse("route_way_redraw", args=[pattern.pk]), pattern.history.count()
    shown = client.post(page, sent(pattern, **{"load": "1", "geo-file": file_of(BOWED)}))
    line = shown.context["form"]["line"].value()
    assert line.count("\n") == 2
    assert shown.context["form"]["weekdays"].value() == [0]
    assert pattern.history.count() == versions
    kept = client.post(page, sent(pattern, line=line, from_file=shown.context["from_file"]))
    changed = pattern.route.patterns.get()
    assert len(changed.line.coords) == 3
    client.post(reverse("route_way_undo"), {"before": kept.context["before"]})
    undone = pattern.route.patterns.get()
    assert undone.line.coords == pattern.line.coords
    assert [one.offset_s for one in undone.pattern_stops.all()] == [
        one.offset_s for one in pattern.pattern_stops.all()
    ]
    again = client.post(reverse("route_way_undo"), {"before": kept.context["before"]}, follow=True)
    assert "changed since" in again.content.decode()


def test_a_new_way_from_a_file_is_taken_back_whole(client, pattern):
    page = reverse("route_way_new", args=[pattern.route_id])
    values = sent(pattern, direction="to_home", from_file="a.gpx", weekdays=["5"])
    kept = client.post(page, values)
    assert pattern.route.patterns.filter(archived_at=None).count() == 2
    client.post(reverse("route_way_undo"), {"before": kept.context["before"]})
    assert pattern.route.patterns.filter(archived_at=None).get() == pattern


def test_another_line_of_the_file_can_be_taken(client, pattern):
    page = reverse("route_way_redraw", args=[pattern.pk])
    shown = client.post(page, sent(pattern, **{"load": "1", "geo-file": file_of(BOWED, BOWED[:2])}))
    assert len(shown.context["file"].loaded.lines) == 2
    taken = client.post(page, sent(pattern, take="1", lines=shown.context["file"].signed))
    assert taken.context["form"]["line"].value().count("\n") == 1
    forged = client.post(page, sent(pattern, take="1", lines="made up"))
    assert forged.status_code == 200


def test_errors_of_a_file_are_told_by_line_and_field_and_the_drawn_line_stays(client, pattern):
    page = reverse("route_way_redraw", args=[pattern.pk])
    shown = client.post(page, sent(pattern, **{"load": "1", "geo-file": file_of(BOWED, [[500, 30], [1, 1]])}))
    assert [(one.feature, one.field) for one in shown.context["file"].problems] == [(2, "geometry")]
    assert shown.context["form"]["line"].value() == "120, 30\n120.01, 30"
    unreadable = client.post(
        page, sent(pattern, **{"load": "1", "geo-file": SimpleUploadedFile("a.gpx", b"no")})
    )
    assert unreadable.context["file"].form.errors["file"]
    assert client.post(page, sent(pattern, load="1")).context["file"].form.errors["file"]


@pytest.mark.parametrize("kind", ["geojson", "gpx", "kml", "zip"])
def test_an_export_has_the_lines_in_reach_and_is_logged(client, where, pattern, kind):
    straight_route(organisation(Kind.SCHOOL, organisation()), "theirs")
    content = b"".join(client.get(reverse("routes_geo_export", args=[kind])).streaming_content)
    if kind != "zip":
        assert "一号线" in content.decode()
        assert "theirs" not in content.decode()
    assert AccessRecord.objects.filter(action=Action.EXPORT, person=where.coordinator).exists()
    assert client.get(reverse("routes_geo_export", args=["exe"])).status_code == 404
