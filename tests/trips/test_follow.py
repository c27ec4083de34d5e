"""Trips follow what their buses report, whatever the order in which it comes."""

import random
from datetime import timedelta

import pytest

from fleet.routes.models import Departure
from fleet.trips.changes import dispatch_trip, move_trip, substitute
from fleet.trips.follow import follow
from fleet.trips.follower import Follower
from fleet.trips.models import PredictionSample, Trip, TripState
from fleet.trips.predictor import Predictor
from fleet.trips.punctuality import delay_of
from fleet.trips.states import Step
from tests.fleet.builders import bus, store
from tests.trips.builders import MONDAY, gate_check, trips_on
from tests.trips.drives import MPS, device_in, drive, metres_of, report

pytestmark = pytest.mark.django_db


def told(trip):
    rows = trip.visits.order_by("order")
    return [(visit.state, visit.arrived_at, visit.departed_at, visit.evidence) for visit in rows]


def states(trip):
    return [visit.state for visit in trip.visits.order_by("order")]


def follow_now(trip, reports, **changes):
    return follow([trip.bus_id], Predictor(), reports[-1].time + timedelta(seconds=2), **changes)


def test_a_drive_is_told_stop_by_stop(one, trip, unit):
    reports = drive(trip)
    store(reports, unit)
    assert follow_now(trip, reports).trips == {trip.pk}
    trip.refresh_from_db()
    assert states(trip) == ["departed", "departed", "departed", "arrived"]
    assert trip.state == TripState.CLOSING
    assert abs((trip.started_at - trip.starts_at).total_seconds()) < 30
    assert trip.ended_at == trip.visits.last().arrived_at
    assert [event.kind for event in trip.events.all()] == ["dispatch", "start", "arrive"]
    assert [event.by for event in trip.events.all()] == [one.where.coordinator, None, None]


def test_arrivals_come_with_their_evidence(trip, unit):
    reports = drive(trip)
    store(reports, unit)
    follow_now(trip, reports)
    visit = trip.visits.get(order=2)
    assert visit.confidence > 0.9
    assert visit.uncertainty_s == 5
    times = {fix.time.isoformat().replace("+00:00", "Z") for fix in reports}
    assert {key[0] for key in visit.evidence["between"]} <= times


def test_report_by_report_gives_what_all_at_once_gives(trip, unit):
    reports, predictor = drive(trip), Predictor()
    for fix in reports:
        store([fix], unit)
        follow([trip.bus_id], predictor, fix.time)
    step_by_step = told(trip)
    other = Predictor()
    follow([trip.bus_id], other, reports[-1].time, {trip.bus_id: reports[0].time})
    assert told(trip) == step_by_step


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_arrival_does_not_matter(trip, unit, seed):
    reports = drive(trip)[::3]
    shuffled = random.Random(seed).sample(reports, len(reports))
    follower = Follower(lambda: reports[-1].time + timedelta(minutes=1))
    for start in range(0, len(shuffled), 20):
        log = store(shuffled[start : start + 20], unit)
        follower.follow({trip.bus_id}, log.stored.late)
    in_disorder = told(trip)
    follow([trip.bus_id], Predictor(), reports[-1].time, {trip.bus_id: reports[0].time})
    assert in_disorder == told(trip)
    assert states(trip)[-1] == "arrived"


def test_silence_tells_no_arrival(trip, unit):
    whole = drive(trip)
    second = trip.visits.get(order=2).distance_m
    gap = [fix for fix in whole if not 0.2 * second < metres_of(fix) < 1.8 * second]
    later = [
        report(fix.time + timedelta(minutes=8), metres_of(fix)) if metres_of(fix) >= 1.8 * second else fix
        for fix in gap
    ]
    store(later, unit)
    follow_now(trip, later)
    visit = trip.visits.get(order=2)
    assert (visit.state, visit.arrived_at, visit.departed_at) == ("unknown", None, None)


def test_a_bus_that_does_not_report_leaves_everything_ahead(trip):
    assert follow([trip.bus_id], Predictor(), trip.ends_at).trips == set()
    assert set(states(trip)) == {"ahead"}


def test_a_bus_first_seen_on_its_way_leaves_unknown_stops_behind(trip, unit):
    middle = trip.visits.get(order=2).distance_m + 200
    reports = [fix for fix in drive(trip) if metres_of(fix) > middle]
    store(reports, unit)
    follow_now(trip, reports)
    assert states(trip) == ["unknown", "unknown", "departed", "arrived"]


def test_a_stop_that_the_bus_drives_around_is_skipped(trip, unit):
    second = trip.visits.get(order=2).distance_m
    reports = [
        report(fix.time, metres_of(fix), MPS, aside_m=150) if abs(metres_of(fix) - second) < 300 else fix
        for fix in drive(trip)
    ]
    store(reports, unit)
    follow_now(trip, reports)
    assert states(trip)[1] == "skipped"


def test_two_runs_of_one_bus_are_told_apart(one, unit):
    Departure.objects.create(pattern=one.pattern, at=one.departure.at.replace(minute=50), bus=one.bus)
    first, second = trips_on(MONDAY)
    reports = [*drive(first, late_s=240), *drive(second, late_s=60)]
    store(reports, unit)
    follow_now(first, reports)
    for trip in (first, second):
        delay = delay_of(trip.visits.get(order=2))
        assert delay is not None
        assert timedelta(seconds=0) < delay < timedelta(minutes=6)


def test_a_trip_that_nobody_let_go_runs_and_its_history_says_so(one, unit):
    (trip,) = trips_on(MONDAY)
    reports = drive(trip)
    store(reports, unit)
    follow_now(trip, reports)
    trip.refresh_from_db()
    assert trip.state == TripState.PLANNED
    assert [event.kind for event in trip.events.all()] == ["ran_unlet"]
    assert states(trip)[-1] == "arrived"


def test_a_substitute_takes_over_on_the_way(one, trip, unit):
    other = bus(one.where.operator)
    second = device_in(other).identifier
    first_half = drive(trip, until_m=1500)
    store(first_half, unit)
    follow_now(trip, first_half)
    before = told(trip)[:2]
    trip.refresh_from_db()
    trip = substitute(trip=trip, bus=other, reason="broken down", by=one.where.coordinator)
    rest = [fix for fix in drive(trip, late_s=600) if metres_of(fix) > 1400]
    store(rest, second)
    follow_now(trip, rest)
    assert told(trip)[:2] == before
    assert states(trip) == ["departed", "departed", "departed", "arrived"]


def test_arrivals_ahead_are_predicted_with_a_range_and_kept_as_samples(trip, unit):
    reports = drive(trip, until_m=1200)
    store(reports, unit)
    follow_now(trip, reports)
    trip.refresh_from_db()
    assert trip.state == TripState.RUNNING
    predictions = trip.progress.predictions
    assert [one["order"] for one in predictions] == [3, 4]
    assert all(one["low"] <= one["median"] <= one["high"] for one in predictions)
    assert PredictionSample.objects.filter(trip=trip).count() == 2
    actual = {visit.order: visit.distance_m for visit in trip.visits.all()}
    last = predictions[-1]
    expected_s = reports[-1].time.timestamp() + (actual[4] - 1200) / 6
    assert abs(last["median"] - expected_s) < 120


def test_old_reports_leave_no_samples(trip, unit):
    reports = drive(trip, until_m=1200)
    store(reports, unit)
    follow([trip.bus_id], Predictor(), reports[-1].time + timedelta(minutes=20))
    assert not PredictionSample.objects.exists()


def test_a_cancelled_trip_is_not_followed(one, trip, unit):
    move_trip(trip=trip, step=Step.CANCEL, reason="snow", by=one.where.coordinator)
    reports = drive(trip)
    store(reports, unit)
    assert follow_now(trip, reports).trips == set()
    assert set(states(trip)) == {"ahead"}


def test_following_takes_few_queries(trip, unit, django_assert_max_num_queries):
    reports, predictor = drive(trip, until_m=1200), Predictor()
    store(reports, unit)
    follow([trip.bus_id], predictor, reports[-5].time)
    with django_assert_max_num_queries(14):
        follow([trip.bus_id], predictor, reports[-1].time)


def test_trips_of_other_days_are_left_alone(one, trip, unit):
    trips_on(MONDAY + timedelta(days=1))
    reports = drive(trip)
    store(reports, unit)
    follow_now(trip, reports)
    later = Trip.objects.exclude(pk=trip.pk).get()
    assert set(states(later)) == {"ahead"}


def test_a_trip_that_its_bus_gave_up_for_the_next_is_over(one, unit):
    Departure.objects.create(pattern=one.pattern, at=one.departure.at.replace(minute=50), bus=one.bus)
    first, second = trips_on(MONDAY)
    for made in (first, second):
        gate_check(made)
        dispatch_trip(trip=made, by=one.where.coordinator)
    way_back = [
        report(first.starts_at + timedelta(minutes=12, seconds=10 * number), 900, aside_m=400)
        for number in range(150)
    ]
    reports = [*drive(first, until_m=1500), *way_back, *drive(second)]
    store(reports, unit)
    follow_now(first, reports)
    first.refresh_from_db()
    assert (first.state, first.ended_at) == (TripState.CLOSING, None)
    assert states(first)[-1] == "unknown"
    assert states(second)[-1] == "arrived"
