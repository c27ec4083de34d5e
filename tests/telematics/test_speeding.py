from datetime import datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from telematics.rules.episode import Episode
from telematics.rules.speeding import SpeedingLimits, SpeedingState, SpeedLimit, step
from telematics.units import kmh_to_mps
from tests.telematics.builders import SIXTY, at, drive, fix

EIGHTY = SpeedLimit(mps=kmh_to_mps(80), source="expressway", article="Art 35")
LIMITS = SpeedingLimits(at=lambda report: SIXTY, lowest_mps=SIXTY.mps)


def episodes(reports, limits=LIMITS):
    """The last word on each episode, in the order of their starts."""
    state: SpeedingState = None
    found: dict[datetime, Episode] = {}
    for report in reports:
        state, changed = step(state, report, limits)
        found.update((one.started_at, one) for one in changed)
    return [found[start] for start in sorted(found)]


def test_ten_seconds_over_the_limit_is_an_episode():
    (found,) = episodes(drive(50, 70, 72, 75, 40))
    assert (found.started_at, found.last_at, found.ended_at) == (at(5), at(15), at(15))
    assert found.peak == kmh_to_mps(75)
    assert (found.limit, found.limit_source, found.article) == (SIXTY.mps, SIXTY.source, SIXTY.article)
    assert (found.evidence.first.time, found.evidence.peak.time, found.evidence.reports) == (at(5), at(15), 3)


def test_exactly_at_the_limit_is_not_speeding():
    assert episodes(drive(*[60] * 20)) == []


def test_less_than_ten_seconds_is_not_speeding():
    assert episodes(drive(50, 70, 72, 40)) == []


def test_a_dip_to_the_limit_before_it_opens_starts_the_clock_again():
    assert episodes(drive(70, 70, 60, 70, 70, 50)) == []


def test_an_open_episode_outlasts_a_dip_within_the_hysteresis():
    (found,) = episodes(drive(70, 70, 70, 58, 70, 40))
    assert (found.started_at, found.ended_at) == (at(0), at(20))


def test_a_dip_beyond_the_hysteresis_ends_it():
    first, second = episodes(drive(70, 70, 70, 56, 70, 70, 70, 40))
    assert (first.ended_at, second.started_at) == (at(10), at(20))


def test_it_goes_on_until_something_ends_it():
    (found,) = episodes(drive(70, 70, 70))
    assert found.ended_at is None


def test_after_a_silence_nothing_is_known_of_what_happened_in_it():
    before, after = drive(70, 70, 70), drive(70, 70, 70, 40, start_s=200)
    first, second = episodes(before + after)
    assert (first.ended_at, second.started_at) == (at(10), at(200))


def test_two_reports_half_a_minute_apart_are_enough_for_a_slow_reporter():
    assert len(episodes(drive(70, 70, 40, every_s=30))) == 1


def test_inaccurate_reports_neither_open_nor_end_an_episode():
    assert episodes([fix(0, 70, accuracy_m=31.0), fix(20, 70, satellites=3)]) == []
    (found,) = episodes([*drive(70, 70, 70), fix(15, 10, accuracy_m=31.0), fix(20, 70)])
    assert (found.last_at, found.ended_at) == (at(20), None)


def test_reports_without_speed_change_nothing():
    (found,) = episodes([*drive(70, 70, 70), fix(15, None), fix(20, 70), fix(25, 40)])
    assert found.ended_at == at(20)


def test_seventy_on_an_expressway_is_allowed():
    limits = SpeedingLimits(at=lambda report: EIGHTY, lowest_mps=SIXTY.mps)
    assert episodes(drive(*[70] * 10), limits) == []


def test_leaving_the_expressway_starts_a_new_clock_under_the_new_limit():
    limits = msgspec.structs.replace(LIMITS, at=lambda report: EIGHTY if report.time < at(15) else SIXTY)
    first, second = episodes(drive(90, 90, 90, 90, 90, 90, 40), limits)
    assert (first.limit, first.ended_at) == (EIGHTY.mps, at(10))
    assert (second.limit, second.started_at, second.ended_at) == (SIXTY.mps, at(15), at(25))


@given(st.lists(st.tuples(st.integers(1, 200), st.integers(0, 120)), max_size=40))
def test_every_episode_is_borne_out_by_the_reports(steps):
    seconds, reports = 0, []
    for gap_s, kmh in steps:
        seconds += gap_s
        reports.append(fix(seconds, kmh))
    for found in episodes(reports):
        inside = [one for one in reports if found.started_at <= one.time <= found.last_at]
        speeds = [one.speed_mps or 0.0 for one in inside]
        over = [speed for speed in speeds if speed > SIXTY.mps]
        assert found.last_at - found.started_at >= timedelta(seconds=10)
        assert speeds[0] > SIXTY.mps
        assert speeds[-1] > SIXTY.mps
        assert found.peak == max(over)
        assert found.evidence.reports == len(over)
        assert all(speed > SIXTY.mps - LIMITS.hysteresis_mps for speed in speeds)
