"""Timetables from elsewhere become routes: seen before, all or none, and undone; what was written comes back."""

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation

from fleet.feeds.timetable import schedule_feed, timetable
from fleet.organisations.models import Kind, Organisation, Role
from fleet.pupils.models import Pupil, StopAssignment
from fleet.records import RecordError
from fleet.routes.gtfs_import import Done, apply_import, objections, undo_import
from fleet.routes.gtfs_plan import Choices, FeedPlan, plan_import
from fleet.routes.models import Departure, Direction, ExceptionalDay, Route, RoutePattern, Stop, Term
from fleet.routes.stop_changes import change_stop
from telematics.transit.reading import read_schedule
from telematics.transit.schedule import Schedule
from telematics.transit.writing import write_schedule
from tests.feeds.builders import there_and_back
from tests.fleet.builders import organisation, person
from tests.telematics.transit.builders import PUBLISHER, schedule
from tests.trips.builders import Line
from tests.vehicles.builders import place, registered

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[3] / "shared" / "data"
KINDS = (Stop, Route, RoutePattern, Departure, Term, ExceptionalDay)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def there() -> Line:
    """A school whose term lies around today."""
    made = there_and_back()
    Term.objects.update(valid_from=today() - timedelta(days=30), valid_until=today() + timedelta(days=60))
    ExceptionalDay.objects.all().delete()
    days = [today() + timedelta(days=number) for number in range(1, 15)]
    school = made.where.school
    workday, sunday = (next(day for day in days if day.weekday() == weekday) for weekday in (2, 6))
    ExceptionalDay.objects.create(school=school, day=workday, note="sports")
    ExceptionalDay.objects.create(school=school, day=sunday, as_weekday=4, note="instead")
    return made


def today() -> date:
    return timezone.localdate()


def elsewhere(there: Line) -> Organisation:
    return organisation(Kind.SCHOOL, there.where.district)


def choices(school: Organisation, **changes) -> Choices:
    return Choices(**{"school": school, "keeper": school} | changes)


def imported(of: Schedule, chosen: Choices, by) -> tuple[FeedPlan, list[Done]]:
    plan = plan_import(of, chosen)
    assert objections(plan) == []
    return plan, apply_import(plan, chosen, by=by, reason="t")


def counts() -> list[int]:
    return [kind.objects.current().count() for kind in KINDS]


def told(one: Schedule) -> dict[str, object]:
    """What a timetable says, without the ids that differ from place to place."""
    names = {key: (stop.name, stop.name_en, stop.lat, stop.lon) for key, stop in one.stops.items()}
    trips = sorted(
        (
            one.routes[trip.route_id].name,
            one.routes[trip.route_id].name_en,
            trip.direction,
            trip.headsign,
            [(names[call.stop_id], call.arrival_s, call.departure_s) for call in trip.calls],
            one.shapes[trip.shape_id],
            sorted(one.services[trip.service_id].days()),
        )
        for trip in one.trips.values()
    )
    return {"stops": sorted(names.values()), "trips": trips}


def test_what_is_exported_and_imported_elsewhere_is_exported_the_same(there):
    first = read_schedule(schedule_feed({there.where.school.pk}, today(), "t")).schedule
    assert len(first.trips) == 2
    school = elsewhere(there)
    imported(first, choices(school), there.where.coordinator)
    assert Term.objects.filter(school=school).count() == 1
    assert told(timetable({school.pk}, today())) == told(first)


def test_importing_it_once_more_changes_nothing(there):
    first = read_schedule(schedule_feed({there.where.school.pk}, today(), "t")).schedule
    plan = plan_import(first, choices(there.where.school))
    assert all(one.is_same for one in plan.stops.values())
    assert not any(one.is_new or one.is_changed for one in plan.routes)
    before = counts()
    _plan, done = imported(first, choices(there.where.school), there.where.coordinator)
    assert (done, counts()) == ([], before)


def test_an_import_is_undone_as_a_whole(there):
    first = read_schedule(schedule_feed({there.where.school.pk}, today(), "t")).schedule
    before = counts()
    _plan, done = imported(first, choices(elsewhere(there)), there.where.coordinator)
    assert counts() != before
    undo_import(done, by=there.where.coordinator, reason="t")
    assert counts() == before


def later(of: Schedule) -> Schedule:
    """The same timetable, whose buses take a minute more to the second stop."""
    text = write_schedule(of, PUBLISHER)
    read = read_schedule(text).schedule

    def slower(trip):
        calls = [
            msgspec.structs.replace(call, arrival_s=call.arrival_s + 60, departure_s=call.departure_s + 60)
            if number
            else call
            for number, call in enumerate(trip.calls)
        ]
        return msgspec.structs.replace(trip, calls=tuple(calls))

    return msgspec.structs.replace(read, trips={key: slower(trip) for key, trip in read.trips.items()})


def test_another_way_takes_the_place_of_the_present_one_from_tomorrow_and_gives_it_back(there):
    first = read_schedule(schedule_feed({there.where.school.pk}, today(), "t")).schedule
    chosen = choices(there.where.school)
    plan, done = imported(later(first), chosen, there.where.coordinator)
    assert [one.is_changed for one in plan.routes] == [True]
    there.pattern.refresh_from_db()
    assert there.pattern.valid_until == today()
    assert (
        RoutePattern.objects.filter(route=there.pattern.route, valid_from=today() + timedelta(days=1)).count()
        == 2
    )
    undo_import(done, by=there.where.coordinator, reason="t")
    there.pattern.refresh_from_db()
    assert there.pattern.valid_until is None


def test_a_way_on_which_pupils_ride_is_not_changed_by_a_file(there):
    first = read_schedule(schedule_feed({there.where.school.pk}, today(), "t")).schedule
    pupil = Pupil.objects.create(school=there.where.school, number="1", name="小明")
    StopAssignment.objects.create(
        pupil=pupil,
        pattern=there.pattern,
        stop=there.pattern.pattern_stops.first().stop,
        valid_from=today(),
        weekdays=31,
    )
    found = objections(plan_import(later(first), choices(there.where.school)))
    assert [(one.file, one.field) for one in found] == [("stop_times.txt", "trip_id")]
    assert "小明" not in found[0].message


def test_a_stop_nearby_is_pointed_out_and_taken_only_where_it_is_the_same(there):
    first = read_schedule(schedule_feed({there.where.school.pk}, today(), "t")).schedule
    stop = there.pattern.pattern_stops.get(order=2).stop
    change_stop(stop, {"name": "别名"}, by=there.where.coordinator)
    key = str(stop.pk)
    plan = plan_import(first, choices(there.where.school))
    assert (plan.stops[key].near, plan.stops[key].is_same) == (stop, False)
    same = frozenset(plan.stops)
    assert plan_import(first, choices(there.where.school, same=same)).stops[key].existing == stop
    assert not any(
        one.is_same for one in plan_import(first, choices(elsewhere(there), same=same)).stops.values()
    )


def test_a_name_that_is_too_long_is_told_and_nothing_is_stored(there):
    first = schedule()
    route = msgspec.structs.replace(first.routes["r"], name="长" * 121)
    found = objections(
        plan_import(msgspec.structs.replace(first, routes={"r": route}), choices(elsewhere(there)))
    )
    assert ("routes.txt", "route_long_name") in {(one.file, one.field) for one in found}


def test_nobody_imports_who_may_not_change_the_routes_and_nothing_is_left(there):
    first = read_schedule(schedule_feed({there.where.school.pk}, today(), "t")).schedule
    school = elsewhere(there)
    chosen, keeper = choices(school), place().operator
    before = counts()
    for by in (there.where.principal, person(Role.COORDINATOR)):
        with pytest.raises(PermissionDenied):
            apply_import(plan_import(first, chosen), chosen, by=by, reason="t")
    foreign = choices(school, keeper=keeper)
    with pytest.raises(ValidationError):
        apply_import(plan_import(first, foreign), foreign, by=there.where.coordinator, reason="t")
    assert counts() == before


def test_what_was_changed_since_is_not_undone(there):
    first = read_schedule(schedule_feed({there.where.school.pk}, today(), "t")).schedule
    _plan, done = imported(first, choices(elsewhere(there)), there.where.coordinator)
    stop = Stop.objects.get(pk=next(one.pk for one in done if one.kind == "stop"))
    change_stop(stop, {"name": "改名"}, by=there.where.coordinator)
    before = counts()
    with pytest.raises(RecordError, match="Village"):
        undo_import(done, by=there.where.coordinator, reason="t")
    assert counts() == before


def test_a_timetable_that_is_over_holds_from_today_without_its_calendar(there):
    school = elsewhere(there)
    plan, _done = imported(schedule(), choices(school), there.where.coordinator)
    is_over = date(2026, 10, 30) < today()
    assert plan.is_over == is_over
    if is_over:
        assert plan.days is None
        assert set(
            RoutePattern.objects.filter(route__school=school).values_list("valid_from", "valid_until")
        ) == {(today(), None)}


def test_direction_0_is_what_whoever_imports_says(there):
    school = elsewhere(there)
    imported(schedule(trips=1), choices(school, zero_is=Direction.TO_HOME), there.where.coordinator)
    assert RoutePattern.objects.get(route__school=school).direction == Direction.TO_HOME


def test_a_double_run_comes_back_as_two(there):
    Departure.objects.create(pattern=there.pattern, at=there.departure.at, bus=registered(there.where))
    first = read_schedule(schedule_feed({there.where.school.pk}, today(), "t")).schedule
    school = elsewhere(there)
    imported(first, choices(school), there.where.coordinator)
    assert Departure.objects.filter(pattern__route__school=school, at=there.departure.at).count() == 2


@pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data, which is not here")
@pytest.mark.parametrize(
    ("path", "least"), [("gtfs/bullrunner-gtfs.zip", 6), ("avl/mta_b63/mta-b63-winter10.zip", 1)]
)
def test_real_feeds_are_imported(path, least):
    where = place()
    of = read_schedule((DATA / path).read_bytes()).schedule
    plan, _done = imported(of, choices(where.school), where.coordinator)
    assert len(plan.routes) >= least
    assert Stop.objects.filter(organisation=where.school).count() == len(plan.stops)
    departures = Departure.objects.filter(pattern__route__school=where.school).count()
    assert departures == sum(len(way.departures) for route in plan.routes for way in route.ways)
