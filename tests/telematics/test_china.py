"""GCJ-02 and BD-09 agree with published points, and come back to where they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telematics.china import Datum, bd09_to_wgs84, gcj02_to_wgs84, to_wgs84, wgs84_to_bd09, wgs84_to_gcj02
from telematics.geometry import distance_m

IN_CHINA = {"lon": st.floats(75, 134), "lat": st.floats(18, 53)}


def apart_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    return distance_m(one[1], one[0], other[1], other[0])


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),  # Shanghai
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),  # Shenzhen
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),  # Beijing
    ],
)
def test_the_points_by_which_eviltransform_is_tested(wgs84, gcj02):
    assert apart_m(wgs84_to_gcj02(*wgs84), gcj02) < 2
    assert apart_m(gcj02_to_wgs84(*gcj02), wgs84) < 2


def test_the_example_of_bd09_that_libraries_share():
    assert apart_m(bd09_to_wgs84(116.41662724378733, 39.922699552216216), (116.404, 39.915)) < 2


@given(**IN_CHINA)
def test_each_comes_back_to_where_it_was(lon, lat):
    assert apart_m(gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat)), (lon, lat)) < 0.01
    assert apart_m(bd09_to_wgs84(*wgs84_to_bd09(lon, lat)), (lon, lat)) < 1


@given(**IN_CHINA)
def test_the_shift_is_of_some_hundred_metres(lon, lat):
    assert 10 < apart_m(wgs84_to_gcj02(lon, lat), (lon, lat)) < 1200


def test_outside_of_china_nothing_is_shifted():
    paris = (2.35, 48.86)
    assert wgs84_to_gcj02(*paris) == paris
    assert to_wgs84(Datum.GCJ02)(*paris) == paris
    assert to_wgs84(Datum.WGS84)(121.47, 31.23) == (121.47, 31.23)
