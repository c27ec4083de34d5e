"""Stops come from files of other programs, with errors by feature and field, all or none, and go there again."""

import io
import json
import zipfile

import pytest
from django.contrib.gis.geos import Point
from django.utils import translation

from fleet.records import RecordError
from fleet.routes.geodata import FoundPlace, UnreadableGeodataError, read_places
from fleet.routes.geodata_writing import CONTENT_TYPES, stops_file
from fleet.routes.models import Stop
from fleet.routes.stop_import import ImportRefusedError, candidates, import_stops, undo_import
from telematics.china import Datum, wgs84_to_bd09, wgs84_to_gcj02
from tests.vehicles.builders import Place, place

VRT = b"<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def where() -> Place:
    return place()


def feature(name: object, *coordinates: float, kind: str = "Point") -> dict[str, object]:
    shape = coordinates if kind == "Point" else [coordinates, coordinates]
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": shape},
        "properties": {"name": name},
    }


def geojson(*features: dict[str, object]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.mark.parametrize("kind", CONTENT_TYPES)
def test_what_is_written_is_read_back(kind):
    stops = [Stop(name=f"站{n}", name_en=f"Stop {n}", place=Point(120 + n, 30.5, srid=4326)) for n in (1, 2)]
    places, problems = read_places(f"stops.{kind}", stops_file(kind, stops), Datum.WGS84)
    assert not problems
    assert [(one.name, round(one.lon, 6), one.lat) for one in places] == [
        ("站1", 121, 30.5),
        ("站2", 122, 30.5),
    ]


@pytest.mark.parametrize(
    ("datum", "shifted"), [(Datum.GCJ02, wgs84_to_gcj02(120, 30)), (Datum.BD09, wgs84_to_bd09(120, 30))]
)
def test_shifted_coordinates_are_put_right(datum, shifted):
    [found], _problems = read_places("a.geojson", geojson(feature("a", *shifted)), datum)
    assert (round(found.lon, 5), round(found.lat, 5)) == (120, 30)


def test_errors_name_the_feature_and_the_field_and_the_rest_is_read():
    content = geojson(
        feature("good", 120, 30),
        feature("", 120, 30),
        feature("x", 500, 30),
        feature("x", 1, 2, kind="LineString"),
    )
    places, problems = read_places("a.geojson", content, Datum.WGS84)
    assert [one.name for one in places] == ["good"]
    assert [(one.feature, one.field) for one in problems] == [(2, "name"), (3, "geometry"), (4, "geometry")]


def zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.geojson", b""),
        ("a.geojson", b"[1]"),
        ("a.geojson", VRT),
        ("a.kml", VRT),
        ("a.gpx", b"<gpx"),
        ("a.geojson", geojson()),
        ("a.vrt", VRT),
        ("a.zip", b"no archive"),
        ("a.zip", zipped(a_shp=b"", b_vrt=VRT)),
        ("a.zip", zipped(a_shp=b"broken")),
        ("a.geojson", b" " * (10 * 1024 * 1024 + 1)),
    ],
)
def test_what_is_none_of_these_files_is_refused(name, content):
    with pytest.raises(UnreadableGeodataError):
        read_places(name, content, Datum.WGS84)


def found(number: int, name: str = "站", lon: float = 120.0) -> FoundPlace:
    return FoundPlace(number, name, "", lon + number * 0.01, 30.0)


@pytest.mark.django_db
def test_an_import_is_kept_with_its_file_and_undone_as_a_whole(where):
    places = [found(1, "一"), found(2, "二")]
    key = import_stops(places=places, organisation=where.district, file_name="村.kml", by=where.coordinator)
    assert "村.kml" in Stop.objects.get(name="一").history.get().history_change_reason
    assert [one.near.name for one in candidates([found(1, "again"), found(9)]) if one.near] == ["一"]
    with pytest.raises(RecordError):
        undo_import(key=key, by=where.principal)
    assert undo_import(key=key, by=where.coordinator) == 2
    assert not Stop.objects.current().exists()


@pytest.mark.django_db
def test_one_bad_place_leaves_nothing_behind_and_is_named(where):
    places = [found(1), found(2, "长" * 121), found(3)]
    with pytest.raises(ImportRefusedError) as refused:
        import_stops(places=places, organisation=where.district, file_name="a.kml", by=where.coordinator)
    assert [(one.feature, one.field) for one in refused.value.problems] == [(2, "name")]
    assert not Stop.objects.exists()
