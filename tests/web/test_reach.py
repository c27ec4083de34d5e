"""Who may see which bus: each role in each place of the tree, on every way to a bus."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fleet.grants import GRANTS
from fleet.organisations.models import Kind, Role
from fleet.organisations.queries import reach, root_of_each, with_all_below
from fleet.positions.models import Fix as StoredFix
from fleet.positions.queries import trail
from fleet.vehicles.changes import give_device_to_bus
from fleet.vehicles.permissions import ASSIGN_DEVICE, WATCH_BUS
from fleet.vehicles.queries import buses_for, districts_of_buses, may_assign_devices
from tests.fleet.builders import bus, bus_with_device, device, organisation, person, store
from tests.telematics.builders import at, fix
from web.live.snapshot import bus_ids_in_reach, districts_in_reach, snapshot

pytestmark = pytest.mark.django_db
BUSES = ("north school", "north no school", "south school", "other district")


@pytest.fixture
def town():
    """Two districts; the first with two operators and a school that buses of one of them serve."""
    district, other = organisation(name="district"), organisation(name="other")
    north = organisation(Kind.OPERATOR, district, "north")
    south = organisation(Kind.OPERATOR, district, "south")
    far = organisation(Kind.OPERATOR, other, "far")
    school = organisation(Kind.SCHOOL, district, "school")
    branch = organisation(Kind.SCHOOL, school, "branch")
    places = (north, school), (north, None), (south, branch), (far, None)
    return {
        "organisations": {one.name: one for one in (district, other, north, south, far, school, branch)},
        "buses": {name: bus(*place) for name, place in zip(BUSES, places, strict=True)},
    }


REACH = [
    (Role.ADMINISTRATOR, "district", BUSES[:3]),
    (Role.COORDINATOR, "district", BUSES[:3]),
    (Role.COORDINATOR, "north", BUSES[:2]),
    (Role.COORDINATOR, "far", BUSES[3:]),
    (Role.PRINCIPAL, "school", (BUSES[0], BUSES[2])),
    (Role.PRINCIPAL, "branch", (BUSES[2],)),
    (Role.COORDINATOR, "other", BUSES[3:]),
    (None, None, ()),
]


@pytest.mark.parametrize(("role", "place", "seen"), REACH)
def test_each_role_reaches_its_buses_on_every_way(town, role, place, seen):
    someone = person(role, town["organisations"].get(place))
    expected = {town["buses"][name] for name in seen}
    ids = {one.pk for one in expected}

    assert set(buses_for(someone, WATCH_BUS)) == expected
    assert bus_ids_in_reach(someone) == ids
    assert {one["id"] for one in snapshot(someone, "en")["buses"]} == ids
    assert districts_in_reach(someone) == {districts_of_buses()[pk] for pk in ids}
    browser = signed_in(someone)
    answers = {one.pk: browser.get(f"/live/trail/{one.pk}/").status_code for one in town["buses"].values()}
    assert answers == {one.pk: 200 if one in expected else 404 for one in town["buses"].values()}


@pytest.mark.parametrize(("role", "place", "seen"), REACH)
def test_principals_watch_but_change_nothing(town, role, place, seen):
    someone = person(role, town["organisations"].get(place))
    may = role in GRANTS[ASSIGN_DEVICE].roles
    assert may_assign_devices(someone) is may
    assert set(buses_for(someone, ASSIGN_DEVICE)) == (
        {town["buses"][name] for name in seen} if may else set()
    )
    assert signed_in(someone).get("/devices/").status_code == (200 if may else 404)


def test_two_memberships_add_up(town):
    someone = person(Role.PRINCIPAL, town["organisations"]["school"])
    someone.memberships.create(organisation=town["organisations"]["far"], role=Role.COORDINATOR)
    assert set(buses_for(someone, WATCH_BUS)) == {
        town["buses"][name] for name in (BUSES[0], BUSES[2], BUSES[3])
    }


def test_a_role_counts_only_where_it_is_held(town):
    someone = person(Role.PRINCIPAL, town["organisations"]["district"])
    someone.memberships.create(organisation=town["organisations"]["far"], role=Role.COORDINATOR)
    assert set(buses_for(someone, ASSIGN_DEVICE)) == {town["buses"][BUSES[3]]}


def test_reach_goes_down_the_tree_and_never_up(town):
    names = town["organisations"]
    below = with_all_below([names["school"].pk])
    assert below == {names["school"].pk, names["branch"].pk}
    assert reach(person(Role.PRINCIPAL, names["branch"])) == {names["branch"].pk}
    assert root_of_each()[names["branch"].pk] == names["district"].pk


def signed_in(someone):
    browser = Client()
    browser.force_login(someone)
    return browser


@pytest.fixture
def watched(town):
    return signed_in(person(Role.COORDINATOR, town["organisations"]["district"])), town["buses"][BUSES[0]]


@pytest.mark.parametrize("minutes", ["0", "-5", "121", "ten", "1.5", "", "9" * 5000])
def test_a_bad_number_of_minutes_is_refused_by_name(watched, minutes):
    browser, seen = watched
    answer = browser.get(f"/live/trail/{seen.pk}/", {"minutes": minutes})
    assert (answer.status_code, answer.json()["field"]) == (400, "minutes")
    assert answer.json()["error"]


def ago(seconds, **changes):
    """A report so long before now."""
    return fix(0, time=timezone.now().replace(microsecond=0) - timedelta(seconds=seconds), **changes)


def test_a_trail_is_what_the_bus_reported_in_the_last_minutes(watched):
    browser, seen = watched
    give_device_to_bus(device=device("unit"), bus=seen)
    old, first, void, last = ago(700), ago(120), ago(60, lat=None, lon=None), ago(5, kmh=36)
    store([old, first, void, last], "unit")
    points = browser.get(f"/live/trail/{seen.pk}/", {"minutes": "10"}).json()["points"]
    assert [(point[0], point[1:]) for point in points] == [
        (first.time.timestamp() * 1000, [121, 31, 8.33, 0]),
        (last.time.timestamp() * 1000, [121, 31, 10, 0]),
    ]


def test_a_trail_marks_doubtful_points(watched):
    browser, seen = watched
    give_device_to_bus(device=device("unit"), bus=seen)
    store([ago(30), ago(20, lat=32.0), ago(10)], "unit")
    points = browser.get(f"/live/trail/{seen.pk}/").json()["points"]
    assert [point[4] for point in points] == [0, 1, 0]


def test_a_trail_follows_the_bus_through_two_devices_and_takes_no_point_twice():
    seen, _ = bus_with_device(identifier="first")
    _, second = bus_with_device(identifier="second")
    give_device_to_bus(device=second, bus=seen, at=at(10))
    store([fix(seconds) for seconds in (0, 5, 10, 15)], "first")
    store([fix(seconds, metres=500) for seconds in (5, 10, 15)], "second")
    points = trail(seen.pk, at(60), timedelta(minutes=5))
    by_second = {point[0] / 1000 - at(0).timestamp(): point[1] for point in points}
    far = fix(0, metres=500).lon
    assert [(seconds, lon == pytest.approx(far)) for seconds, lon in by_second.items()] == [
        (0, False), (5, False), (10, True), (15, True),
    ]  # fmt: skip


def test_a_trail_takes_reports_of_one_time_of_which_one_tells_no_speed():
    seen, _ = bus_with_device(identifier="unit")
    store([fix(0, None), fix(0, 30)], "unit")
    assert len(trail(seen.pk, at(60), timedelta(minutes=5))) == 2


def test_a_trail_is_bounded_and_keeps_its_newest_points(monkeypatch):
    monkeypatch.setattr("fleet.positions.queries.MAX_TRAIL_POINTS", 3)
    seen, _ = bus_with_device(identifier="unit")
    store([fix(seconds) for seconds in range(0, 50, 10)], "unit")
    points = trail(seen.pk, at(60), timedelta(minutes=5))
    assert [point[0] / 1000 for point in points] == [at(seconds).timestamp() for seconds in (20, 30, 40)]
    assert StoredFix.objects.count() == 5
