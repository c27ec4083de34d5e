"""What is planned for a road, and a bus that keeps to it."""

import numpy as np
import pytest

from telematics.prediction.pace import PaceBook
from telematics.prediction.progress import Progress, Roads
from telematics.timetable import PatternStop, PlannedTrip, RoutePattern
from tests.telematics.matching.builders import at

EIGHT = 8 * 3600.0
STOPS_M = np.arange(0.0, 6000.0, 500.0)
PATTERN = RoutePattern(
    "east",
    [at(0.0), at(5500.0)],
    [PatternStop(f"s{number}", metres) for number, metres in enumerate(STOPS_M)],
)


def trip(start_s=EIGHT, leg_s=60.0, kind="workday"):
    clock_s = [start_s + leg_s * number for number in range(len(STOPS_M))]
    return PlannedTrip(f"{kind}-{start_s}", PATTERN, kind, 0.0, clock_s)


def planned_whole_s(one, *others):
    return float(Roads({"east": [one, *others]}).planned_s(one).sum())


def test_trip_on_its_own_is_expected_as_planned():
    assert planned_whole_s(trip()) == pytest.approx(660.0, abs=1.0)


def test_step_in_the_timetable_is_smoothed_by_the_trips_around():
    around = [trip(EIGHT + 600, 90.0), trip(EIGHT - 600, 90.0)]
    assert 660.0 < planned_whole_s(trip(), *around) < 990.0


@pytest.mark.parametrize("other", [trip(EIGHT, 90.0, "sunday"), trip(EIGHT + 6 * 3600, 90.0)])
def test_trips_of_other_days_and_times_don_t_change_how_long_a_trip_takes(other):
    assert planned_whole_s(trip(), other) == pytest.approx(660.0, abs=2.0)


def driven(legs_s):
    """A bus that has driven these legs, and its time."""
    progress, time_s = Progress(trip(), Roads({}), slow_book()), EIGHT
    progress.report(time_s, 0.0)
    for number, leg_s in enumerate(legs_s):
        time_s += leg_s
        progress.report(time_s, float(STOPS_M[number + 1]))
    return progress, time_s


def slow_book():
    """What is learned from twelve trips that took half as long again as planned."""
    seen = []
    for _ in range(12):
        progress = Progress(trip(), Roads({}), PaceBook())
        for number, metres in enumerate(STOPS_M):
            seen += progress.report(EIGHT + 90.0 * number, float(metres))[0]
    book = PaceBook(seen)
    book.add(seen[-1], EIGHT - 60.0)
    return book


def test_bus_whose_delay_never_changes_is_expected_to_keep_to_its_timetable():
    progress, time_s = driven([60.0] * 8)
    assert progress.ahead_s()[-1] == pytest.approx(180.0, abs=10.0)
    assert progress.signals(time_s).recent_s == pytest.approx(0.0, abs=1.0)


def test_bus_that_wanders_is_expected_as_its_roads_are():
    progress, time_s = driven([40.0, 80.0] * 4)
    assert progress.ahead_s()[-1] > 210.0
    assert progress.signals(time_s).recent_s < -10.0


def test_what_went_on_when_a_bus_began_is_among_its_signals():
    book = slow_book()
    progress = Progress(trip(), Roads({}), book)
    progress.report(EIGHT, 0.0)
    assert progress.signals(EIGHT).lately == book.lately(EIGHT)
