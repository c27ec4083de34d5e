"""What holds for every timeline: splitting, shuffling and shifting change nothing, and rest never adds a finding."""

import random
from datetime import UTC

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from telematics.duty.left import time_left
from telematics.duty.profiles import NEWEST, shipped_numbers
from telematics.duty.rules import china, european_union, findings, united_states
from telematics.duty.timeline import Activity, Stretch, make_timeline
from tests.duty.timelines import MONDAY

CN = china(shipped_numbers(NEWEST["cn"]), UTC)
LAWS = {
    "cn": CN,
    "eu": european_union(shipped_numbers(NEWEST["eu"]), UTC),
    "us": united_states(shipped_numbers(NEWEST["us"]), UTC),
}
LENGTHS_S = st.one_of(st.integers(1, 7200), st.sampled_from([1199, 1200, 1201, 7200, 14_400, 32_400, 36_000]))
ACTIVITIES = st.sampled_from([Activity.DRIVING, *Activity])


@st.composite
def facts(draw):
    """Stretches one after another, from a Monday's midnight on."""
    now_s, stretches = MONDAY, []
    for activity, length_s in draw(st.lists(st.tuples(ACTIVITIES, LENGTHS_S), min_size=1, max_size=40)):
        stretches.append(Stretch(now_s, now_s + length_s, activity))
        now_s += length_s
    return stretches


def judged(stretches, rules=CN):
    return findings(make_timeline(stretches), rules)


@settings(max_examples=60, deadline=None)
@given(facts(), st.sampled_from(sorted(LAWS)), st.randoms(use_true_random=False))
def test_facts_that_are_split_repeated_and_shuffled_are_judged_the_same(
    stretches, law, chance: random.Random
):
    pieces = []
    for one in stretches:
        cut_s = chance.randint(one.start_s, one.end_s)
        pieces += [Stretch(one.start_s, cut_s, one.activity), Stretch(cut_s, one.end_s, one.activity)]
    pieces += chance.sample(stretches, min(3, len(stretches)))
    chance.shuffle(pieces)
    assert judged(pieces, LAWS[law]) == judged(stretches, LAWS[law])


@settings(max_examples=60, deadline=None)
@given(facts(), st.data())
def test_rest_in_the_place_of_anything_else_never_adds_a_finding(stretches, data):
    index = data.draw(st.integers(0, len(stretches) - 1))
    before = judged(stretches)
    rested = [*stretches]
    rested[index] = msgspec.structs.replace(rested[index], activity=Activity.REST)
    for one in judged(rested):
        same = [
            other
            for other in before
            if other.rule is one.rule and other.start_s <= one.start_s and other.end_s >= one.end_s
        ]
        assert same and max(other.value_s for other in same) >= one.value_s


@settings(max_examples=60, deadline=None)
@given(facts(), st.sampled_from(sorted(LAWS)), st.integers(1, 60))
def test_a_shift_by_whole_weeks_shifts_the_findings(stretches, law, weeks):
    shift_s = weeks * 7 * 86_400
    shifted = [Stretch(one.start_s + shift_s, one.end_s + shift_s, one.activity) for one in stretches]
    assert judged(shifted, LAWS[law]) == [
        msgspec.structs.replace(
            one,
            start_s=one.start_s + shift_s,
            end_s=one.end_s + shift_s,
            over_at_s=one.over_at_s + shift_s,
        )
        for one in judged(stretches, LAWS[law])
    ]


@settings(max_examples=40, deadline=None)
@given(facts(), st.integers(1, 6))
def test_in_china_days_are_as_good_as_weeks_to_shift_by(stretches, days):
    shifted = [
        Stretch(one.start_s + days * 86_400, one.end_s + days * 86_400, one.activity) for one in stretches
    ]
    assert [one.value_s for one in judged(shifted)] == [one.value_s for one in judged(stretches)]


@settings(max_examples=60, deadline=None)
@given(facts(), st.sampled_from(sorted(LAWS)))
def test_findings_say_what_is_so(stretches, law):
    for one in judged(stretches, LAWS[law]):
        assert one.start_s < one.end_s
        assert 0 <= one.unknown_s < one.end_s - one.start_s
        assert (one.value_s > one.limit_s) != one.rule.value.endswith("rest") or one.rule == "weekly_rest"


@settings(max_examples=40, deadline=None)
@given(facts())
def test_the_time_left_is_the_longest_lawful_drive(stretches):
    timeline = make_timeline(stretches)
    now_s = timeline[-1].end_s
    past = {(one.rule, one.start_s) for one in findings(timeline, CN)}
    left = time_left(timeline, CN, now_s)
    tightest_s = left[0].left_s

    def broken_by(drive_s):
        driven = findings(make_timeline([*timeline, Stretch(now_s, now_s + drive_s, Activity.DRIVING)]), CN)
        return {(one.rule, one.start_s) for one in driven if one.end_s > now_s} - past

    if tightest_s:
        assert not broken_by(tightest_s)
        assert broken_by(tightest_s + 1)
