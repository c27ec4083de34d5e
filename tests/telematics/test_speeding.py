import math
from datetime import datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from telematics.roads import RoadIndex, RoadStretch
from telematics.rules.episode import Episode, Severity
from telematics.rules.speeding import SpeedingLimits, SpeedingState, SpeedLimit, step
from telematics.rules.speeding_tiers import Consequence
from telematics.units import kmh_to_mps
from tests.telematics.builders import SIXTY, at, drive, fix

EIGHTY = SpeedLimit(mps=kmh_to_mps(80), source="expressway", article="Art 35")
LIMITS = SpeedingLimits(at=lambda report, road: SIXTY, lowest_mps=SIXTY.mps)


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
    limits = SpeedingLimits(at=lambda report, road: EIGHTY, lowest_mps=SIXTY.mps)
    assert episodes(drive(*[70] * 10), limits) == []


def changing(until_s, before, after):
    """Limits that change at a time."""
    return msgspec.structs.replace(
        LIMITS, at=lambda report, road: before if report.time < at(until_s) else after
    )


def test_one_episode_goes_on_where_the_limit_changes_and_is_judged_by_the_worst_excess():
    (found,) = episodes(drive(90, 90, 90, 90, 90, 90, 90, 40), changing(15, EIGHTY, SIXTY))
    assert (found.started_at, found.ended_at, found.limit) == (at(0), at(30), SIXTY.mps)


def test_a_worse_excess_counts_once_it_has_lasted_long_enough():
    (found,) = episodes(drive(90, 90, 90, 90, 90, 40), changing(15, EIGHTY, SIXTY))
    assert (found.limit, found.ended_at) == (EIGHTY.mps, at(20))


def test_one_report_on_the_wrong_road_decides_nothing():
    blip = lambda report, road: SIXTY if report.time == at(15) else EIGHTY  # noqa: E731  (a limit, said in place)
    (found,) = episodes(drive(90, 91, 90, 90, 90, 90, 40), msgspec.structs.replace(LIMITS, at=blip))
    assert (found.limit, found.peak, found.evidence.reports) == (EIGHTY.mps, kmh_to_mps(91), 6)


def test_a_suspicion_under_changing_limits_is_of_the_higher_one():
    (found,) = episodes(drive(90, 90, 90, 90, 40), changing(5, SIXTY, EIGHTY))
    assert found.limit == EIGHTY.mps


def test_entering_the_expressway_ends_an_excess_that_is_none_there():
    (found,) = episodes(drive(70, 70, 70, 70, 70, 70), changing(15, SIXTY, EIGHTY))
    assert (found.limit, found.ended_at) == (SIXTY.mps, at(10))


def test_no_limit_is_never_exceeded():
    endless = SpeedLimit(mps=math.inf, source="", article="")
    limits = msgspec.structs.replace(LIMITS, at=lambda report, road: endless)
    assert episodes(drive(*[150] * 5), limits) == []


def test_what_the_law_gives_is_told_with_the_episode():
    told = Consequence(severity=Severity.HIGH, points=6, penalty="记6分", article="Art 9", over_percent=25)
    limits = msgspec.structs.replace(LIMITS, consequence=lambda excess: told)
    (found,) = episodes(drive(75, 75, 75, 40), limits)
    assert (found.severity, found.points, found.penalty) == (Severity.HIGH, 6, "记6分")
    assert (found.details["over_percent"], found.details["points_article"]) == (25, "Art 9")


def test_between_two_roads_the_driver_has_the_benefit_and_the_finding_says_so():
    line = [(31.0, 121.0), (31.0, 121.1)]
    street, flyover = (
        RoadStretch("street", "arterial", line, key=1),
        RoadStretch("flyover", "expressway", line, key=2),
    )
    limits = SpeedingLimits(
        at=lambda report, road: EIGHTY if road and road.road_class == "expressway" else SIXTY,
        lowest_mps=SIXTY.mps,
        roads=RoadIndex([street, flyover]),
    )
    assert episodes(drive(*[75] * 10), limits) == []
    (found,) = episodes(drive(*[85] * 10), limits)
    assert (found.limit, found.details["road_doubtful"]) == (EIGHTY.mps, True)


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
