"""Stops find their place on lines that double back, loop, or pass a stop in both directions."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telematics.geometry import moved
from telematics.stops_on_line import OffLineError, StopOrderError, StopPlace, places_along

HOME = (30.0, 120.0)


def at(east_m: float, north_m: float = 0.0) -> tuple[float, float]:
    return moved(*moved(*HOME, 90, east_m), 0, north_m)


def along(line, *stops: StopPlace) -> list[float]:
    return [round(place.along_m, -1) for place in places_along(line, stops)]


def stop(east_m: float, north_m: float = 0.0, approach: float | None = None) -> StopPlace:
    return StopPlace(*at(east_m, north_m), approach)


OUT_AND_BACK = [at(0), at(1000), at(0)]
LOOP = [at(0), at(500), at(500, 500), at(0, 500), at(0)]


def test_an_out_and_back_serves_a_stop_on_the_way_that_its_order_says():
    assert along(OUT_AND_BACK, stop(300), stop(900), stop(600)) == [300, 900, 1400]


def test_where_a_stop_is_passed_both_ways_its_approach_decides():
    assert along(OUT_AND_BACK, stop(300, approach=270)) == [1700]
    assert along(OUT_AND_BACK, stop(300, approach=90)) == [300]


def test_a_loop_begins_and_ends_at_the_same_stop():
    assert along(LOOP, stop(0), stop(500, 250), stop(0)) == [0, 750, 2000]


def test_a_stop_off_the_line_is_named():
    with pytest.raises(OffLineError) as refused:
        places_along(LOOP, [stop(0), stop(250, 250), stop(0, 300), stop(250, -90)])
    assert refused.value.stops == [1, 3]


def test_a_stop_that_the_line_passes_only_earlier_is_named():
    straight = [at(0), at(1000)]
    with pytest.raises(StopOrderError) as refused:
        places_along(straight, [stop(500), stop(800), stop(300)])
    assert refused.value.stop == 2


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8, unique=True), st.floats(-40, 40))
def test_stops_in_their_order_are_found_where_they_were_put(kilometre_tenths, aside_m):
    line = [at(0), at(4000)]
    wanted = sorted(100 * tenth for tenth in kilometre_tenths)
    found = places_along(line, [stop(east, aside_m) for east in wanted])
    assert all(abs(place.along_m - east) < 5 for place, east in zip(found, wanted, strict=True))
    assert all(one.along_m < other.along_m for one, other in pairwise(found))
