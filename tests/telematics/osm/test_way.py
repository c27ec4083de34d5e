"""What the tags of a way say of a road."""

import pytest

from telematics.osm.maxspeed import Kind, Posted
from telematics.osm.way import Unusable, read_way

FIFTY, SEVENTY = Posted(Kind.NUMBER, 50), Posted(Kind.NUMBER, 70)


def way(highway="primary", **tags):
    found = read_way({"highway": highway} | {key.replace("__", ":"): value for key, value in tags.items()})
    assert found is not None
    return found


@pytest.mark.parametrize("highway", ["footway", "cycleway", "steps", "proposed", "construction", "track", ""])
def test_buses_drive_on_no_footpaths(highway):
    assert read_way({"highway": highway}) is None


def test_what_is_no_highway_or_an_area_is_no_road():
    assert read_way({"railway": "rail", "maxspeed": "120"}) is None
    assert read_way({"highway": "service", "area": "yes"}) is None


@pytest.mark.parametrize(
    ("highway", "road_class"),
    [
        ("motorway", "expressway"), ("motorway_link", "expressway"), ("trunk", "arterial"), ("primary", "arterial"),
        ("secondary", "collector"), ("tertiary_link", "collector"), ("residential", "local"), ("service", "local"),
    ],
)  # fmt: skip
def test_classes(highway, road_class):
    assert way(highway).road_class == road_class


def test_a_motorroad_is_an_expressway():
    assert way("trunk", motorroad="yes").road_class == "expressway"


def test_a_limit_holds_both_ways_unless_they_differ():
    both = way(maxspeed="50")
    assert (both.forward, both.backward) == (FIFTY, FIFTY)
    split = way(maxspeed="50", maxspeed__backward="70")
    assert (split.forward, split.backward) == (FIFTY, SEVENTY)
    one = way(maxspeed__forward="70")
    assert (one.forward, one.backward, one.is_posted) == (SEVENTY, None, True)


def test_of_lanes_that_differ_the_highest_counts():
    assert way(maxspeed__lanes="70|50|50").forward == SEVENTY
    assert way(maxspeed__lanes="none|70").forward == Posted(Kind.NONE)
    assert way(maxspeed="50", maxspeed__lanes="50|50").forward == FIFTY
    assert way(maxspeed__lanes__backward="70|50").backward == SEVENTY
    assert way(maxspeed__lanes="|50").forward == FIFTY


def test_limits_with_a_condition_are_left_out_and_counted():
    read = way(
        maxspeed="50", maxspeed__conditional="30 @ (wet)", maxspeed__forward__conditional="20 @ (snow)"
    )
    assert (read.forward, read.conditionals, read.unusable) == (FIFTY, 2, ())
    assert not way(maxspeed__conditional="30 @ (wet)").is_posted


def test_values_that_are_not_understood_are_told():
    read = way(maxspeed="fast", maxspeed__lanes="50|quick", maxspeed__backward="50;70")
    assert not read.is_posted
    assert read.unusable == (
        Unusable("maxspeed", "fast"), Unusable("maxspeed:lanes", "50|quick"), Unusable("maxspeed:backward", "50;70"),
    )  # fmt: skip


def test_limits_of_other_things_are_none_of_the_bus():
    assert not way(maxspeed__hgv="60", maxspeed__advisory="40", maxspeed__type="sign").is_posted


def test_a_zone_beside_the_limit_implies_one_where_none_is_posted():
    assert way(maxspeed__type="NO:urban").forward == Posted(Kind.ZONE, 50, True)
    assert way(maxspeed="70", source__maxspeed="NO:urban").forward == SEVENTY
    assert (way(zone__traffic="CN:urban").forward, way(zone__traffic="CN:urban").urban) == (None, True)


def test_variable_limits_are_known_to_vary():
    assert way(maxspeed__variable="yes").forward == Posted(Kind.VARIABLE)
    assert way(maxspeed__variable="no").forward is None
    assert way(maxspeed="50", maxspeed__variable="yes").forward == FIFTY


@pytest.mark.parametrize(
    ("tags", "oneway"),
    [
        ({"oneway": "yes"}, 1), ({"oneway": "-1"}, -1), ({"oneway": "no"}, 0), ({}, 0), ({"oneway": "reversible"}, 0),
        ({"junction": "roundabout"}, 1), ({"highway": "motorway"}, 1), ({"highway": "motorway", "oneway": "no"}, 0),
    ],
)  # fmt: skip
def test_one_way(tags, oneway):
    assert way(**{"highway": "primary"} | tags).oneway == oneway


@pytest.mark.parametrize(
    ("tags", "lanes"),
    [
        ({"lanes": "2"}, 2), ({"lanes": "1.5"}, 1), ({"lanes": "many"}, None), ({}, None), ({"lanes": "0"}, None),
        ({"lanes__forward": "2", "lanes__backward": "1"}, 3), ({"lanes__forward": "2"}, None),
    ],
)  # fmt: skip
def test_lanes(tags, lanes):
    assert way(**tags).lanes == lanes


def test_built_up_areas_are_known_by_zone_or_by_kind():
    assert way("residential").urban is True
    assert way("primary").urban is None
    assert way("residential", maxspeed="DE:rural").urban is False


def test_bridges_tunnels_names_and_lines():
    read = way(
        name="延安高架路", name__en="Yan'an Elevated Road", bridge="viaduct", tunnel="no", lane_markings="no"
    )
    assert (read.name, read.name_en, read.bridge, read.tunnel) == (
        "延安高架路",
        "Yan'an Elevated Road",
        True,
        False,
    )
    assert read.centre_line is False
    assert way(tunnel="yes").tunnel
