"""Who is aboard at a time, as far as anybody has counted."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from telematics.rules.counts_aboard import Count, CountSource
from telematics.rules.trip.aboard import CountedDay, TripCounted
from tests.telematics.builders import at

END = at(40_000)


def count(seconds, number, source=CountSource.NAMED):
    return Count(key=f"{source}{seconds}", source=source, at=at(seconds), lowest=number, highest=number)


def trip(*counts, starts_s=0.0, adults=2):
    starts_at = at(starts_s)
    return TripCounted(
        starts_at=starts_at, ends_at=starts_at + timedelta(minutes=10), counts=counts, adults=adults
    )


def machine(seconds, number):
    return count(seconds, number, CountSource.COUNTER)


def numbers(trips, machines, *seconds):
    day = CountedDay(trips, machines, END)
    return [day.at(at(second)) for second in seconds]


def test_nobody_knows_before_the_first_count():
    assert numbers([trip(count(60, 1), count(120, 2))], [], 0, 59, 60, 119, 120, 7_000) == [
        None, None, 1, 1, 2, 2,
    ]  # fmt: skip


def test_a_word_of_nobody_holds_for_half_an_hour_after_the_trip():
    assert numbers([trip(count(60, 1), count(580, 0))], [], 580, 2_399, 2_400) == [0, 0, None]


def test_a_child_left_aboard_stays_aboard_whatever_trip_comes_next():
    first, second = trip(count(60, 1)), trip(count(3_660, 2), count(4_000, 0), starts_s=3_600)
    assert numbers([second, first], [], 3_000, 3_700, 4_100, 20_000) == [1, 3, 1, 1]


def test_names_are_trusted_before_a_head_count_and_that_before_a_machine():
    heads = count(100, 3, CountSource.HEAD_COUNT)
    assert numbers([trip(count(60, 2), heads)], [machine(100, 9)], 150) == [2]
    assert numbers([trip(heads)], [machine(100, 9)], 150) == [3]


def test_a_machine_sees_the_crew_as_well_and_its_word_is_soon_stale():
    assert numbers([trip()], [machine(5_000, 6)], 4_999, 5_000, 5_599, 5_600) == [None, 4, 4, None]


def test_a_machine_tells_nothing_where_nobody_knows_the_crew():
    assert numbers([trip(adults=None)], [machine(5_000, 6)], 5_001) == [None]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 3)), max_size=8), st.data())
def test_the_order_of_counts_changes_nothing(pairs, data):
    counts = [count(seconds, number) for seconds, number in dict(pairs).items()]
    machines = [machine(seconds + 3_000, number) for seconds, number in dict(pairs).items()]
    shuffled = data.draw(st.permutations(counts * 2))
    asked = [0, *(seconds for seconds, _ in pairs), 2_000, 3_100, 3_500, 6_500]
    other = data.draw(st.permutations(machines))
    assert numbers([trip(*counts)], machines, *asked) == numbers([trip(*shuffled)], other, *asked)
