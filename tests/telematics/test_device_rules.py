"""What each rule on a device's reports finds, and what it leaves alone, as timelines through the pipeline."""

import pytest

from telematics.fix import Alarm, Verdict
from telematics.pipeline import ingest
from telematics.rules import signal_gap
from telematics.rules.episode import Severity
from telematics.rules.signal_gap import SignalGapLimits
from tests.telematics.builders import arrival, at, drive, fix, rulebook
from tests.telematics.days import VOID
from tests.telematics.memory_log import MemoryLog

RULEBOOK = rulebook()
FIVE_MINUTES = 300


def found(reports, rule):
    """The episodes of a rule, in the order of their starts."""
    log = MemoryLog()
    for report in reports:
        ingest([arrival(report)], log, RULEBOOK)
    episodes = [one for one in log.findings.values() if one.rule == rule]
    return sorted(episodes, key=lambda one: one.started_at)


def seconds(*speeds_kmh, start_s=0.0, metres=0.0, **changes):
    """Reports a second apart."""
    reports = []
    for number, kmh in enumerate(speeds_kmh):
        reports.append(fix(start_s + number, kmh, metres=metres, **changes))
        metres += kmh / 3.6
    return reports


def test_a_silence_of_a_moving_bus_is_a_gap_from_the_last_report_to_the_next():
    (gap,) = found([fix(0, 40), fix(5, 40), fix(400, 0)], "signal_gap")
    assert (gap.started_at, gap.ended_at, gap.peak, gap.limit) == (at(5), at(400), 395, FIVE_MINUTES)


def test_five_minutes_of_silence_are_no_gap():
    assert found([fix(0, 40), fix(FIVE_MINUTES, 40)], "signal_gap") == []


def test_a_parked_bus_may_be_silent():
    assert found([fix(0, 0, metres=0), fix(40_000, 0, metres=30)], "signal_gap") == []


def test_a_bus_that_parked_at_a_walk_may_be_silent():
    assert found([fix(0, 10, metres=0), fix(40_000, 0, metres=30)], "signal_gap") == []


def test_a_bus_that_stood_and_is_found_elsewhere_was_driven_in_the_silence():
    (gap,) = found([fix(0, 0, metres=0), fix(4_000, 0, metres=3_000)], "signal_gap")
    assert (gap.started_at, gap.ended_at, gap.details) == (at(0), at(4_000), {"moved_m": 3000})


@pytest.mark.parametrize(("silent_s", "severity"), [(43_200, Severity.MEDIUM), (43_201, Severity.RECORD)])
def test_a_gap_of_more_than_half_a_day_is_for_the_record(silent_s, severity):
    (gap,) = found([fix(0, 0, metres=0), fix(silent_s, 0, metres=3_000)], "signal_gap")
    assert gap.severity is severity


def test_where_it_was_driven_is_known_once_there_is_a_position_again():
    cold_start = [fix(0, 0, metres=0), fix(4_000, **VOID), fix(4_030, **VOID), fix(4_060, 0, metres=3_000)]
    (gap,) = found(cold_start, "signal_gap")
    assert (gap.started_at, gap.ended_at) == (at(0), at(4_000))


def test_a_gap_that_goes_on_is_told_by_the_clock_and_is_the_one_that_the_next_report_ends():
    log = MemoryLog()
    ingest([arrival(fix(0, 40))], log, RULEBOOK)
    seen, limits = log.saved["bus"].seen, SignalGapLimits()
    assert signal_gap.overdue(seen, at(FIVE_MINUTES), limits) is None
    told = signal_gap.overdue(seen, at(FIVE_MINUTES + 1), limits)
    assert told is not None
    assert (told.started_at, told.ended_at, told.last_at) == (at(0), None, at(FIVE_MINUTES + 1))
    (gap,) = found([fix(0, 40), fix(400, 0)], "signal_gap")
    assert (told.rule, told.started_at, told.limit, told.lat) == (
        gap.rule, gap.started_at, gap.limit, gap.lat,
    )  # fmt: skip


@pytest.mark.parametrize("last", [fix(0, 0), fix(0, 10), fix(0, **VOID)])
def test_the_clock_tells_of_no_gap_where_the_bus_may_have_parked(last):
    log = MemoryLog()
    ingest([arrival(last)], log, RULEBOOK)
    assert signal_gap.overdue(log.saved["bus"].seen, at(90_000), SignalGapLimits()) is None


def test_a_moving_bus_without_satellites_for_three_minutes_may_be_jammed():
    reports = [fix(0, 40), *(fix(5 + 30 * number, **VOID) for number in range(8)), fix(240, 40)]
    (jam,) = found(reports, "jamming")
    assert (jam.started_at, jam.ended_at, jam.evidence.reports) == (at(5), at(215), 8)


def test_too_few_satellites_are_none():
    reports = [fix(0, 40), *(fix(5 + 30 * number, 40, satellites=3) for number in range(8)), fix(240, 40)]
    assert len(found(reports, "jamming")) == 1


def test_a_tunnel_is_no_jamming():
    reports = [fix(0, 60), *(fix(5 + 5 * number, **VOID) for number in range(30)), fix(160, 60)]
    assert found(reports, "jamming") == []


def test_a_bus_that_enters_a_garage_slowly_is_not_jammed():
    reports = [fix(0, 10), *(fix(5 + 30 * number, **VOID) for number in range(100))]
    assert found(reports, "jamming") == []


def test_a_link_that_falls_silent_is_no_jamming():
    reports = [fix(0, 40), *(fix(5 + 90 * number, **VOID) for number in range(8))]
    assert found(reports, "jamming") == []


def test_a_place_that_stays_at_speed_is_frozen():
    reports = [fix(0, 40, metres=0), *(fix(5 + 10 * number, 40, metres=50) for number in range(8))]
    (frozen,) = found([*reports, fix(90, 40, metres=900)], "frozen_position")
    assert (frozen.started_at, frozen.ended_at, frozen.evidence.reports) == (at(5), at(75), 8)


def test_a_standing_bus_keeps_its_place():
    assert found([fix(10 * number, 0, metres=0) for number in range(20)], "frozen_position") == []


def test_a_crawling_bus_may_seem_to_keep_its_place():
    assert found([fix(10 * number, 5, metres=0) for number in range(20)], "frozen_position") == []


def test_braking_from_fifty_to_nothing_in_three_seconds_is_harsh():
    (braking,) = found(seconds(50, 50, 50, 50, 33, 16, 0, 0, 0), "harsh_braking")
    assert braking.severity is Severity.RECORD
    assert braking.peak == pytest.approx(4.72, abs=0.01)
    assert braking.started_at >= at(3)
    assert braking.ended_at is not None
    assert braking.ended_at <= at(6)


def test_braking_from_fifty_to_nothing_in_six_seconds_is_not():
    assert found(seconds(50, 50, 50, 42, 33, 25, 17, 8, 0, 0), "harsh_braking") == []


def test_a_start_at_three_and_a_half_metres_per_second_squared_is_harsh():
    (start,) = found(seconds(0, 0, 0, 12.6, 25.2, 37.8, 50.4, 50.4, 50.4), "harsh_acceleration")
    assert start.peak == pytest.approx(3.5, abs=0.01)


@pytest.mark.parametrize(
    "speeds",
    [
        [50, 50, 50, 0, 50, 50, 50, 50],
        [50, 50, 50, 90, 50, 50, 50, 50],
        [0, 8, 0, 12, 3, 0, 9, 0, 14, 0, 0],
        [60, 60, 60, 60, 0, 0, 0, 0, 60, 60, 60],
    ],
)
def test_noise_of_a_receiver_is_not_harsh(speeds):
    reports = seconds(*speeds)
    assert found(reports, "harsh_braking") + found(reports, "harsh_acceleration") == []


@pytest.mark.parametrize("changes", [{"accuracy_m": 25.0}, {"satellites": 5}])
def test_an_inaccurate_receiver_tells_nothing_of_a_second(changes):
    assert found(seconds(50, 50, 50, 50, 33, 16, 0, 0, 0, **changes), "harsh_braking") == []


def test_reports_each_five_seconds_tell_nothing_of_a_second():
    assert found(drive(50, 50, 50, 0, 0, 50, 50), "harsh_braking") == []


def with_door(*speeds_kmh, every_s=5.0):
    return [fix(every_s * number, kmh, door_open=True) for number, kmh in enumerate(speeds_kmh)]


def test_a_door_that_stays_open_at_speed_is_found():
    (door,) = found([*with_door(0, 20, 30, 25), fix(20, 30, door_open=False)], "door_open")
    assert (door.started_at, door.ended_at, door.evidence.reports) == (at(5), at(15), 3)
    assert door.peak == pytest.approx(30 / 3.6)


def test_a_door_that_closes_as_the_bus_pulls_out_is_not():
    assert found([*with_door(0, 5, 12, every_s=2.0), fix(6, 20, door_open=False)], "door_open") == []


def test_nothing_is_known_of_a_door_that_nobody_tells_of():
    assert found([fix(5.0 * number, 40) for number in range(10)], "door_open") == []


@pytest.mark.parametrize("changes", [{}, VOID, {"metres": 90_000}, {"verdicts": Verdict.IMPLAUSIBLE}])
def test_a_call_for_help_counts_however_doubtful_its_place(changes):
    (call,) = found([fix(0), fix(5, **changes | {"alarms": Alarm.SOS}), fix(10)], "sos")
    assert call.severity is Severity.EMERGENCY
    assert (call.started_at, call.ended_at, call.details) == (at(5), at(5), {"sos": True})
    assert call.lat is not None


def test_a_call_for_help_goes_on_while_it_is_held():
    (call,) = found([fix(5 * number, alarms=Alarm.SOS) for number in range(4)], "sos")
    assert (call.ended_at, call.last_at, call.evidence.reports) == (None, at(15), 4)


def test_a_collision_calls_for_help():
    (call,) = found([fix(0, alarms=Alarm.COLLISION)], "sos")
    assert call.details == {"collision": True}


def test_a_report_that_calls_for_help_is_no_repeat_of_one_that_does_not():
    assert len(found([fix(0), fix(0, alarms=Alarm.SOS)], "sos")) == 1


def test_reports_from_the_future_show_that_the_clock_is_wrong_and_are_dated_by_their_arrival():
    log = MemoryLog()
    for number in range(3):
        ingest([arrival(fix(10 * number), delay_s=-600)], log, RULEBOOK)
    (drift,) = log.findings.values()
    assert (drift.rule, drift.peak, drift.evidence.reports) == ("clock_drift", 600, 3)
    assert (drift.started_at, drift.last_at) == (at(-600), at(-580))


def test_a_call_for_help_by_a_receiver_with_a_wrong_clock_counts():
    log = MemoryLog()
    ingest([arrival(fix(0, alarms=Alarm.SOS), delay_s=-86_400)], log, RULEBOOK)
    calls = [one for one in log.findings.values() if one.rule == "sos"]
    assert [one.started_at for one in calls] == [at(-86_400)]


def test_a_late_report_undoes_the_gap_that_it_falls_into():
    log = MemoryLog()
    for report in (fix(0, 40), fix(400, 40)):
        ingest([arrival(report)], log, RULEBOOK)
    ingest([arrival(fix(200, 40))], log, RULEBOOK)
    assert not log.findings


def test_a_gap_after_a_report_that_settles_all_rules_is_undone_as_well():
    log = MemoryLog()
    for report in (fix(0, 0, metres=0), fix(400, 40, metres=3_000)):
        ingest([arrival(report)], log, RULEBOOK)
    assert len(log.findings) == 1
    ingest([arrival(fix(200, 40, metres=1_000))], log, RULEBOOK)
    assert not log.findings


def test_a_gap_told_by_the_clock_outlasts_a_late_report_before_it():
    log = MemoryLog()
    for report in (fix(0, 40), fix(100, 40)):
        ingest([arrival(report)], log, RULEBOOK)
    told = signal_gap.overdue(log.saved["bus"].seen, at(500), RULEBOOK.signal_gap)
    assert told is not None
    log.findings["bus", told.rule, told.started_at] = told
    ingest([arrival(fix(50, 40), delay_s=450)], log, RULEBOOK)
    assert list(log.findings.values()) == [told]
