"""Lines of routes come from files of other programs, with errors by feature and field, and go there again."""

import json
from datetime import date

import pytest
from django.contrib.gis.geos import LineString
from django.utils import translation

from fleet.routes.geodata import UnreadableGeodataError
from fleet.routes.geodata_lines import read_lines
from fleet.routes.geodata_writing import CONTENT_TYPES, lines_file
from fleet.routes.models import Direction, Route, RoutePattern
from telematics.china import Datum, wgs84_to_bd09, wgs84_to_gcj02

LOOP = [(120.0, 30.0), (120.01, 30.0), (120.01, 30.01), (120.0, 30.01), (120.0, 30.0), (119.99, 30.0)]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def geojson(*geometries: tuple[str, object]) -> bytes:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": kind, "coordinates": coordinates},
            "properties": {"name": f"line {number}"},
        }
        for number, (kind, coordinates) in enumerate(geometries, start=1)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.mark.parametrize("kind", CONTENT_TYPES)
def test_lines_that_are_written_are_read_back_loops_and_all(kind):
    route = Route(name="一号线")
    patterns = [
        RoutePattern(
            route=route,
            direction=direction,
            valid_from=date(2026, 9, 1),
            line=LineString(points, srid=4326),
            length_m=5000,
        )
        for direction, points in ((Direction.TO_SCHOOL, LOOP), (Direction.TO_HOME, LOOP[::-1]))
    ]
    lines, problems = read_lines(f"lines.{kind}", lines_file(kind, patterns), Datum.WGS84)
    assert not problems
    assert [one.name for one in lines] == [str(one) for one in patterns]
    for line, points in zip(lines, (LOOP, LOOP[::-1]), strict=True):
        assert [(round(lon, 6), round(lat, 6)) for lon, lat in line.points] == points


@pytest.mark.parametrize(
    ("datum", "shift"),
    [(Datum.WGS84, lambda lon, lat: (lon, lat)), (Datum.GCJ02, wgs84_to_gcj02), (Datum.BD09, wgs84_to_bd09)],
)
def test_coordinates_of_each_datum_are_put_right(datum, shift):
    content = geojson(("LineString", [shift(*point) for point in LOOP]))
    [line], _problems = read_lines("a.geojson", content, datum)
    assert [(round(lon, 5), round(lat, 5)) for lon, lat in line.points] == LOOP


def test_pieces_that_meet_are_one_line_and_stops_beside_it_are_passed_over():
    content = geojson(("Point", LOOP[0]), ("MultiLineString", [LOOP[:3], LOOP[2:]]))
    [line], problems = read_lines("a.geojson", content, Datum.WGS84)
    assert (line.feature, line.name, problems) == (2, "line 2", [])
    assert len(line.points) == len(LOOP)


def test_points_that_say_nothing_more_are_left_out():
    straight = [(120 + number * 0.0001, 30.0) for number in range(500)]
    [line], _problems = read_lines("a.geojson", geojson(("LineString", straight)), Datum.WGS84)
    assert len(line.points) == 2


def test_errors_name_the_feature_and_the_field():
    content = geojson(
        ("LineString", LOOP),
        ("Polygon", [[*LOOP[:3], LOOP[0]]]),
        ("LineString", [[500, 30], [120, 30]]),
        ("LineString", [LOOP[0], LOOP[0]]),
        ("MultiLineString", [LOOP[:2], [(121, 31), (122, 31)]]),
    )
    lines, problems = read_lines("a.geojson", content, Datum.WGS84)
    assert [one.feature for one in lines] == [1]
    assert [(one.feature, one.field) for one in problems] == [(number, "geometry") for number in (2, 3, 4, 5)]
    assert "km" in problems[-1].message or "m apart" in problems[-1].message


@pytest.mark.parametrize(
    "content", [geojson(("Point", LOOP[0])), b'{"type":"FeatureCollection","features":[]}', b"no"]
)
def test_a_file_without_a_line_is_refused(content):
    with pytest.raises(UnreadableGeodataError):
        read_lines("a.geojson", content, Datum.WGS84)
