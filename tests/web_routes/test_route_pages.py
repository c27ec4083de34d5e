"""Pages of routes: ways are drawn and drawn again, departures given, and what is questionable is told."""

from datetime import time, timedelta

import pytest
from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils import timezone

from fleet.organisations.models import Kind
from fleet.routes.models import Departure, LimiterStretch, Route, RoutePattern, Stop
from tests.fleet.builders import organisation
from tests.registry.conftest import signed_in
from tests.routes.builders import route as straight_route
from tests.vehicles.builders import Place, place, registered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
TOMORROW = timezone.localdate() + timedelta(days=1)


@pytest.fixture
def route(where) -> Route:
    return Route.objects.create(name="三号线", school=where.school)


def stops(where: Place, count: int = 3) -> list[Stop]:
    return [
        Stop.objects.create(
            name=f"站{number}",
            place=Point(120 + number * 0.01, 29.99995, srid=4326),
            organisation=where.school,
        )
        for number in range(count)
    ]


def drawn(served: list[Stop], **changes: str) -> dict[str, object]:
    """What the page of a way sends."""
    rows = {
        f"stops-{number}-{name}": value
        for number, stop in enumerate(served)
        for name, value in {"order": number + 1, "stop": stop.pk, "minutes": "", "dwell_s": ""}.items()
    }
    return {
        "direction": "to_school",
        "weekdays": ["0", "2"],
        "valid_from": TOMORROW.isoformat(),
        "line": "120.0, 30.0\n120.01 30.0\n\n120.02,30.0",
        "stops-TOTAL_FORMS": len(served),
        "stops-INITIAL_FORMS": 0,
        **rows,
        **changes,
    }


def test_a_way_is_drawn_with_its_stops_and_has_a_page_with_what_is_questionable(client, where, route):
    page = reverse("route_way_new", args=[route.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, drawn(stops(where))).status_code == 302
    pattern = route.patterns.get()
    assert (pattern.weekdays, pattern.pattern_stops.count()) == (0b101, 3)
    shown = client.get(reverse("route_detail", args=[route.pk])).content.decode()
    assert "Monday, Wednesday" in shown
    assert "“站1” is not approved: a school bus may not stop there." in shown
    assert "It runs at no time yet" in shown


def test_rows_are_served_in_the_order_of_their_numbers(client, where, route):
    served = stops(where)
    mixed = drawn([served[1], served[0], served[2]]) | {"stops-0-order": 2, "stops-1-order": 1}
    client.post(reverse("route_way_new", args=[route.pk]), mixed)
    assert [one.stop for one in route.patterns.get().pattern_stops.order_by("order")] == served


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"line": "120, 30\n120.01"}, "Row 2 is no point"),
        ({"line": "120, 30\n220, 30"}, "Row 2 is not on the earth"),
        ({"line": "120, 30"}, "A line has two points or more"),
        ({"line": "120, 30\n120.005, 30"}, "These stops are farther than 60 m from the line: 站1, 站2"),
        ({"stops-0-order": 9}, "does not come to “站0” after the stops before it"),
        ({"weekdays": []}, "required"),
        ({"stops-2-minutes": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_right_is_told_and_nothing_is_kept(client, where, route, changes, told):
    page = client.post(reverse("route_way_new", args=[route.pk]), drawn(stops(where), **changes))
    assert told in page.content.decode()
    assert not RoutePattern.objects.exists()


def test_what_has_run_is_drawn_again_from_tomorrow_on(client, where):
    route = straight_route(where.school, stops=("站0", "站1", "站2"))
    pattern = route.patterns.get()
    pattern.trips.create(service_date=TOMORROW, starts_at=timezone.now(), ends_at=timezone.now())
    page = reverse("route_way_redraw", args=[pattern.pk])
    form = client.get(page).context["form"]
    assert form.initial["valid_from"] == TOMORROW
    served = [one.stop for one in pattern.pattern_stops.order_by("order")]
    assert client.post(page, drawn(served[:2])).status_code == 302
    pattern.refresh_from_db()
    assert pattern.valid_until == timezone.localdate()
    assert route.patterns.get(valid_from=TOMORROW).pattern_stops.count() == 2


def test_departures_are_added_changed_and_taken_off(client, where):
    route = straight_route(where.school)
    pattern = route.patterns.get()
    bus = registered(where)
    foreign = registered(place())
    page = reverse("route_departure_new", args=[pattern.pk])
    assert set(client.post(page, {"at": "07:10", "bus": foreign.pk}).context["form"].errors) == {"bus"}
    client.post(page, {"at": "07:10", "bus": bus.pk})
    departure = Departure.objects.get()
    assert departure.bus_id == bus.pk
    client.post(reverse("route_departure_edit", args=[pattern.pk, departure.pk]), {"at": "07:20"})
    departure.refresh_from_db()
    assert Departure.objects.filter(at=time(7, 20), bus=None).exists()
    client.post(reverse("route_part_archive", args=[pattern.pk, "departures", departure.pk]))
    departure.refresh_from_db()
    assert departure.archived_at


def test_a_dangerous_stretch_lies_on_the_line(client, where):
    pattern = straight_route(where.school).patterns.get()
    page = reverse("route_stretch_new", args=[pattern.pk])
    given = {"kind": "water", "begins_m": "100", "ends_m": "90000", "protected": "False"}
    assert "ends_m" in client.post(page, given).context["form"].errors
    assert client.post(page, given | {"ends_m": "300"}).status_code == 302
    shown = client.get(reverse("route_detail", args=[pattern.route_id])).content.decode()
    assert "The dangerous stretch at 100 m has no barriers or signs." in shown


def test_a_speed_limiter_is_set_on_a_stretch_and_taken_off(client, where):
    pattern = straight_route(where.school).patterns.get()
    page = reverse("route_limiter_new", args=[pattern.pk])
    given = {"begins_m": "100", "ends_m": "300", "limit_kmh": "90", "note": "market"}
    assert set(client.post(page, given).context["form"].errors) == {"limit_kmh"}
    assert (
        "ends_m" in client.post(page, given | {"limit_kmh": "40", "ends_m": "90000"}).context["form"].errors
    )
    assert client.post(page, given | {"limit_kmh": "40"}).status_code == 302
    limiter = LimiterStretch.objects.get()
    assert limiter.history.get().history_user == where.coordinator
    detail = reverse("route_detail", args=[pattern.route_id])
    assert "40 km/h · 100–300 m · market" in client.get(detail).content.decode()
    client.post(reverse("route_part_archive", args=[pattern.pk, "limiters", limiter.pk]))
    assert "40 km/h" not in client.get(detail).content.decode()


def test_a_way_is_ended_on_its_page(client, where):
    pattern = straight_route(where.school).patterns.get()
    today = timezone.localdate()
    client.post(reverse("route_way_end", args=[pattern.pk]), {"last_day": today.isoformat()})
    pattern.refresh_from_db()
    assert pattern.valid_until == today


def test_who_may_not_change_the_route_sees_it_and_changes_nothing(where):
    pattern = straight_route(where.school).patterns.get()
    principal = signed_in(where.principal)
    assert principal.get(reverse("route_detail", args=[pattern.route_id])).status_code == 200
    for page in (
        "route_way_redraw",
        "route_way_end",
        "route_departure_new",
        "route_stretch_new",
        "route_limiter_new",
    ):
        assert principal.post(reverse(page, args=[pattern.pk])).status_code == 404
    foreign = straight_route(organisation(Kind.SCHOOL, organisation()))
    assert principal.get(reverse("route_detail", args=[foreign.pk])).status_code == 404


def test_a_route_is_added_on_the_page(client, where):
    given = {"name": "四号线", "school": where.school.pk}
    assert client.post("/registry/routes/new/", given).status_code == 302
    made = Route.objects.get(name="四号线")
    assert made.history.get().history_user == where.coordinator
    assert (
        "This route runs no way yet" in client.get(reverse("route_detail", args=[made.pk])).content.decode()
    )
