import random
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telematics.fix import Verdict
from telematics.match import Call, MatchState, Phase
from tests.telematics.matching.builders import START, at, fix, match, straight, there_and_back, trip


def drive(until_m=3000, every_s=15, mps=8.0, start_s=0, noise_m=0.0):
    """Reports of a bus that drives east at an even pace."""
    dice = random.Random(7)
    steps = int(until_m / (mps * every_s)) + 1
    return [
        fix(start_s + n * every_s, at(n * every_s * mps + dice.gauss(0, noise_m), dice.gauss(0, noise_m)))
        for n in range(steps)
    ]


def calls_of(calls, kind):
    return [call.stop for call in calls if call.call == kind]


def test_each_stop_on_the_way_is_arrived_at_and_departed_from_once_in_order():
    _, calls, _ = match(drive(noise_m=5), trip(straight()))
    assert calls_of(calls, Call.ARRIVED) == [1, 2, 3, 4, 5, 6]
    assert calls_of(calls, Call.DEPARTED) == [0, 1, 2, 3, 4, 5]
    assert not calls_of(calls, Call.SKIPPED) + calls_of(calls, Call.UNKNOWN)


def test_arrival_is_interpolated_between_the_reports_either_side_and_names_them():
    fixes = [fix(0, at(300)), fix(30, at(600))]
    _, calls, _ = match(fixes, trip(straight()))
    arrived = calls[0]
    assert (arrived.stop, arrived.call, arrived.bracket_s) == (1, Call.ARRIVED, 30.0)
    assert arrived.at is not None
    assert (arrived.at - START).total_seconds() == pytest.approx(18.0, abs=0.2)
    assert [key.time for key in arrived.evidence] == [START, START + timedelta(seconds=30)]


def test_silence_over_a_stop_gives_no_arrival():
    fixes = [fix(0, at(300)), fix(400, at(800))]
    _, calls, _ = match(fixes, trip(straight()))
    assert [(call.stop, call.call, call.at) for call in calls] == [(1, Call.UNKNOWN, None)]


def test_silence_to_the_end_gives_nothing():
    _, calls, _ = match(drive(until_m=900), trip(straight()))
    assert {call.stop for call in calls} == {0, 1}


def test_stop_that_a_detour_leads_around_is_skipped():
    around = [(360, 0), (420, 150), (500, 200), (580, 150), (700, 0), (800, 0)]
    _, calls, _ = match([fix(15 * n, at(*place)) for n, place in enumerate(around)], trip(straight()))
    assert [(call.stop, call.call) for call in calls] == [(1, Call.SKIPPED)]


def test_bus_in_the_depot_is_off_route():
    positions, calls, _ = match([fix(30 * n, at(-400, 300)) for n in range(5)], trip(straight()))
    assert {position.phase for position in positions if position} == {Phase.OFF_ROUTE}
    assert not calls


def test_phases_of_a_trip_with_waiting_at_both_ends():
    waiting = [fix(-300 + 30 * n, at(0)) for n in range(10)]
    arrived = [fix(400 + 30 * n, at(3000)) for n in range(3)]
    positions, _, _ = match([*waiting, *drive(), *arrived], trip(straight()))
    phases = [position.phase for position in positions if position]
    assert phases[:10] == [Phase.BEFORE_START] * 10
    assert phases[15] == Phase.RUNNING
    assert phases[-1] == Phase.DONE


def to_the_first_stop(ends_s):
    """Reports of a bus that comes along 1.2 km of its own line, and round some blocks to its first stop."""
    along = [at(800 + 120 * n) for n in range(11)]
    blocks = [at(2000, 300), at(1500, 400), at(800, 400), at(200, 300), at(0, 100), at(0)]
    places = [*along, *blocks]
    return [fix(ends_s - 15 * (len(places) - 1 - n), place) for n, place in enumerate(places)]


@pytest.mark.parametrize("ends_s", [-60, 120])
def test_bus_that_comes_to_its_first_stop_along_its_own_line_serves_every_stop_afterwards(ends_s):
    positions, calls, _ = match([*to_the_first_stop(ends_s), *drive(start_s=ends_s + 60)], trip(straight()))
    afterwards = [call for call in calls if call.at and call.at >= START + timedelta(seconds=ends_s)]
    assert calls_of(afterwards, Call.ARRIVED) == [1, 2, 3, 4, 5, 6]
    assert calls_of(afterwards, Call.DEPARTED) == [0, 1, 2, 3, 4, 5]
    if ends_s < 0:
        assert afterwards == calls
        assert {position.phase for position in positions[:16] if position} == {Phase.OFF_ROUTE}


def test_bus_that_never_was_at_its_first_stop_is_on_its_way_once_its_time_has_come():
    _, calls, _ = match(drive(start_s=-200)[8:], trip(straight()))
    assert calls_of(calls, Call.ARRIVED) == [4, 5, 6]


def test_out_and_back_on_one_road_calls_at_the_stop_once_each_way():
    out = [fix(15 * n, at(120 * n)) for n in range(13)]
    back = [fix(195 + 15 * n, at(1500 - 125 * (n + 1))) for n in range(12)]
    positions, calls, _ = match([*out, *back], trip(there_and_back()))
    assert calls_of(calls, Call.ARRIVED) == [1, 2, 3, 4]
    assert calls_of(calls, Call.DEPARTED) == [0, 1, 2, 3]
    assert positions[4] and positions[4].along_m == pytest.approx(480, abs=5)
    assert positions[-4] and positions[-4].along_m == pytest.approx(3000 - 375, abs=15)


def test_heading_tells_the_way_on_a_road_driven_both_ways():
    there, back = straight(name="there"), straight(name="back")
    reverse = msgspec.structs.replace(back, line=list(reversed(back.line)))
    positions, _, _ = match([fix(0, at(1400), 270.0)], trip(there, name="there"), trip(reverse, name="back"))
    assert positions[0] and positions[0].trip_id == "back"


def test_of_two_trips_on_one_line_the_one_that_fits_the_time_is_taken():
    pattern = straight()
    early, late = trip(pattern, name="early"), trip(pattern, START + timedelta(minutes=30), name="late")
    positions, _, _ = match(drive(), early, late)
    assert {position.trip_id for position in positions if position} == {"early"}
    assert all(position.confidence > 0.5 for position in positions if position)


def test_unfit_report_changes_nothing():
    pattern = trip(straight())
    void = msgspec.structs.replace(fix(7, at(900)), verdicts=Verdict.VOID)
    assert match([fix(0, at(0)), void], pattern)[2] == match([fix(0, at(0))], pattern)[2]


def test_state_survives_serialisation():
    _, _, state = match(drive(until_m=900), trip(straight()))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=MatchState) == state


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(12)))
def test_past_read_again_after_a_late_report_gives_what_order_gives(order):
    fixes = drive(until_m=1400)[:12]
    sorted_again = sorted((fixes[number] for number in order), key=lambda one: one.time)
    assert match(sorted_again, trip(straight())) == match(fixes, trip(straight()))
