"""Ways of routes: stops find their place on the line, what has run stays, and the next version takes over."""

from dataclasses import replace
from datetime import date, time, timedelta
from functools import partial

import pytest
from django.contrib.gis.geos import LineString, Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from fleet.records import RecordError
from fleet.routes.models import Departure, Direction, HazardKind, HazardousStretch, LimiterStretch, Stop
from fleet.routes.pattern_changes import PlannedStop, Way, draw_pattern, end_pattern, redraw_pattern
from fleet.routes.route_changes import add_departure, add_limiter, add_stretch, archive_route, create_route
from fleet.trips.models import Trip
from telematics.geometry import moved
from tests.pupils.builders import assigned, pupil
from tests.vehicles.builders import Place, place, registered

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
TOMORROW = TODAY + timedelta(days=1)


def at(east_m: float, north_m: float = 0) -> tuple[float, float]:
    lat, lon = moved(*moved(30, 120, 90, east_m), 0, north_m)
    return lon, lat


def line(*points: tuple[float, float]) -> LineString:
    return LineString([at(*point) for point in points], srid=4326)


def stop(where: Place, east_m: float, north_m: float = 0, name: str = "") -> Stop:
    return Stop.objects.create(
        name=name or f"{east_m} m", place=Point(at(east_m, north_m), srid=4326), organisation=where.school
    )


@pytest.fixture
def where() -> Place:
    return place()


@pytest.fixture
def route(where):
    return create_route(school=where.school, name="二号线", by=where.coordinator)


@pytest.fixture
def way(where) -> Way:
    """Two kilometres east, with a stop at either end and one between them."""
    stops = [PlannedStop(stop(where, east)) for east in (0, 800, 2000)]
    return Way(Direction.TO_SCHOOL, line((0, 0), (2000, 0)), stops, valid_from=TODAY)


def has_run(pattern) -> None:
    Trip.objects.create(pattern=pattern, service_date=TODAY, starts_at=timezone.now(), ends_at=timezone.now())


def test_stops_lie_along_the_line_with_times_estimated_from_it(where, route, way):
    drawn = draw_pattern(route=route, way=way, by=where.coordinator, reason="new")
    places = list(drawn.pattern_stops.values_list("order", "distance_m", "offset_s"))
    assert [(order, round(metres), offset) for order, metres, offset in places] == [
        (1, 0, 0),
        (2, 800, 133),
        (3, 2000, 353),
    ]
    assert round(drawn.length_m) == 2000
    assert drawn.history.get().history_change_reason == "new"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (lambda way: {"stops": way.stops[:1]}, ("stops", "")),
        (lambda way: {"stops": [way.stops[1], way.stops[0]]}, ("stops", "0 m")),
        (lambda way: {"line": line((0, 0), (900, 0))}, ("stops", "2000 m")),
        (lambda way: {"valid_until": TODAY - timedelta(days=1)}, ("valid_until", "")),
        (lambda way: {"weekdays": 0}, ("weekdays", "")),
    ],
)
def test_a_way_that_cannot_be_right_is_refused_with_its_field_and_stop(where, route, way, changes, told):
    with pytest.raises(ValidationError) as refused:
        draw_pattern(route=route, way=replace(way, **changes(way)), by=where.coordinator)
    field, words = told
    assert words in " ".join(refused.value.message_dict[field])
    assert not route.patterns.exists()


def test_who_may_not_change_the_route_does_not_draw_it(where, route, way):
    with pytest.raises(PermissionDenied):
        draw_pattern(route=route, way=way, by=where.principal)


def test_two_ways_do_not_hold_on_the_same_day(where, route, way):
    draw_pattern(route=route, way=way, by=where.coordinator)
    with pytest.raises(ValidationError) as refused:
        draw_pattern(route=route, way=way, by=where.coordinator)
    assert set(refused.value.message_dict) == {"valid_from"}


def test_a_way_without_trips_is_changed_itself(where, route, way):
    drawn = draw_pattern(route=route, way=way, by=where.coordinator)
    changed, left = redraw_pattern(drawn, replace(way, stops=way.stops[1:]), by=where.coordinator)
    assert (changed.pk, left) == (drawn.pk, [])
    assert drawn.pattern_stops.count() == 2


def test_the_version_after_one_that_has_run_takes_over_departures_stretches_and_pupils(where, route, way):
    drawn = draw_pattern(route=route, way=way, by=where.coordinator)
    has_run(drawn)
    bus = registered(where)
    old_departure = add_departure(pattern=drawn, at=time(7), bus=bus, by=where.coordinator)
    add_stretch(pattern=drawn, kind=HazardKind.WATER, begins_m=300, ends_m=500, by=where.coordinator)
    add_limiter(pattern=drawn, begins_m=100, ends_m=200, limit_kmh=40, by=where.coordinator)
    stays, goes = pupil(where, "留"), pupil(where, "走")
    assigned(where, stays, drawn, order=1, since=TODAY)
    assigned(where, goes, drawn, order=2, since=TODAY)
    longer = replace(
        way,
        line=line((-500, 0), (2000, 0)),
        stops=[way.stops[0], way.stops[2]],
        valid_from=TOMORROW,
    )
    made, left = redraw_pattern(drawn, longer, by=where.coordinator, reason="road works")
    drawn.refresh_from_db()
    old_departure.refresh_from_db()
    assert (made.pk != drawn.pk, drawn.valid_until, drawn.archived_at) == (True, TODAY, None)
    assert round(drawn.length_m) == 2000
    assert old_departure.archived_at
    assert Departure.objects.current().get().pattern == made
    stretch = HazardousStretch.objects.get(pattern=made)
    assert (round(stretch.begins_m), round(stretch.ends_m)) == (800, 1000)
    assert HazardousStretch.objects.get(pattern=drawn).begins_m == 300
    limiter = LimiterStretch.objects.get(pattern=made)
    assert (round(limiter.begins_m), round(limiter.ends_m), limiter.limit_kmh) == (600, 700, 40)
    assert limiter.since > LimiterStretch.objects.get(pattern=drawn).since
    assert left == [goes]
    assert made.stop_assignments.get().pupil == stays


def test_what_has_run_today_stays_as_it_was(where, route, way):
    drawn = draw_pattern(route=route, way=way, by=where.coordinator)
    has_run(drawn)
    with pytest.raises(ValidationError) as refused:
        redraw_pattern(drawn, way, by=where.coordinator)
    assert set(refused.value.message_dict) == {"valid_from"}


@pytest.mark.parametrize(
    "add", [partial(add_stretch, kind=HazardKind.CLIFF), partial(add_limiter, limit_kmh=40)]
)
def test_a_new_way_leaves_neither_a_dangerous_stretch_nor_a_limiter_unseen(where, route, way, add):
    drawn = draw_pattern(route=route, way=way, by=where.coordinator)
    add(pattern=drawn, begins_m=300, ends_m=500, by=where.coordinator)
    around = replace(way, line=line((0, 0), (250, 0), (400, 300), (550, 0), (2000, 0)))
    with pytest.raises(ValidationError) as refused:
        redraw_pattern(drawn, around, by=where.coordinator)
    assert set(refused.value.message_dict) == {"line"}


def test_a_way_ends_on_a_day_and_one_that_has_not_begun_is_archived(where, route, way):
    now = draw_pattern(route=route, way=way, by=where.coordinator)
    assert end_pattern(now, last_day=TODAY, by=where.coordinator).valid_until == TODAY
    with pytest.raises(RecordError):
        end_pattern(now, last_day=TOMORROW, by=where.coordinator)
    later = replace(way, valid_from=TOMORROW + timedelta(days=7))
    ahead = draw_pattern(route=route, way=later, by=where.coordinator)
    assert end_pattern(ahead, last_day=TOMORROW, by=where.coordinator).archived_at


def test_a_departure_has_a_bus_of_the_school_and_is_there_once(where, route, way):
    drawn = draw_pattern(route=route, way=way, by=where.coordinator)
    bus = registered(where)
    add_departure(pattern=drawn, at=time(7), bus=bus, by=where.coordinator)
    with pytest.raises(ValidationError):
        add_departure(pattern=drawn, at=time(7), bus=bus, by=where.coordinator)
    elsewhere = place()
    with pytest.raises(RecordError):
        add_departure(pattern=drawn, at=time(8), bus=registered(elsewhere), by=where.coordinator)


def test_nothing_departs_on_a_way_that_is_over(where, route, way):
    over = replace(way, valid_from=date(2024, 9, 1), valid_until=date(2025, 1, 15))
    drawn = draw_pattern(route=route, way=over, by=where.coordinator)
    with pytest.raises(RecordError):
        add_departure(pattern=drawn, at=time(7), by=where.coordinator)


def test_a_route_that_buses_run_is_not_archived(where, route):
    registered(where, route=route, plate="苏E12345")
    with pytest.raises(RecordError, match="苏E12345"):
        archive_route(route, by=where.coordinator, reason="merged")
