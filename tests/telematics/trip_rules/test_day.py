"""What the rules find on a trip, and what they leave alone, as timelines."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from telematics.rules.episode import ReportKey, Severity
from telematics.rules.trip.day import DayState
from telematics.rules.trip.plan import Stretch
from telematics.rules.trip.stops import Call, StopLimits, judged
from tests.telematics.builders import START, at
from tests.telematics.trip_rules.builders import day, drive, found, on, plan, stand

OUT = drive(200, 900, 0)


def test_a_run_along_the_line_finds_nothing():
    run = [
        *stand(0, 0, 30), *drive(0, 1000, 35), *stand(1000, 140, 20), *drive(1000, 2000, 165),
        *stand(2000, 270, 20), *drive(2000, 2990, 295), *stand(2990, 400, 600),
    ]  # fmt: skip
    assert day(run).found == ()


def test_a_minute_outside_the_corridor_is_a_deviation_until_the_bus_is_back():
    away = drive(900, 1500, 75, aside=200)
    (one,) = found([*OUT, *away, *drive(1500, 1700, 140)], "route_deviation")
    assert (one.first.time, one.last.time, one.is_over) == (away[0].time, away[-1].time, True)
    assert one.peak == pytest.approx(200, abs=1)
    assert one.severity is Severity.MEDIUM


def test_a_deviation_goes_on_while_the_bus_is_away():
    (one,) = found([*OUT, *drive(900, 2000, 75, aside=200)], "route_deviation")
    assert not one.is_over


def test_a_way_around_a_lorry_is_none():
    assert found([*OUT, *drive(900, 1300, 75, aside=200), *drive(1300, 1700, 120)], "route_deviation") == []


def test_the_other_carriageway_is_none():
    assert found([*OUT, *drive(900, 2500, 75, aside=100)], "route_deviation") == []


def test_a_deviation_that_two_people_allowed_is_for_the_record():
    allowed = plan(exception="works")
    (one,) = found([*OUT, *drive(900, 2000, 75, aside=300)], "route_deviation", allowed)
    assert (one.severity, one.details) == (Severity.RECORD, {"exception": "works"})


def test_what_a_silence_hides_is_no_deviation():
    reports = [*OUT, on(75, 900, aside=200), on(500, 1000, aside=200), on(505, 1000, aside=200)]
    assert found(reports, "route_deviation") == []


def test_a_bus_that_has_not_begun_or_is_done_may_be_anywhere():
    before = drive(0, 2000, 0, aside=800)
    after = [*OUT, *drive(900, 3000, 75), *drive(0, 3000, 300, aside=800)]
    assert found(before, "route_deviation") + found(after, "route_deviation") == []


def test_a_trip_that_never_comes_to_its_end_is_over_when_it_is_long_overdue():
    away = drive(900, 2000, 75, aside=300)
    much_later = drive(0, 3000, 4000, aside=300)
    (one,) = found([*OUT, *away, *much_later], "route_deviation")
    assert one.is_over
    assert one.last.time == away[-1].time


def test_four_minutes_away_from_every_stop_are_too_long():
    (one,) = found([*OUT, *stand(1400, 130, 250), *drive(1400, 1500, 400)], "unapproved_stop")
    assert (one.first.time, one.last.time, one.is_over) == (at(130), at(380), True)
    assert one.severity is Severity.MEDIUM


@pytest.mark.parametrize(
    ("metres", "seconds"),
    [(1400, 180), (1020, 900), (2960, 900), (2850, 900)],
    ids=["light", "stop", "end", "queue"],
)
def test_a_light_a_stop_and_the_end_are_not(metres, seconds):
    assert found([*OUT, *stand(metres, 300, seconds)], "unapproved_stop") == []


def test_a_jam_that_moves_now_and_then_is_none():
    jam = [fix for turn in range(8) for fix in stand(1300 + 40 * turn, 100 + 120 * turn, 110)]
    assert found([*OUT, *jam], "unapproved_stop") == []


def test_a_door_that_opens_away_from_every_stop_needs_no_patience():
    (one,) = found([*OUT, *stand(1400, 130, 15, door_open=True)], "unapproved_stop")
    assert (one.severity, one.details) == (Severity.HIGH, {"door_open": True})


def test_a_door_that_opens_at_a_stop_is_as_it_should_be():
    assert found([*OUT, *stand(1000, 130, 60, door_open=True)], "unapproved_stop") == []


def test_a_stop_served_after_one_behind_it_is_in_the_wrong_order():
    reports = [*drive(200, 2000, 0), *stand(2000, 185, 30), *drive(2000, 1000, 220), *stand(1000, 330, 30)]
    (one,) = found(reports, "wrong_order")
    assert (one.first.time, one.details) == (at(330), {"stop": 2, "after_stop": 3})


def test_a_stop_served_twice_is_not():
    reports = [
        *drive(200, 1000, 0), *stand(1000, 90, 30), *drive(1000, 2000, 125), *stand(2000, 230, 30),
        *drive(2000, 1000, 265), *stand(1000, 370, 30),
    ]  # fmt: skip
    assert found(reports, "wrong_order") == []


def test_a_limiter_counts_on_its_stretch_only():
    slow = plan(limiters=[Stretch(1000.0, 1600.0, 20 / 3.6)])
    (one,) = found(drive(200, 2800, 0), "speed_limiter", slow)
    assert one.is_over
    assert one.peak == pytest.approx(10.0)
    assert one.limit == pytest.approx(20 / 3.6)
    assert at(75) <= one.first.time <= one.last.time <= at(145)


def test_pupils_who_are_driven_without_a_trip_are_found():
    (one,) = found(drive(0, 3000, 0, aside=800), "pupils_outside_trip", aboard=2)
    assert (one.peak, one.trip_id, one.severity) == (2.0, "", Severity.HIGH)


@pytest.mark.parametrize("aboard", [0, None])
def test_nobody_aboard_and_nobody_knows_are_no_pupils(aboard):
    assert found(drive(0, 3000, 0, aside=800), "pupils_outside_trip", aboard=aboard) == []


def test_pupils_on_a_trip_are_where_they_belong():
    assert found(drive(200, 2800, 0), "pupils_outside_trip", aboard=12) == []


def test_what_is_remembered_is_kept_and_read_again():
    state = day([*OUT, *drive(900, 2000, 75, aside=200), *stand(2000, 300, 300, aside=200)])
    assert state.found
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=DayState) == state


def call(**changes):
    given: dict[str, Any] = {
        "trip_id": "one", "number": 2, "planned_at": START, "departed_at": None, "uncertainty": timedelta(seconds=5),
        "is_skipped": False, "pupils": 3, "boards": True, "confidence": 0.95,
        "evidence": (ReportKey(at(0), 1), ReportKey(at(5), 2)), "lat": 31.0, "lon": 121.0,
    }  # fmt: skip
    return Call(**given | changes)


def rules_of(*calls):
    return [one.rule for one in judged(calls, StopLimits())]


def test_a_stop_that_was_left_out_though_children_wait_is_missed():
    assert rules_of(call(is_skipped=True)) == ["missed_stop"]


def test_a_stop_at_which_nobody_waits_may_be_left_out():
    assert rules_of(call(is_skipped=True, pupils=0)) == []


def test_a_place_that_is_not_sure_tells_nothing():
    assert rules_of(call(is_skipped=True, confidence=0.4)) == []


def test_two_stops_left_out_on_one_way_are_one_finding():
    (one,) = judged([call(is_skipped=True), call(is_skipped=True, number=3, pupils=4)], StopLimits())
    assert one.details == {"stops": "2, 3", "pupils": 7}


@pytest.mark.parametrize(("early_s", "rules"), [(120, ["early_departure"]), (60, []), (64, []), (-30, [])])
def test_more_than_a_minute_before_its_time_is_too_early(early_s, rules):
    assert rules_of(call(departed_at=START - timedelta(seconds=early_s))) == rules


def test_where_children_only_alight_no_departure_is_too_early():
    assert rules_of(call(departed_at=START - timedelta(minutes=9), boards=False)) == []
