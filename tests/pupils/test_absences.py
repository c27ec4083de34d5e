"""Absences: reported before the trip or marked late, taken back, and told to the crew of the trip and nobody else."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from fleet.audit.models import AccessRecord, Action
from fleet.organisations.models import Role
from fleet.pupils.absences import report_absence, withdraw_absence
from fleet.pupils.models import Absence
from fleet.pupils.riders import buses_of_pupils, capacity_of, pupils_of_trip, riders_of, too_many
from fleet.records import RecordError
from fleet.routes.models import Departure, Direction, ExceptionalDay
from fleet.trips.models import Trip, TripState
from tests.fleet.builders import person
from tests.people.builders import driver
from tests.pupils.builders import assigned, linked, pupil, school_class, teacher
from tests.routes.builders import pattern, route
from tests.vehicles.builders import registered

pytestmark = pytest.mark.django_db
EVERY_DAY = 0b1111111


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def way(where):
    made = route(where.school, stops=("村口", "桥头", "学校")).patterns.get()
    made.weekdays = EVERY_DAY
    made.save()
    return made


def run(way, day, *, minutes: float, **details) -> Trip:
    """A trip that departs so many minutes from now."""
    at = timezone.now() + timedelta(minutes=minutes)
    return Trip.objects.create(pattern=way, service_date=day, starts_at=at, ends_at=at, **details)


def test_the_riders_of_a_day_are_by_stop_in_order_and_absent_ones_are_marked(where, way, today):
    rides, stays, later = pupil(where, "小红"), pupil(where, "小刚"), pupil(where, "小兰")
    for child, order in ((rides, 1), (stays, 1), (later, 2)):
        assigned(where, child, way, order, weekdays=EVERY_DAY)
    report_absence(pupil=stays, first_day=today, by=where.principal, reason="fever")
    found = riders_of(way, today)
    assert [stop.stop.name for stop in found] == ["村口", "桥头", "学校"]
    assert [[rider.pupil for rider in stop.riders] for stop in found] == [[stays, rides], [later], []]
    assert [stop.expected for stop in found] == [1, 1, 0]
    absence = found[0].riders[0].absence
    assert absence is not None
    assert absence.reason == "fever"


def test_an_absence_of_one_direction_leaves_the_other(where, way, today):
    child = pupil(where)
    assigned(where, child, way, weekdays=EVERY_DAY)
    report_absence(pupil=child, first_day=today, direction=Direction.TO_HOME, by=where.principal)
    assert riders_of(way, today)[0].expected == 1


def test_an_exceptional_day_runs_with_the_pupils_of_its_weekday(where, way, today):
    child, other_day = pupil(where), (today.weekday() + 1) % 7
    assigned(where, child, way, weekdays=1 << other_day)
    assert riders_of(way, today)[0].riders == []
    exceptional = ExceptionalDay.objects.create(
        school=where.school, day=today, as_weekday=other_day, note="swap"
    )
    assert [rider.pupil for rider in riders_of(way, today)[0].riders] == [child]
    exceptional.as_weekday = None
    exceptional.save()
    assert riders_of(way, today)[0].riders == []


@pytest.mark.parametrize(("minutes", "is_late"), [(30, False), (-1, True)])
def test_what_is_reported_after_the_departure_is_late(where, way, today, minutes, is_late):
    child = pupil(where)
    assigned(where, child, way, weekdays=EVERY_DAY)
    trip = run(way, today, minutes=minutes)
    absence = report_absence(pupil=child, first_day=today, by=where.principal)
    assert absence.is_late is is_late
    assert riders_of(way, today, trip.starts_at)[0].riders[0].is_late is is_late


def test_without_a_trip_the_planned_departure_tells_what_is_late(where, way, today):
    child = pupil(where)
    assigned(where, child, way, weekdays=EVERY_DAY)
    Departure.objects.create(pattern=way, at=datetime.min.time())
    assert report_absence(pupil=child, first_day=today, by=where.principal).is_late
    tomorrow = today + timedelta(days=1)
    assert not report_absence(pupil=child, first_day=tomorrow, by=where.principal).is_late


def test_an_absence_is_of_today_or_later_in_order_and_reported_once(where, today):
    child = pupil(where)
    for first, last in ((-1, 0), (1, 0), (0, 300)):
        days = [today + timedelta(days=number) for number in (first, last)]
        with pytest.raises(ValidationError):
            report_absence(pupil=child, first_day=days[0], last_day=days[1], by=where.principal)
    report_absence(pupil=child, first_day=today, last_day=today + timedelta(days=2), by=where.principal)
    with pytest.raises(ValidationError) as refused:
        report_absence(pupil=child, first_day=today + timedelta(days=1), by=where.principal)
    assert refused.value.error_dict["first_day"][0].code == "known"


def test_who_may_report_an_absence_and_who_may_not(where, today):
    head = teacher(where)
    child = pupil(where, school_class=school_class(where, head))
    guardian = linked(where, child).guardian
    allowed = (guardian, head, where.principal, where.coordinator)
    strangers = (
        person(),
        teacher(where),
        linked(where, pupil(where)).guardian,
        person(Role.GUARD, where.school),
    )
    for day, someone in enumerate(allowed):
        assert report_absence(pupil=child, first_day=today + timedelta(days=day), by=someone)
    for someone in strangers:
        with pytest.raises(PermissionDenied):
            report_absence(pupil=child, first_day=today + timedelta(days=9), by=someone)


def test_an_absence_taken_back_lets_the_pupil_ride_from_today_on(where, way, today):
    child = pupil(where)
    assigned(where, child, way, weekdays=EVERY_DAY)
    absence = report_absence(pupil=child, first_day=today, by=where.principal)
    withdraw_absence(absence, by=where.principal)
    assert riders_of(way, today)[0].expected == 1
    with pytest.raises(RecordError):
        withdraw_absence(absence, by=where.principal)
    begun = report_absence(
        pupil=child, first_day=today, last_day=today + timedelta(days=3), by=where.principal
    )
    yesterday = today - timedelta(days=1)
    Absence.objects.filter(pk=begun.pk).update(first_day=yesterday)
    withdraw_absence(begun, by=where.principal)
    assert (begun.first_day, begun.last_day, begun.archived_at) == (yesterday, yesterday, None)


def test_the_crew_of_a_trip_sees_its_pupils_near_its_time_and_each_is_logged(where, way, today):
    child = pupil(where)
    assigned(where, child, way, weekdays=EVERY_DAY)
    at_the_wheel = person()
    trip = run(way, today, minutes=5, bus=registered(where), driver=driver(where, user=at_the_wheel))
    assert [rider.pupil for rider in pupils_of_trip(at_the_wheel, trip)[0].riders] == [child]
    looked = AccessRecord.objects.get(object_id=child.pk)
    assert (looked.person, looked.action, looked.kind) == (at_the_wheel, Action.LIST, "pupils.pupil")
    another = person()
    driver(where, user=another)
    for someone in (another, where.principal, person()):
        with pytest.raises(PermissionDenied):
            pupils_of_trip(someone, trip)
    for days in (-1, 2):
        trip.service_date = today + timedelta(days=days)
        with pytest.raises(PermissionDenied):
            pupils_of_trip(at_the_wheel, trip)


def test_more_pupils_than_the_buses_may_carry_are_told_on_the_fullest_day(where, way, today):
    small = registered(where, capacity_pupils=6, capacity_adults=2)
    assert capacity_of(way) is None
    departure = Departure.objects.create(pattern=way, at="07:00", bus=small)
    for _ in range(6):
        assigned(where, pupil(where), way, weekdays=EVERY_DAY)
    assert too_many(way, today) == ""
    assigned(where, pupil(where), way, weekdays=0b100)
    assert "7 pupils" in too_many(way, today)
    departure.bus = None
    departure.save()
    assert capacity_of(way) is None


def test_a_search_by_pupil_gives_the_bus_alone_within_reach_and_is_logged(where, way, today):
    child = pupil(where, "王小明")
    assigned(where, child, way, weekdays=EVERY_DAY)
    trip = run(way, today, minutes=5, bus=registered(where))
    assert buses_of_pupils(where.coordinator, "王小").buses == [trip.bus]
    assert AccessRecord.objects.get().person == where.coordinator
    assert buses_of_pupils(where.coordinator, "王").buses == []
    assert buses_of_pupils(person(Role.COORDINATOR), "王小明").buses == []
    assert pattern(way.route, direction=Direction.TO_HOME)
    assert AccessRecord.objects.count() == 1


def test_a_search_by_pupil_gives_the_bus_that_is_under_way_and_else_the_next_one(where, way, today):
    child = pupil(where, "王小明")
    assigned(where, child, way, weekdays=EVERY_DAY)
    later = run(way, today, minutes=2, bus=registered(where))
    now = run(way, today, minutes=1, bus=registered(where))
    assert buses_of_pupils(where.coordinator, "王小明").buses == [now.bus]
    Trip.objects.filter(pk=later.pk).update(state=TripState.RUNNING)
    assert buses_of_pupils(where.coordinator, "王小明").buses == [later.bus]
    Trip.objects.update(state=TripState.CLOSED)
    assert buses_of_pupils(where.coordinator, "王小明").buses == []


def test_a_search_by_pupil_is_no_way_to_list_the_register(where, way):
    for number in range(21):
        pupil(where, f"王小{number}")
    assert buses_of_pupils(where.coordinator, "王小") == ([], True)
    assert not AccessRecord.objects.exists()
