from collections import Counter

from tests.ledger.simulated import run

TRIPS = 1000
FAULTS = (
    "missed_boarding", "missed_alighting", "wrong_pupil", "wrong_correction", "repeated", "late", "power", "no_stop",
    "stray", "moved", "false_count", "false_walk", "no_attendant", "same_person", "sleeper_ticked_off",
)  # fmt: skip


def test_of_a_thousand_faulty_trips_none_closes_with_a_child_unaccounted_for():
    outcomes = [run(seed) for seed in range(TRIPS)]
    assert [seed for seed, one in enumerate(outcomes) if one.closed and one.left_aboard] == []
    faults: Counter[str] = sum((one.faults for one in outcomes), Counter())
    assert {fault for fault in FAULTS if faults[fault] < 50} == set()
    assert sum(one.had_sleeper for one in outcomes) > TRIPS / 2
    assert sum(one.closed for one in outcomes) > TRIPS * 0.9, "people can get them closed"


def test_where_names_counts_and_both_walks_are_false_no_ledger_can_know():
    """The trips are dangerous enough for the test above to mean something."""
    outcomes = [run(seed, all_lie=True) for seed in range(TRIPS // 4)]
    assert sum(one.closed and bool(one.left_aboard) for one in outcomes) > 10
