"""A route is learned from driving on its pages: bus and days are chosen, the proposal is confirmed or refused."""

import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils import timezone

from fleet.organisations.models import Kind, Role
from fleet.positions.models import Fix as StoredFix
from fleet.routes.models import Direction, Route, Stop
from fleet.vehicles.models import Bus, DeviceAssignment
from tests.fleet.builders import device, organisation, person
from tests.registry.conftest import signed_in
from tests.telematics.learning.builders import drive, lat_lon, parked
from tests.vehicles.builders import registered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
DEPOT = (-3000, 0)
ROAD = [DEPOT, (0, 0), (3000, 0)]
HALTS = {3400.0: 25.0, 4200.0: 30.0}
END_M = 6000.0


def driven(bus: Bus, days: int = 3) -> None:
    """Give a bus some weekdays of driving before today: past two stops to school, and home again."""
    unit = device()
    today = timezone.localdate()
    zone = timezone.get_default_timezone()
    since = datetime.combine(today - timedelta(days=20), time(), zone)
    DeviceAssignment.objects.create(device=unit, bus=bus, since=since)
    weekdays = [day for back in range(1, 10) if (day := today - timedelta(days=back)).weekday() < 5]
    for day in weekdays[:days]:
        fixes = [
            *parked(DEPOT, time(6, 0), 20, day),
            *drive(ROAD, {**HALTS, END_M: 120.0}, time(6, 30), day=day, period_s=10),
            *drive(
                ROAD[::-1], {0.0: 120.0, **{END_M - at: s for at, s in HALTS.items()}}, time(16, 30), day=day
            ),
            *parked(DEPOT, time(18, 0), 20, day),
        ]
        StoredFix.objects.bulk_create(
            StoredFix(
                device=unit,
                time=fix.time,
                digest=fix.digest,
                received_at=fix.time,
                position=Point(fix.lon, fix.lat, srid=4326),
                speed_mps=fix.speed_mps,
                course_deg=fix.course_deg,
                source="nmea",
                raw=b"",
            )
            for fix in fixes
        )


def proposal_of(client, bus: Bus) -> str:
    page = client.get(reverse("route_learn"), {"bus": bus.pk})
    days = [one.isoformat() for one in page.context["chosen"]]
    assert days
    return f"{reverse('route_proposal')}?bus={bus.pk}&" + "&".join(f"day={day}" for day in days)


def as_shown(page: Any) -> dict[str, Any]:
    """What the page of a proposal sends where nobody changes anything but the name of the route."""
    sent: dict[str, Any] = {}
    for form in [
        page.context["form"],
        *(one for way in page.context["ways"] for one in (way.form, way.rows)),
    ]:
        for part in [form.management_form, *form.forms] if hasattr(form, "management_form") else [form]:
            for field in part:
                value = field.value()
                if value not in (None, False):
                    sent[field.html_name] = value.isoformat() if hasattr(value, "isoformat") else value
    return sent | {"name": "五号线"}


def test_the_days_are_offered_and_the_proposal_is_kept_as_it_is_shown(client, where):
    bus = registered(where)
    driven(bus)
    address = proposal_of(client, bus)
    page = client.get(address)
    assert not Route.objects.exists()
    assert len(page.context["ways"]) == 2
    answer = client.post(address, as_shown(page))
    route = Route.objects.get()
    assert answer.url == reverse("route_detail", args=[route.pk])
    there = route.patterns.get(direction=Direction.TO_SCHOOL)
    back = route.patterns.get(direction=Direction.TO_HOME)
    assert [one.order for one in there.pattern_stops.all()] == [1, 2, 3]
    assert there.departures.get().bus == bus
    assert there.departures.get().at == time(6, 36)
    school = there.pattern_stops.get(order=3).stop
    assert back.pattern_stops.get(order=1).stop == school
    assert school.name == where.school.name
    assert all(not stop.approval_number for stop in Stop.objects.all())
    assert str(bus) in route.history.first().history_change_reason


def test_stops_are_left_out_merged_renamed_and_moved(client, where):
    bus = registered(where)
    driven(bus)
    address = proposal_of(client, bus)
    sent = as_shown(client.get(address))
    lat, lon = lat_lon((1210, -3))
    sent |= {
        "way0-stops-0-use": "leave_out",
        "way0-stops-1-name": "桥头",
        "way0-stops-1-lat": lat,
        "way0-stops-1-lon": lon,
    }
    sent.pop("way1-keep")
    client.post(address, sent)
    pattern = Route.objects.get().patterns.get()
    first = pattern.pattern_stops.get(order=1)
    assert (first.stop.name, first.offset_s) == ("桥头", 0)
    assert first.stop.place.x == pytest.approx(lon)
    assert pattern.pattern_stops.count() == 2


def test_a_recorded_stop_is_reused(client, where):
    bus = registered(where)
    driven(bus)
    lat, lon = lat_lon((1200, -4))
    recorded = Stop.objects.create(
        name="老站", place=Point(lon, lat, srid=4326), approach_deg=90, organisation=where.district
    )
    address = proposal_of(client, bus)
    page = client.get(address)
    assert "recorded already" in page.content.decode()
    client.post(address, as_shown(page))
    assert recorded.pattern_stops.count() == 1
    assert Stop.objects.filter(name="老站").count() == 1


def test_what_is_wrong_is_told_where_it_stands_and_nothing_is_kept(client, where):
    bus = registered(where)
    driven(bus)
    address = proposal_of(client, bus)
    shown = as_shown(client.get(address))
    far = client.post(address, shown | {"way1-stops-1-lat": 31.2})
    assert "farther than 60 m from the line" in " ".join(far.context["ways"][1].form.non_field_errors())
    unnamed = client.post(address, shown | {"name": "", "way0-departures": "soon", "way0-stops-0-name": ""})
    assert unnamed.context["form"].errors["name"]
    assert "06:50" in unnamed.context["ways"][0].form.errors["departures"][0]
    assert unnamed.context["ways"][0].rows.errors[0]["name"]
    nothing = {name: value for name, value in shown.items() if not re.fullmatch(r"way\d-keep", name)}
    assert client.post(address, nothing).context["form"].non_field_errors()
    assert not Route.objects.exists()
    assert not Stop.objects.exists()


def test_a_bus_that_has_not_driven_and_days_that_are_none_lead_on(client, where):
    bus = registered(where)
    assert (
        "has not driven in the last thirty days"
        in client.get(reverse("route_learn"), {"bus": bus.pk}).content.decode()
    )
    assert client.get(reverse("route_proposal")).url == reverse("route_learn")
    answer = client.get(reverse("route_proposal"), {"bus": bus.pk, "day": "2020-01-01"})
    assert answer.url == f"{reverse('route_learn')}?bus={bus.pk}"
    driven(bus, days=1)
    unsure = client.get(proposal_of(client, bus))
    assert unsure.status_code == 200


def test_only_who_may_change_the_routes_of_a_school_learns_from_its_buses(where):
    bus = registered(where)
    driven(bus, days=1)
    elsewhere = organisation(Kind.DISTRICT)
    stranger = signed_in(person(Role.COORDINATOR, elsewhere))
    assert stranger.get(reverse("route_proposal"), {"bus": bus.pk})["Location"] == reverse("route_learn")
    assert not stranger.get(reverse("route_learn")).context["has_buses"]
    assert signed_in(where.principal).get(reverse("route_learn")).status_code == 403
