from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telematics.rules.counts_aboard import Count, CountSource, over_time
from telematics.rules.overloading import Capacity, OverloadingLimits, contradictions, overloading

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
LIMITS = OverloadingLimits(
    upper_tier_percent=20, points=6, upper_points=12, fine=(200, 500), upper_fine=(500, 2000),
    crime_percent=50, crime_people=15, article="Art 34",
)  # fmt: skip
BUS = Capacity(pupils=20, adults=2)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def count(lowest, minutes=0.0, source=CountSource.NAMED, highest: int | None = -1):
    highest = lowest if highest == -1 else highest
    return Count(
        key=f"{source}-{minutes}-{lowest}-{highest}",
        source=source,
        at=at(minutes),
        lowest=lowest,
        highest=highest,
    )


def found(*counts, adults=2, capacity=BUS, until=60.0):
    return overloading(counts, adults, capacity, LIMITS, at(until))


@pytest.mark.parametrize(
    ("pupils", "points", "fine"),
    [(21, 6, 200), (23, 6, 200), (24, 12, 500), (25, 12, 500)],
)
def test_twenty_percent_over_is_in_the_upper_tier(pupils, points, fine):
    (one,) = found(count(pupils), count(0, 30))
    assert (one.points, one.details["fine_from"]) == (points, fine)
    assert (one.peak, one.limit, one.details["of"]) == (pupils, 20, "pupils")
    assert (one.started_at, one.ended_at) == (at(0), at(30))


def test_the_certified_number_itself_is_fine():
    assert found(count(20)) == []


def test_adults_are_held_against_their_own_number_and_everybody_against_both():
    (one,) = found(count(5), adults=3)
    assert (one.details["of"], one.peak, one.limit) == ("adults", 3, 2)
    (one,) = found(count(23, source=CountSource.COUNTER), adults=None, until=5)
    assert (one.details["of"], one.peak, one.limit) == ("total", 23, 22)


@pytest.mark.parametrize(("pupils", "filed"), [(29, False), (30, True)])
def test_a_case_is_filed_from_half_over_on(pupils, filed):
    (one,) = found(count(pupils))
    assert one.details["case_to_be_filed"] is filed


def test_fifteen_over_a_large_bus_is_a_case_whatever_the_share():
    (one,) = found(count(65), capacity=Capacity(50, 6))
    assert one.details["case_to_be_filed"] is True
    assert one.details["percent"] == 30


def test_what_is_not_certified_or_not_counted_is_unknown_and_nothing_is_found():
    assert found(count(90), capacity=Capacity(None, None)) == []
    assert found() == []
    assert (
        found(count(90, source=CountSource.LOAD_STATE, highest=None), adults=None, capacity=Capacity(None, 2))
        == []
    )


def test_pupils_who_change_places_at_a_stop_are_no_overloading():
    assert found(count(20), count(21, 10), count(20, 10.5)) == []


def test_names_are_trusted_before_a_head_count_and_that_before_machines():
    (stretch,) = over_time(
        [count(18), count(19, source=CountSource.HEAD_COUNT), count(25, source=CountSource.COUNTER)],
        at(5),
        LIMITS.fresh,
    )
    assert stretch.by == count(18)
    assert [one.source for one in stretch.others] == [CountSource.HEAD_COUNT, CountSource.COUNTER]


def test_a_head_count_holds_until_the_next_tap_and_a_machine_until_it_is_stale():
    stretches = over_time(
        [count(18, 0, CountSource.HEAD_COUNT), count(19, 4), count(20, 20, CountSource.COUNTER)],
        at(40),
        LIMITS.fresh,
    )
    assert [(one.since, one.until, len(one.others)) for one in stretches] == [
        (at(0), at(4), 0), (at(4), at(20), 0), (at(20), at(30), 1), (at(30), at(40), 0),
    ]  # fmt: skip


def test_a_counter_that_can_not_be_true_together_with_the_names_contradicts_them():
    counts = (count(10), count(18, 5, CountSource.COUNTER))
    (one,) = contradictions(counts, 2, at(60))
    assert (one.rule, one.started_at, one.ended_at) == ("contradicting_counts", at(5), at(15))
    assert (one.peak, one.limit, one.details["against"]) == (18, 10, "counter")
    assert contradictions((count(10), count(12, 5, CountSource.COUNTER)), 2, at(60)) == []


def test_a_bus_that_says_it_is_full_contradicts_an_empty_roster():
    full = count(22, 5, CountSource.LOAD_STATE, highest=None)
    assert contradictions((count(0), full), 2, at(60))
    assert found(full) == []


@given(st.integers(1, 60), st.integers(1, 60))
def test_tiers_are_those_of_exact_fractions(certified, over):
    capacity = Capacity(certified, 2)
    (one,) = found(count(certified + over), capacity=capacity)
    share = max(Fraction(over, certified), Fraction(over, certified + 2))
    assert (one.points == 12) == (share >= Fraction(20, 100))
    assert one.details["case_to_be_filed"] == (share >= Fraction(50, 100) or over >= 15)


COUNTS = st.builds(
    count,
    st.integers(0, 40),
    st.integers(0, 30),
    st.sampled_from(CountSource),
    st.one_of(st.none(), st.just(40)),
)


@settings(max_examples=50)
@given(st.lists(COUNTS, max_size=8), st.randoms(use_true_random=False))
def test_the_order_and_repeats_of_counts_change_nothing(counts, dice):
    shuffled = [*counts, *dice.sample(counts, len(counts) // 2)]
    dice.shuffle(shuffled)
    for rule in (lambda given: found(*given), lambda given: contradictions(given, 2, at(60))):
        assert rule(shuffled) == rule(counts)
