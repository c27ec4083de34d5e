"""The demo's district: routes follow roads, stops lie at the kerb, identities are well formed."""

import itertools
import re

import pytest

from telematics.geometry import angle_between_deg, bearing_deg, distance_m
from telematics.simulator.district import demo_district, imei
from telematics.simulator.model import District, RoutePattern
from telematics.simulator.plane import nearest_on, to_xy
from telematics.simulator.ruler import Ruler


@pytest.fixture(scope="module")
def district() -> District:
    return demo_district()


def patterns(district: District) -> list[RoutePattern]:
    return [pattern for route in district.routes for pattern in (route.morning, route.afternoon)]


def test_district_is_the_same_every_time() -> None:
    assert demo_district.__wrapped__(1) == demo_district.__wrapped__(1)


@pytest.mark.parametrize("seed", [2, 3])
def test_other_seeds_give_a_whole_district_too(seed: int) -> None:
    assert len(demo_district(seed).routes) == 40


def test_every_bus_has_its_own_legal_plate_and_identity(district: District) -> None:
    assert len(district.buses) == 40
    assert len({bus.plate for bus in district.buses}) == 40
    assert len({bus.device_id for bus in district.buses}) == 40
    assert all(re.fullmatch(r"苏E[A-HJ-NP-Z]\d{4}", bus.plate) for bus in district.buses)


def test_peculiar_buses_are_few(district: District) -> None:
    behaviours = [bus.behaviour for bus in district.buses]
    assert behaviours.count("speeding") == 2
    assert [behaviours.count(kind) for kind in ("silent", "late", "parked", "void")] == [1, 1, 1, 1]
    assert behaviours.count("normal") == 34


def test_imei_ends_in_its_luhn_check_digit() -> None:
    assert imei(1) == "861234500000016"
    for serial in (0, 7, 999_999):
        digits = [int(digit) for digit in imei(serial)]
        doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]
        assert (sum(digits[0::2]) + sum(doubled)) % 10 == 0


def test_routes_have_six_to_twelve_stops_in_order_along_the_line(district: District) -> None:
    for pattern in patterns(district):
        assert 6 <= len(pattern.stops) <= 12
        assert len(set(pattern.stops)) == len(pattern.stops)
        assert pattern.stop_distances_m[0] == 0
        assert all(b - a > 200 for a, b in itertools.pairwise(pattern.stop_distances_m))
        assert Ruler(pattern.line).length_m == pytest.approx(pattern.length_m, abs=1)


def test_routes_follow_roads(district: District) -> None:
    roads = [[to_xy(place) for place in segment.line] for segment in district.network.segments]
    for route in district.routes[::4]:
        for place in route.morning.line:
            assert min(nearest_on(road, to_xy(place), 50)[0] for road in roads) < 0.5


def test_stops_lie_at_the_right_hand_kerb_and_head_along_the_line(district: District) -> None:
    for pattern in patterns(district):
        ruler = Ruler(pattern.line)
        for number, along_m in zip(pattern.stops, pattern.stop_distances_m, strict=True):
            stop = district.stops[number]
            middle = ruler.place(along_m)
            heading = ruler.at(along_m)[1]
            assert 4 < distance_m(*middle, stop.lat, stop.lon) < 6
            assert angle_between_deg(stop.heading_deg, heading) < 25
            assert angle_between_deg(bearing_deg(*middle, stop.lat, stop.lon), heading + 90) < 25


def test_morning_ends_and_afternoon_begins_at_the_school(district: District) -> None:
    for route in district.routes:
        school = district.schools[route.school]
        for number in (route.morning.stops[-1], route.afternoon.stops[0]):
            stop = district.stops[number]
            assert stop.name_zh == school.name_zh
            assert distance_m(stop.lat, stop.lon, school.lat, school.lon) < 60


def test_some_stops_are_shared_by_routes(district: District) -> None:
    used = [number for pattern in patterns(district) for number in pattern.stops]
    assert len(district.stops) == len(set(used)) < len(used) / 2


def test_spans_cover_the_line_from_its_start_in_order(district: District) -> None:
    for pattern in patterns(district):
        starts = [span.start_m for span in pattern.spans]
        assert starts[0] == pytest.approx(0, abs=0.1)
        assert starts == sorted(starts)
        assert starts[-1] < pattern.length_m


def test_afternoon_runs_through_the_same_tunnel(district: District) -> None:
    for route in district.routes:
        assert any(s.tunnel for s in route.morning.spans) == any(s.tunnel for s in route.afternoon.spans)
    assert sum(any(span.tunnel for span in route.morning.spans) for route in district.routes) >= 2
