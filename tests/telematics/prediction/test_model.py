import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telematics.prediction.arrivals import PRIOR_EFFECTS, ArrivalModel, effects, learn_strengths, stack
from telematics.prediction.pace import PaceBook, Passing
from telematics.prediction.progress import Signals
from telematics.prediction.stretches import StretchKey

KEY, OTHER = StretchKey(1, 2, 0), StretchKey(5, 2, 0)
CALM = Signals(0.0, 0.0, 300.0, 0.0, 1200.0, 0.0)
EIGHT = 8 * 3600.0


def passing(taken_s, key=KEY, clock_s=EIGHT):
    return Passing(key, "workday", clock_s, 50.0, taken_s)


def expected(book, key=KEY, clock_s=EIGHT, kind="workday"):
    return float(book.expected_s([key], kind, np.array([clock_s]), np.array([50.0]))[0])


def test_nothing_learned_means_as_planned():
    assert expected(PaceBook()) == 50.0


def test_more_passings_move_a_stretch_further_from_what_is_planned():
    few, many = PaceBook([passing(100.0)] * 2), PaceBook([passing(100.0)] * 60)
    assert 50.0 < expected(few) < expected(many) <= 100.0
    assert expected(many) > 90.0


def test_one_by_one_learns_nearly_what_all_at_once_does():
    dice = np.random.default_rng(1)
    passings = [passing(taken, key) for taken in dice.uniform(40, 120, 60) for key in (KEY, OTHER)]
    at_once, by_and_by = PaceBook(passings), PaceBook()
    for number, one in enumerate(passings):
        by_and_by.add(one, 30.0 * number)
    by_and_by.settle()
    assert expected(by_and_by) == pytest.approx(expected(at_once), rel=0.1)


def test_slow_hour_is_slow_on_roads_not_driven_then():
    noon = 13 * 3600.0
    driven = [passing(90.0, OTHER, EIGHT), passing(50.0, OTHER, noon), passing(50.0, KEY, noon)]
    book = PaceBook(driven * 200)
    assert expected(book, KEY, EIGHT) > 1.1 * expected(book, KEY, 13 * 3600.0)


def test_road_that_is_slow_in_the_morning_only_is_expected_slow_in_the_morning_only():
    noon = 13 * 3600.0
    mornings = [passing(90.0, KEY, EIGHT), passing(50.0, OTHER, EIGHT)]
    book = PaceBook([*mornings, passing(50.0, KEY, noon), passing(90.0, OTHER, noon)] * 50)
    assert expected(book, KEY, EIGHT) > 1.2 * expected(book, KEY, noon)
    assert expected(book, OTHER, noon) > 1.2 * expected(book, OTHER, EIGHT)


def test_slow_roads_of_late_are_noticed_and_forgotten():
    book = PaceBook()
    assert book.lately(0.0) == 0.0
    for number in range(100):
        book.add(passing(100.0), 1000.0 + number)
    now, later = book.lately(1100.0), book.lately(1100.0 + 4 * 3600)
    assert now > 0.03
    assert 0 <= later < 0.1 * now


def test_breakdown_counts_as_a_slow_passing_only():
    assert expected(PaceBook([passing(7200.0)])) == expected(PaceBook([passing(175.0)]))


def test_late_bus_is_expected_to_make_up_time_and_more_the_further_ahead():
    model, ahead = ArrivalModel(), np.array([300.0, 900.0, 1500.0])
    gained = model.centre_s(ahead, CALM) - model.centre_s(ahead, CALM._replace(delay_s=300.0))
    assert np.all(np.diff(gained) > 0)
    assert gained[0] > 0


def test_waiting_bus_leaves_at_its_planned_departure_at_the_earliest_but_for_what_was_learned():
    model, ahead = ArrivalModel(), np.array([120.0])
    waits = model.centre_s(ahead, CALM._replace(hold_s=600.0)) - model.centre_s(ahead, CALM)
    assert waits[0] == pytest.approx(600.0 + 60.0 * PRIOR_EFFECTS[4])


@given(st.lists(st.floats(0, 2400), min_size=1, max_size=20), st.floats(-1500, 1500), st.floats(-600, 600))
def test_prediction_is_never_in_the_past_and_lies_in_its_range(ahead, delay_s, recent_s):
    said = ArrivalModel().predict(np.array(ahead), CALM._replace(delay_s=delay_s, recent_s=recent_s))
    assert np.all(said.lower_s >= 0)
    assert np.all(said.lower_s <= said.seconds)
    assert np.all(said.seconds <= said.upper_s)


def test_many_buses_at_once_are_predicted_as_each_alone():
    model = ArrivalModel()
    ahead = np.array([[60.0, 200.0, 800.0], [30.0, 500.0, 1500.0]])
    buses = [CALM._replace(delay_s=250.0), CALM._replace(recent_s=90.0, hold_s=100.0)]
    together = model.predict(ahead, stack(buses))
    for number, bus in enumerate(buses):
        alone = model.predict(ahead[number], bus)
        np.testing.assert_allclose(together.seconds[number], alone.seconds)
        np.testing.assert_allclose(together.upper_s[number], alone.upper_s)


def test_range_learned_on_past_errors_holds_four_of_five():
    dice = np.random.default_rng(2)
    centre = dice.uniform(20, 1600, 40_000)
    actual = centre * dice.lognormal(0.05, 0.2, len(centre))
    model = ArrivalModel()
    model.learn_range(centre[::2], actual[::2])
    said = model.spread(centre[1::2])
    inside = (actual[1::2] >= said.lower_s) & (actual[1::2] <= said.upper_s)
    assert 0.78 <= inside.mean() <= 0.82


def test_range_follows_when_errors_grow():
    dice = np.random.default_rng(3)
    centre = dice.uniform(20, 1600, 60_000)
    model = ArrivalModel()
    model.learn_range(centre, centre * dice.lognormal(0.0, 0.1, len(centre)))
    worse = centre * dice.lognormal(0.0, 0.3, len(centre))
    before = coverage(model, centre, worse)
    model.track(centre, worse)
    assert before + 0.1 < coverage(model, centre, worse) < 0.82


def test_following_errors_moves_the_range_but_not_what_is_said():
    model, ahead = ArrivalModel(), np.full(5_000, 300.0)
    before = model.spread(np.array([300.0]))
    model.track(ahead, ahead - 280.0)
    after = model.spread(np.array([300.0]))
    assert after.seconds == before.seconds
    assert after.lower_s < before.lower_s
    assert after.seconds <= after.upper_s < before.upper_s


def coverage(model, centre, actual):
    said = model.spread(centre)
    return ((actual >= said.lower_s) & (actual <= said.upper_s)).mean()


def test_strengths_are_found_again_from_what_they_made():
    dice = np.random.default_rng(4)
    ahead = dice.uniform(60, 2000, 30_000)
    noise = dice.normal(0, 200, (5, len(ahead)))
    signals = Signals(
        noise[0],
        noise[1],
        np.full_like(ahead, 300),
        noise[2],
        np.full_like(ahead, 1200),
        0.0 * ahead,
        noise[4] / 2000,
    )
    rows = np.column_stack(effects(ahead, signals))
    true = np.array([-0.6, -0.3, 0.2, 0.05, 0.0, 0.1, 0.0, 0.8])
    found = learn_strengths(rows, rows @ true + noise[3] / 10, ahead)
    np.testing.assert_allclose(found[[0, 1, 2, 3, 7]], true[[0, 1, 2, 3, 7]], atol=0.06)


def test_no_history_leaves_the_prior():
    assert np.array_equal(
        learn_strengths(np.zeros((0, len(PRIOR_EFFECTS))), np.zeros(0), np.zeros(0)), PRIOR_EFFECTS
    )
