"""The pupils who are planned for a trip, as the gate's page and the board begin with them."""

from datetime import datetime, time

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from fleet.dispatch.models import GateCheck
from fleet.organisations.models import Role
from fleet.pupils.absences import report_absence
from fleet.pupils.models import Pupil
from fleet.pupils.riders import most_aboard
from fleet.routes.calendar_changes import create_exceptional_day
from fleet.routes.models import Direction
from fleet.trips.changes import add_trip, plan_of
from fleet.trips.models import Trip, TripState
from tests.dispatch.trips import LawfulTrip
from tests.fleet.builders import person
from tests.permits.builders import TODAY
from tests.pupils.builders import assigned, pupil
from tests.registry.conftest import signed_in
from tests.vehicles.builders import Place

pytestmark = pytest.mark.django_db
BOARD = "/dispatch/"
EVERY_DAY = 127


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def lawful():
    return LawfulTrip()


@pytest.fixture
def where(lawful):
    there = lawful.district
    principal = person(Role.PRINCIPAL, there.school)
    return Place(there.district, there.operator, there.school, there.coordinator, principal)


@pytest.fixture
def trip(lawful):
    return planned_at(lawful, time(7, 0))


@pytest.fixture
def client(lawful):
    return signed_in(lawful.district.coordinator)


def planned_at(lawful: LawfulTrip, at: time) -> Trip:
    starts_at = datetime.combine(TODAY, at, timezone.get_current_timezone())
    lawful.route.patterns.update(weekdays=EVERY_DAY)
    return add_trip(
        pattern=lawful.route.patterns.get(), starts_at=starts_at, bus=lawful.bus, reason="test",
        by=lawful.district.coordinator,
    )  # fmt: skip


def ride(where: Place, trip: Trip, number: int) -> list[Pupil]:
    children = [pupil(where, name=f"学生{one}") for one in range(number)]
    for child in children:
        assigned(where, child, trip.pattern, weekdays=EVERY_DAY)
    return children


def gate_of(trip: Trip, query: str = "run=06:40") -> str:
    return f"{reverse('dispatch_gate', args=[trip.bus_id])}?{query}"


def foreseen(client) -> set[str]:
    """The reasons against the one run on the board."""
    [run] = client.get(BOARD).context["table"].foreseen.values()
    return {reason.code for reason in run.decision.ahead}


def most(trip: Trip) -> int | None:
    return most_aboard([trip], TODAY).get(trip.pk)


def away(where: Place, child, direction: Direction | None) -> None:
    report_absence(pupil=child, first_day=TODAY, direction=direction or "", by=where.principal)


def test_those_who_are_absent_are_left_out_in_the_direction_of_the_trip(where, trip):
    assert most(trip) is None
    whole_day, morning, afternoon, *_rest = ride(where, trip, 5)
    away(where, whole_day, None)
    away(where, morning, Direction.TO_SCHOOL)
    away(where, afternoon, Direction.TO_HOME)
    plan = plan_of(trip)
    assert plan is not None
    assert most(trip) == plan.pupils == 3


def test_none_aboard_is_known_where_all_are_absent(where, trip):
    [child] = ride(where, trip, 1)
    away(where, child, None)
    assert most(trip) == 0


def test_a_pupil_of_another_weekday_does_not_ride_unless_the_day_is_run_as_it(where, trip):
    child = pupil(where)
    tomorrow = (TODAY.weekday() + 1) % 7
    assigned(where, child, trip.pattern, weekdays=1 << tomorrow)
    assert most(trip) is None
    create_exceptional_day(
        school=where.school, day=TODAY, as_weekday=tomorrow, note="调休", by=where.principal
    )
    assert most(trip) == 1


def test_it_is_not_known_who_rides_where_two_trips_of_a_pattern_carry_them(lawful, where, trip):
    ride(where, trip, 3)
    second = planned_at(lawful, time(7, 20))
    assert most_aboard([trip, second], TODAY) == {}
    Trip.objects.filter(pk=second.pk).update(state=TripState.CANCELLED)
    assert most(trip) == 3


def test_the_board_refuses_ahead_a_trip_with_more_pupils_than_the_bus_may_carry(where, trip, client):
    assert "too_many_pupils" not in foreseen(client)
    children = ride(where, trip, 33)
    assert "too_many_pupils" in foreseen(client)
    assert not GateCheck.objects.exists()
    away(where, children[0], None)
    assert "too_many_pupils" not in foreseen(client)


@pytest.mark.parametrize("query", ["run=06:40", "trip={pk}"])
def test_the_gate_begins_with_the_pupils_who_are_planned_and_says_so(where, trip, client, query):
    ride(where, trip, 4)
    page = client.get(gate_of(trip, query.format(pk=trip.pk)))
    assert page.context["form"]["pupils"].value() == 4
    assert "Planned for this trip: 4, without those who are reported absent." in page.content.decode()


def test_the_gate_begins_with_nothing_where_nothing_is_planned_and_takes_what_is_typed(where, trip, client):
    page = client.get(gate_of(trip))
    assert page.context["form"]["pupils"].value() is None
    assert "Planned for this trip" not in page.content.decode()
    ride(where, trip, 4)
    client.post(gate_of(trip), {"starts_at": f"{TODAY}T07:00", "pupils": "33"})
    assert GateCheck.objects.get().facts["trip"]["pupils"] == 33
