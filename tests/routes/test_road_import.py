"""Importing roads: all or none, again and again, and what is told of it."""

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.gis.geos import LineString
from django.core.management import CommandError, call_command

from fleet.routes.models import Road, RoadImport
from fleet.routes.queries import newest_road_import, road_stretches

pytestmark = pytest.mark.django_db

HEAD = """<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">
<node id="1" lat="31.0" lon="121.0"/><node id="2" lat="31.0" lon="121.01"/><node id="3" lat="31.01" lon="121.01"/>
"""
MAIN_ROAD = {"highway": "primary", "name": "人民路", "name:en": "Renmin Road", "maxspeed": "40", "lanes": "4"}
BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "osm"


def extract(folder, *ways, name="town.osm"):
    """An extract with ways, each its number, nodes and tags."""
    text = HEAD
    for number, nodes, tags in ways:
        inner = "".join(f'<nd ref="{node}"/>' for node in nodes)
        inner += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        text += f'<way id="{number}" version="1">{inner}</way>\n'
    path = folder / name
    path.write_text(text + "</osm>", encoding="utf-8")
    return path


def imported(path, **options):
    out = StringIO()
    call_command("import_roads", str(path), stdout=out, **options)
    return out.getvalue()


def test_a_road_comes_with_its_limit_and_kind(tmp_path):
    tags = MAIN_ROAD | {"maxspeed:backward": "30 mph", "oneway": "no", "bridge": "yes"}
    imported(extract(tmp_path, (7, (1, 2, 3), tags)))
    road = Road.objects.get()
    assert (road.name, road.name_en, road.road_class, road.way_id) == ("人民路", "Renmin Road", "arterial", 7)
    assert (road.forward_kmh, road.posted, road.lanes, road.bridge) == (40, "number", 4, True)
    assert road.backward_kmh == pytest.approx(48.28032)
    assert list(road.line.coords) == [(121.0, 31.0), (121.01, 31.0), (121.01, 31.01)]


def test_rules_look_it_up_by_a_key_that_stays_the_same(tmp_path):
    path = extract(tmp_path, (7, (1, 2), MAIN_ROAD))
    imported(path)
    (before,) = road_stretches()
    imported(path)
    (after,) = road_stretches()
    assert before == after
    assert (after.key, after.forward_kmh, after.line) == (7, 40, [(31.0, 121.0), (31.0, 121.01)])


def test_what_is_imported_again_is_replaced(tmp_path):
    imported(extract(tmp_path, (7, (1, 2), MAIN_ROAD), (8, (2, 3), MAIN_ROAD)))
    imported(extract(tmp_path, (7, (1, 2), MAIN_ROAD | {"maxspeed": "60"})))
    assert list(Road.objects.values_list("way_id", "forward_kmh")) == [(7, 60)]
    assert RoadImport.objects.count() == 2
    assert newest_road_import() == RoadImport.objects.latest("pk").pk


def test_areas_that_overlap_have_each_road_once(tmp_path):
    imported(extract(tmp_path, (7, (1, 2), MAIN_ROAD), (8, (2, 3), MAIN_ROAD)))
    imported(
        extract(tmp_path, (8, (2, 3), MAIN_ROAD), (9, (1, 3), MAIN_ROAD), name="next.osm"), area="next town"
    )
    assert sorted(Road.objects.values_list("way_id", "source")) == [
        (7, "town"),
        (8, "next town"),
        (9, "next town"),
    ]


def test_roads_from_elsewhere_stay(tmp_path):
    Road.objects.create(name="t", road_class="local", line=LineString((121, 31), (121.1, 31), srid=4326))
    imported(extract(tmp_path, (7, (1, 2), MAIN_ROAD)))
    assert Road.objects.count() == 2


def test_what_was_seen_is_told(tmp_path):
    told = imported(
        extract(
            tmp_path,
            (1, (1, 2), MAIN_ROAD),
            (2, (1, 2), MAIN_ROAD | {"maxspeed": "signals", "maxspeed:conditional": "30 @ (wet)"}),
            (3, (1, 2), MAIN_ROAD | {"maxspeed": "fast"}),
            (4, (1, 2), MAIN_ROAD | {"maxspeed": "fast"}),
            (5, (1, 2), {"highway": "footway", "maxspeed": "10"}),
            (6, (1, 99), MAIN_ROAD),
            (7, (1, 2), {"building": "yes"}),
        )
    )
    assert "6 highways, 6 of them with maxspeed; buses drive on 4" in told
    assert "2 with a posted limit (number 1, signals 1)" in told
    assert "1 conditional limits ignored" in told
    assert "2 × maxspeed=fast" in told
    assert "1 roads left out" in told
    assert RoadImport.objects.get().counts["unusable"] == {"maxspeed=fast": 2}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bad.osm", "this is no map", "can be read"),
        ("cut.osm", HEAD + '<way id="1"><nd ref="1"/>', "can be read"),
        ("bad.osm.pbf", "x" * 100, "can be read"),
        ("notes.txt", "x", "can be read"),
        ("empty.osm", '<osm version="0.6"></osm>', "no ways"),
    ],
)
def test_a_bad_file_changes_nothing_and_says_so_once(tmp_path, name, content, said):
    imported(extract(tmp_path, (7, (1, 2), MAIN_ROAD)))
    bad = tmp_path / name
    bad.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=said) as error:
        imported(bad, area="town")
    assert "Nothing was changed" in str(error.value)
    assert Road.objects.get().way_id == 7


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        imported(tmp_path / "nowhere.osm")


@pytest.mark.skipif(not BESIDE.is_dir(), reason="the recordings are not beside the project")
@pytest.mark.parametrize("name", ["shanghai_center.osm", "helsinki.osm.pbf"])
def test_real_extracts_are_read_whole(name):
    told = imported(BESIDE / name)
    assert "0 values that can't be read" in told
    assert Road.objects.filter(forward_kmh__isnull=False).count() > 100
