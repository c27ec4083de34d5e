"""Past trips teach how long roads take; without any, the plan is what is expected."""

from datetime import timedelta

import pytest

from fleet.trips.changes import dispatch_trip
from fleet.trips.follow import follow
from fleet.trips.learning import learn, learn_from, seen_trips
from fleet.trips.predictor import Predictor, keep, kept, learned_file
from fleet.trips.timetables import planned_trip
from telematics.prediction.pace import PaceBook
from telematics.prediction.progress import Roads
from tests.fleet.builders import store
from tests.trips.builders import MONDAY, gate_check, line, trips_on
from tests.trips.drives import device_in, drive_along, metres_of

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1)


def run(one, day, unit, *, slow_s):
    """A day's trip, on which the bus waits so long on the way to its second stop."""
    (trip,) = trips_on(day)
    gate_check(trip)
    trip = dispatch_trip(trip=trip, by=one.where.coordinator)
    stops = [visit.distance_m for visit in trip.visits.order_by("order")]
    reports = [
        fix if metres_of(fix) < 480 else later(fix, slow_s) for fix in drive_along(stops, trip.starts_at)
    ]
    store(reports, unit)
    follow([one.bus.pk], Predictor(), reports[-1].time)
    return trip


def later(fix, seconds):
    changed = {name: getattr(fix, name) for name in fix.__struct_fields__}
    return type(fix)(**changed | {"time": fix.time + timedelta(seconds=seconds)})


@pytest.fixture
def one():
    return line()


def test_nothing_is_learned_from_nothing():
    assert learn([]) is None
    assert learn_from(MONDAY) is None
    assert kept() is None


def test_a_slow_road_is_expected_slow_the_next_day(one):
    unit = device_in(one.bus).identifier
    for day in range(3):
        trip = run(one, MONDAY + timedelta(days=day), unit, slow_s=120)
    planned = planned_trip(trip, trip.visits.order_by("order"))
    before = first_leg_s(Predictor(), planned)
    learned = learn(list(seen_trips(MONDAY, MONDAY + timedelta(days=3))))
    assert learned is not None
    keep(learned)
    after = Predictor()
    after.refresh()
    assert first_leg_s(after, planned) > before + 15


def first_leg_s(predictor, planned):
    start = planned.starts_s() + 60
    predictor.take(planned, start, 200.0)
    return predictor.predicted(planned, start, [1, 2, 3, 4])[0].median - start


def test_today_is_not_learned_from(one):
    run(one, MONDAY, device_in(one.bus).identifier, slow_s=0)
    assert learn_from(MONDAY) is None
    learned = learn_from(TUESDAY)
    assert learned is not None
    assert len(learned.passings) == len(Roads({}).stretches(pattern(one)).keys)


def pattern(one):
    (trip,) = trips_on(MONDAY)
    return planned_trip(trip, trip.visits.order_by("order")).pattern


def test_what_can_t_be_read_is_as_if_nothing_had_been_learned():
    learned_file().write_bytes(b"\xc1")
    assert kept() is None
    Predictor().refresh()


def test_a_trip_that_is_begun_anew_teaches_the_roads_once(one, monkeypatch):
    taught = []
    monkeypatch.setattr(PaceBook, "add", lambda _, passing, time_s: taught.append(time_s))
    (trip,) = trips_on(MONDAY)
    planned = planned_trip(trip, trip.visits.order_by("order"))
    predictor, start = Predictor(), planned.starts_s()
    for _ in range(2):
        predictor.begin_anew(planned)
        for number in range(8):
            predictor.take(planned, start + 20 * number, 100.0 * number)
    assert taught
    assert taught == sorted(taught)
