"""On-time performance and the accuracy of predictions: figures from the record."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.organisations.models import Role
from fleet.trips.accuracy import Held, accuracy_of, held_of_school
from fleet.trips.models import PredictionSample, TripState
from fleet.trips.statistics import punctuality
from tests.fleet.builders import organisation, person
from tests.trips.builders import MONDAY, line, trips_on

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def held(ahead_s, error_s, width_s=60):
    actual = NOON + timedelta(seconds=ahead_s)
    said = actual - timedelta(seconds=error_s)
    half = timedelta(seconds=width_s)
    return Held(NOON, said, said - half, said + half, actual)


def test_errors_are_counted_by_how_far_ahead_the_arrival_really_was():
    found = accuracy_of([held(60, 30), held(170, -10), held(180, 90), held(1800, 0), held(1801, 0)])
    assert [(one.first_min, one.count) for one in found.horizons] == [(0, 2), (3, 1), (15, 1)]
    near = found.horizons[0]
    assert (near.mae_s, near.bias_s) == (20, 10)
    assert found.count == 4


def test_a_bus_later_than_said_is_a_positive_error():
    assert held(300, 40).error_s == 40


@pytest.mark.parametrize(
    ("ahead_s", "error_s", "within"),
    [(60, -30, True), (60, -31, False), (60, 90, True), (60, 91, False), (400, 210, True), (400, -61, False)],
)
def test_the_benchmark_s_bands_hold_their_bounds(ahead_s, error_s, within):
    (one,) = accuracy_of([held(ahead_s, error_s)]).horizons
    assert one.in_band == float(within)


@given(st.lists(st.tuples(st.integers(0, 1800), st.integers(-300, 300)), min_size=1))
def test_every_prediction_counts_in_one_horizon(pairs):
    found = accuracy_of([held(*pair) for pair in pairs])
    assert sum(one.count for one in found.horizons) == found.count == len(pairs)
    assert found.in_range == sum(abs(error) <= 60 for _, error in pairs) / len(pairs)


@pytest.fixture
def ended(db):
    """A trip whose first stop was left in time, the second reached late, the third missed, the last not seen."""
    line()
    (trip,) = trips_on(MONDAY)
    first, second, third, _last = trip.visits.order_by("order")
    first.departed_at = first.planned_at + timedelta(minutes=1)
    second.arrived_at = second.planned_at + timedelta(minutes=7)
    third.state = "skipped"
    for visit in (first, second, third):
        visit.save()
    trip.state = TripState.CLOSED
    trip.started_at, trip.ended_at = trip.starts_at, trip.starts_at + timedelta(minutes=20)
    trip.save()
    return trip


@pytest.mark.parametrize("group", ["route", "school", "operator"])
def test_stops_are_counted_by_what_is_known_of_them(ended, group):
    coordinator = person(Role.COORDINATOR, ended.pattern.route.school.parent)
    (row,) = punctuality(coordinator, group, MONDAY, MONDAY)
    assert (row.trips, row.stops, row.early, row.on_time, row.late, row.missed, row.unknown) == (
        1,
        4,
        0,
        1,
        1,
        1,
        1,
    )
    assert row.on_time_share == 0.5
    assert row.mean_delay == timedelta(minutes=4)
    assert row.ride == row.longest_ride == timedelta(minutes=20)
    assert row.planned_ride == ended.ends_at - ended.starts_at


def test_figures_of_others_stay_theirs(ended):
    assert punctuality(person(Role.COORDINATOR, organisation()), "route", MONDAY, MONDAY) == []


def test_other_days_don_t_count(ended):
    coordinator = person(Role.COORDINATOR, ended.pattern.route.school.parent)
    later = MONDAY + timedelta(days=1)
    assert punctuality(coordinator, "route", later, later) == []


def test_a_school_s_predictions_are_held_against_its_arrivals(ended):
    visit = ended.visits.get(order=2)
    for order in (2, 4):
        PredictionSample.objects.create(
            trip=ended, order=order, predicted_at=visit.arrived_at - timedelta(minutes=5),
            median_at=visit.arrived_at - timedelta(seconds=30),
            low_at=visit.arrived_at - timedelta(minutes=1), high_at=visit.arrived_at,
        )  # fmt: skip
    found = accuracy_of(held_of_school(ended.pattern.route.school_id, MONDAY, MONDAY))
    assert (found.count, found.in_range) == (1, 1.0)
    assert found.horizons[0].mae_s == 30
