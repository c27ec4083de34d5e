"""The timetable as GTFS: valid by an independent validator, and what it says is what runs."""

from datetime import date, timedelta

import pytest

from fleet.feeds.timetable import known_trips, schedule_feed, timetable
from fleet.organisations.models import Kind
from fleet.organisations.queries import with_all_below
from fleet.records import archive_record
from fleet.routes.models import Departure, Term
from tests.feeds.builders import TODAY, there_and_back
from tests.feeds.validator import notices
from tests.fleet.builders import organisation
from tests.trips.builders import Line, trips_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> Line:
    made = there_and_back()
    made.where.school.name = "实验小学"
    made.where.school.save()
    return made


def ours(there: Line) -> set[int]:
    return with_all_below([there.where.school.pk])


def test_the_independent_validator_finds_no_error_and_nothing_to_warn_of(there, tmp_path):
    feed = schedule_feed(ours(there), TODAY, "示范区")
    assert notices(feed, tmp_path, TODAY) == {"ERROR": [], "WARNING": [], "INFO": []}


def test_the_days_of_a_trip_are_those_on_which_trips_are_generated(there):
    told = timetable(ours(there), TODAY)
    for number in range(14):
        day = TODAY + timedelta(days=number)
        running = {one.trip_id for one in told.trips.values() if day in told.services[one.service_id].days()}
        assert running == {str(trip.departure_id) for trip in trips_on(day)}, day


def test_the_times_of_a_trip_are_those_of_its_visits(there):
    told = timetable(ours(there), TODAY)
    trip = next(one for one in trips_on(TODAY) if one.departure_id == there.departure.pk)
    visits = [
        (str(one.stop_id), one.order, (one.planned_at - trip.starts_at).total_seconds())
        for one in trip.visits.all()
    ]
    calls = told.trips[str(there.departure.pk)].calls
    assert [(one.stop_id, one.sequence, one.arrival_s - calls[0].arrival_s) for one in calls] == visits
    assert calls[0].arrival_s == 7 * 3600 + 10 * 60


def test_holidays_free_days_and_days_in_exchange_stand_apart(there):
    told = timetable(ours(there), TODAY)
    service = told.services[told.trips[str(there.departure.pk)].service_id]
    assert service.weekdays == 0b11111
    assert date(2026, 10, 1) in service.removed
    assert date(2026, 11, 25) in service.removed
    assert date(2026, 11, 28) in service.added


def test_a_feed_is_the_same_until_something_changes(there):
    first = schedule_feed(ours(there), TODAY, "示范区")
    assert schedule_feed(ours(there), TODAY, "示范区") == first
    departure = Departure.objects.exclude(pk=there.departure.pk).get()
    archive_record(departure, by=there.where.coordinator, reason="t")
    assert schedule_feed(ours(there), TODAY, "示范区") != first
    assert set(known_trips(ours(there), TODAY).shapes) == {str(there.departure.pk)}


def test_an_operator_gives_the_departures_of_its_buses_alone(there):
    Departure.objects.exclude(pk=there.departure.pk).update(bus=None)
    told = timetable({there.where.operator.pk}, TODAY)
    assert set(told.trips) == {str(there.departure.pk)}


def test_of_others_and_of_what_is_over_nothing_is_told(there):
    assert timetable({organisation(Kind.SCHOOL).pk}, TODAY).trips == {}
    after = Term.objects.get().valid_until + timedelta(days=1)
    assert timetable(ours(there), after).trips == {}
