"""What limits depend on beside the road, by event time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.gis.geos import LineString
from django.utils import timezone

from fleet.regulations.profile import SpeedLaw
from fleet.regulations.queries import profile_for
from fleet.routes.models import HazardousStretch, LowVisibility, Road, RoutePattern
from fleet.trips.models import Trip, TripState
from telematics.fix import Fix
from telematics.units import kmh_to_mps
from tests.fleet.builders import bus_with_device
from tests.routes.builders import route
from tests.vehicles.builders import place

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 1, 0, 0, tzinfo=UTC)
"""Eight in the morning in China."""


@pytest.fixture
def ours():
    return place()


@pytest.fixture
def driven(ours):
    """A bus of ours and the name of its device, given long ago."""
    made, device = bus_with_device(ours.operator)
    device.assignments.update(since=NOW - timedelta(days=30))
    return made, device.identifier


def law():
    return SpeedLaw(profile_for("CN", date(2026, 9, 1)))


def limit(device, at=NOW, lat=30.0, lon=120.005, course=90.0):
    """The limit in force on no road that is known, or on the one that is there."""
    limits = law().limits_of(device)
    own = limits.roads.own_limits[0][0] if limits.roads.roads else None
    found = limits.at(Fix(at, lat, lon, kmh_to_mps(50), course), own)
    return (round(found.kmh) if found.kmh < 1000 else None), found.source


def trip(bus, school, since_min=-10, until_min=10, state=TripState.RUNNING, **changes):
    pattern = RoutePattern.objects.first() or route(school).patterns.get()
    return Trip.objects.create(
        pattern=pattern, service_date=timezone.localdate(NOW), bus=bus, planned_bus=bus, state=state,
        starts_at=NOW + timedelta(minutes=since_min), ends_at=NOW + timedelta(minutes=until_min), **changes,
    )  # fmt: skip


def test_of_a_bus_without_trips_nothing_is_known_so_pupils_are_taken_to_be_aboard(driven):
    assert limit(driven[1]) == (60, "ordinary")
    assert limit("never heard of") == (60, "ordinary")


def test_on_a_trip_pupils_are_taken_to_be_aboard_and_outside_they_are_not(driven, ours):
    trip(driven[0], ours.school, state=TripState.CLOSED)
    assert limit(driven[1]) == (60, "ordinary")
    assert limit(driven[1], NOW + timedelta(minutes=11)) == (None, "")
    assert limit(driven[1], NOW - timedelta(minutes=11)) == (None, "")


def test_a_trip_that_is_late_goes_on_and_one_that_began_early_had_begun(driven, ours):
    trip(driven[0], ours.school, started_at=NOW - timedelta(minutes=15))
    assert limit(driven[1], NOW - timedelta(minutes=14)) == (60, "ordinary")
    assert limit(driven[1], NOW + timedelta(minutes=40)) == (60, "ordinary")
    assert limit(driven[1], NOW + timedelta(hours=4)) == (None, "")


def test_a_cancelled_trip_is_none(driven, ours):
    trip(driven[0], ours.school, state=TripState.CANCELLED)
    assert limit(driven[1]) == (60, "ordinary")
    trip(driven[0], ours.school, since_min=60, until_min=90, state=TripState.PLANNED)
    assert limit(driven[1]) == (None, "")


def test_outside_of_trips_the_posted_limit_holds(driven, ours):
    Road.objects.create(
        road_class="arterial",
        line=LineString((120, 30), (121, 30), srid=4326),
        forward_kmh=70,
        posted="number",
    )
    assert limit(driven[1]) == (60, "ordinary")
    trip(driven[0], ours.school, since_min=60, until_min=90)
    assert limit(driven[1]) == (70, "posted")


def test_low_visibility_holds_below_the_organisation_and_while_it_lasts(driven, ours):
    until = NOW + timedelta(hours=1)
    LowVisibility.objects.create(organisation=ours.district, weather="fog", since=NOW, until=until)
    assert limit(driven[1]) == (20, "weather")
    assert limit(driven[1], NOW - timedelta(seconds=1)) == (60, "ordinary")
    assert limit(driven[1], until) == (60, "ordinary")
    LowVisibility.objects.update(organisation=ours.school)
    assert limit(driven[1]) == (60, "ordinary")


def test_low_visibility_that_was_taken_back_ended_then(driven, ours):
    LowVisibility.objects.create(
        organisation=ours.district, weather="fog", since=NOW, archived_at=NOW + timedelta(minutes=5)
    )
    assert limit(driven[1], NOW + timedelta(minutes=4)) == (20, "weather")
    assert limit(driven[1], NOW + timedelta(minutes=5)) == (60, "ordinary")


def test_on_a_dangerous_stretch_both_ways_along_it_and_nowhere_else(driven, ours):
    pattern = route(ours.school).patterns.get()
    stretch = HazardousStretch(pattern=pattern, kind="water", begins_m=100, ends_m=700)
    vars(stretch).update(_history_date=NOW - timedelta(days=1))
    stretch.save()
    assert limit(driven[1]) == (20, "hazard")
    assert limit(driven[1], course=270) == (20, "hazard")
    assert limit(driven[1], course=0) == (60, "ordinary")
    assert limit(driven[1], lon=120.0095) == (60, "ordinary")
    assert limit(driven[1], lat=30.0005) == (60, "ordinary")
    assert limit(driven[1], NOW - timedelta(days=2)) == (60, "ordinary")


def test_a_device_counts_for_the_bus_that_it_was_in_then(driven, ours):
    LowVisibility.objects.create(organisation=ours.operator, weather="fog", since=NOW - timedelta(days=60))
    assert limit(driven[1]) == (20, "weather")
    assert limit(driven[1], NOW - timedelta(days=31)) == (60, "ordinary")


def test_what_is_switched_on_is_in_force_soon(driven, ours, monkeypatch):
    judge = law()
    report = Fix(NOW, 30.0, 120.0, 10.0, 90.0)
    assert judge.limits_of(driven[1]).at(report, None).source == "ordinary"
    LowVisibility.objects.create(organisation=ours.district, weather="fog", since=NOW)
    monkeypatch.setattr("fleet.regulations.circumstances.FRESH_S", 0)
    assert judge.limits_of(driven[1]).at(report, None).source == "weather"


def test_points_of_the_profile_are_given():
    limits = law().limits
    assert limits.consequence.keywords["tiers"].expressway[1].points == 12
    assert [one.from_percent for one in limits.consequence.keywords["tiers"].other] == [10, 20, 50]
