"""Stops from a file: seen first, kept as seen, undone; and out again, logged."""

import json

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile

from fleet.audit.models import AccessRecord, Action
from fleet.organisations.models import Role
from fleet.routes.models import Stop
from tests.fleet.builders import organisation, person
from tests.registry.conftest import signed_in
from tests.vehicles.builders import Place

pytestmark = pytest.mark.django_db
PAGE = "/registry/stops/geo/"


def looked_at(client, where: Place, *names: str):
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [120, 30]},
            "properties": {"name": name},
        }
        for name in names
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    file = SimpleUploadedFile("村.geojson", content)
    return client.post(PAGE, {"file": file, "datum": "wgs84", "organisation": where.district.pk})


def test_a_file_is_seen_first_then_kept_and_undone(client, where):
    page = looked_at(client, where, "一", "二")
    assert not Stop.objects.exists()
    kept = client.post(f"{PAGE}keep/", {"checked": page.context["signed"]})
    assert Stop.objects.current().count() == 2
    client.post(f"{PAGE}undo/{kept.context['key']}/")
    assert not Stop.objects.current().exists()


def test_a_file_with_an_error_cannot_be_kept(client, where):
    page = looked_at(client, where, "一", "")
    assert [one.feature for one in page.context["problems"]] == [2]
    assert not page.context["signed"]
    client.post(f"{PAGE}keep/", {"checked": "made up"})
    assert not Stop.objects.exists()


def test_what_was_signed_for_one_is_not_kept_by_who_may_not(client, where):
    signed = looked_at(client, where, "一").context["signed"]
    stranger = signed_in(person(Role.COORDINATOR, organisation()))
    assert stranger.post(f"{PAGE}keep/", {"checked": signed}).status_code == 403
    assert signed_in(where.principal).get(PAGE).status_code == 403
    assert not Stop.objects.exists()


@pytest.mark.parametrize("kind", ["geojson", "gpx", "kml"])
def test_an_export_has_the_stops_in_reach_and_is_logged(client, where, kind):
    for owner, name in ((where.district, "ours"), (organisation(), "theirs")):
        Stop.objects.create(name=name, place=Point(120, 30, srid=4326), organisation=owner)
    content = b"".join(client.get(f"{PAGE}stops.{kind}").streaming_content).decode()
    assert "ours" in content
    assert "theirs" not in content
    assert AccessRecord.objects.filter(action=Action.EXPORT, person=where.coordinator).exists()
    assert client.get(f"{PAGE}stops.exe").status_code == 404
