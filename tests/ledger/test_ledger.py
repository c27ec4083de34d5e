from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from telematics.rules.ledger import GapKind, PupilState, ledger_of
from telematics.rules.ledger_records import (
    Correction,
    CountKind,
    CrewRole,
    Deed,
    Expected,
    HeadCount,
    PupilEvent,
    RollEntry,
    TripRecords,
    WalkThrough,
)

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SCHOOL = 3
DRIVER, ATTENDANT, TEACHER = 1, 2, 3
LI, WANG, ZHAO = 11, 12, 13


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def event(pupil, deed, minutes, stop, key=None, **more):
    key = key or f"{pupil}-{deed}-{minutes}"
    return PupilEvent(key=key, pupil=pupil, deed=deed, at=at(minutes), stop=stop, by=ATTENDANT, **more)


def boards(pupil, minutes=1, stop=0, **more):
    return event(pupil, Deed.BOARDING, minutes, stop, **more)


def alights(pupil, minutes=30, stop=SCHOOL, **more):
    return event(pupil, Deed.ALIGHTING, minutes, stop, **more)


def counted(count, kind=CountKind.ABOARD, minutes=20, stop=2, key=""):
    return HeadCount(
        key=key or f"{kind}-{minutes}", kind=kind, count=count, at=at(minutes), stop=stop, by=ATTENDANT
    )


def walks(minutes=32, driver=DRIVER, attendant=ATTENDANT):
    return (
        WalkThrough(key=f"wd{minutes}", role=CrewRole.DRIVER, by=driver, at=at(minutes)),
        WalkThrough(key=f"wa{minutes}", role=CrewRole.ATTENDANT, by=attendant, at=at(minutes)),
    )


BALANCED = TripRecords(
    roster=(Expected(LI, 0), Expected(WANG, 1), Expected(ZHAO, 1, is_absent=True)),
    events=(boards(LI), boards(WANG, 8, 1), alights(LI), alights(WANG)),
    counts=(counted(2), counted(2, CountKind.OFF, 31, SCHOOL)),
    walks=walks(),
    arrived_at=at(29),
)


def gaps(records):
    return [(gap.kind, gap.pupil) for gap in ledger_of(records).gaps]


def kinds(records):
    return {gap.kind for gap in ledger_of(records).gaps}


def without(records, *keys):
    return replace(records, events=tuple(one for one in records.events if one.key not in keys))


def test_names_counts_and_two_walks_that_agree_let_a_trip_close():
    ledger = ledger_of(BALANCED)
    assert ledger.balances
    states = {line.pupil: line.state for line in ledger.lines}
    assert states == {LI: PupilState.ALIGHTED, WANG: PupilState.ALIGHTED, ZHAO: PupilState.ABSENT}


@pytest.mark.parametrize(
    ("records", "gap"),
    [
        (without(BALANCED, f"{LI}-boarding-1", f"{LI}-alighting-30"), (GapKind.UNACCOUNTED, LI)),
        (without(BALANCED, f"{LI}-alighting-30"), (GapKind.STILL_ABOARD, LI)),
        (without(BALANCED, f"{LI}-boarding-1"), (GapKind.ALIGHTED_UNBOARDED, LI)),
        (replace(BALANCED, counts=BALANCED.counts[1:]), (GapKind.NO_COUNT_ABOARD, None)),
        (replace(BALANCED, counts=BALANCED.counts[:1]), (GapKind.NO_COUNT_OFF, None)),
        (replace(BALANCED, counts=(counted(3), BALANCED.counts[1])), (GapKind.COUNT_DISAGREES, None)),
        (replace(BALANCED, walks=walks()[1:]), (GapKind.NO_DRIVER_WALK, None)),
        (replace(BALANCED, walks=walks()[:1]), (GapKind.NO_ATTENDANT_WALK, None)),
        (replace(BALANCED, walks=walks(driver=ATTENDANT)), (GapKind.SAME_WALKER, None)),
        (replace(BALANCED, arrived_at=at(33)), (GapKind.WALK_TOO_EARLY, None)),
        (replace(BALANCED, walks=walks(29.5)), (GapKind.WALK_TOO_EARLY, None)),
        (
            replace(BALANCED, walks=(replace(walks()[0], is_empty=False), walks()[1])),
            (GapKind.WALK_FOUND_SOMEBODY, None),
        ),
    ],
)
def test_whatever_is_missing_keeps_it_open_and_is_named(records, gap):
    assert gap in gaps(records)


def test_a_count_before_the_last_boarding_does_not_do():
    assert GapKind.NO_COUNT_ABOARD in kinds(
        replace(BALANCED, counts=(counted(1, stop=0), BALANCED.counts[1]))
    )


def test_counts_are_asked_for_even_where_nobody_is_said_to_have_boarded():
    nobody = replace(
        BALANCED, events=(event(LI, Deed.NO_SHOW, 1, 0), event(WANG, Deed.NO_SHOW, 8, 1)), counts=()
    )
    assert kinds(nobody) == {GapKind.NO_COUNT_ABOARD, GapKind.NO_COUNT_OFF}
    counts = (counted(0), counted(0, CountKind.OFF, 31, SCHOOL))
    assert kinds(replace(nobody, counts=counts)) == set()


def test_a_bus_without_pupils_is_walked_through_all_the_same():
    assert kinds(TripRecords()) == {GapKind.NO_DRIVER_WALK, GapKind.NO_ATTENDANT_WALK}


def test_a_pupil_not_at_the_stop_who_comes_running_is_aboard():
    late = replace(BALANCED, events=(*BALANCED.events, event(LI, Deed.NO_SHOW, 0.5, 0)))
    assert ledger_of(late).balances


def test_who_is_reported_absent_and_boards_is_unexpected_and_has_to_get_off():
    came = replace(BALANCED, events=(*BALANCED.events, boards(ZHAO, 8, 1)))
    assert (GapKind.STILL_ABOARD, ZHAO) in gaps(came)
    (line,) = (line for line in ledger_of(came).lines if line.pupil == ZHAO)
    assert line.is_unexpected


def test_getting_off_by_mistake_and_on_again_leaves_a_pupil_aboard():
    again = replace(BALANCED, events=(*BALANCED.events, alights(LI, 9, 1), boards(LI, 9.5, 1)))
    assert ledger_of(again).balances
    assert (GapKind.STILL_ABOARD, LI) in gaps(without(again, f"{LI}-alighting-30"))


def test_two_tablets_that_both_tap_the_same_boarding_are_one():
    assert ledger_of(replace(BALANCED, events=(*BALANCED.events, boards(LI, 1.2, key="phone")))).balances


def test_a_correction_undoes_whether_it_comes_before_or_after():
    wrong = boards(ZHAO, 8, 1, key="wrong")
    undo = Correction(key="c", undoes="wrong", by=DRIVER, at=at(9))
    assert kinds(replace(BALANCED, corrections=(undo,))) == {GapKind.CORRECTION_AHEAD}
    assert ledger_of(replace(BALANCED, events=(*BALANCED.events, wrong), corrections=(undo,))).balances


def test_a_count_is_mended_by_a_correction_and_a_new_count():
    wrong = counted(5, key="wrong")
    mended = replace(
        BALANCED,
        counts=(*BALANCED.counts, wrong),
        corrections=(Correction(key="c", undoes="wrong", by=DRIVER, at=at(21)),),
    )
    assert ledger_of(mended).balances


def test_a_pupil_who_goes_on_by_another_bus_is_gone_once_that_bus_has_it():
    moved = event(LI, Deed.TRANSFER, 30, SCHOOL, to_trip=77)
    records = without(replace(BALANCED, events=(*BALANCED.events, moved)), f"{LI}-alighting-30")
    assert (GapKind.TRANSFER_UNCONFIRMED, LI) in gaps(records)
    assert ledger_of(replace(records, boarded_there=frozenset({(LI, 77)}))).balances


def roll(is_present, minutes, pupil=LI):
    return RollEntry(key=f"r{minutes}{pupil}", pupil=pupil, is_present=is_present, by=TEACHER, at=at(minutes))


def test_who_rode_and_is_not_in_class_keeps_the_trip_open_until_the_teacher_sees_the_child():
    missing = replace(BALANCED, roll_call=(roll(False, 45),))
    assert gaps(missing) == [(GapKind.MISSING_IN_CLASS, LI)]
    assert ledger_of(replace(BALANCED, roll_call=(roll(True, 50), roll(False, 45)))).balances


def test_who_did_not_ride_is_missed_by_no_ledger():
    assert ledger_of(replace(BALANCED, roll_call=(roll(False, 45, ZHAO),))).balances


def test_whom_a_guardian_took_over_is_not_missed_in_class():
    taken = replace(
        without(BALANCED, f"{LI}-alighting-30"),
        events=(*without(BALANCED, f"{LI}-alighting-30").events, alights(LI, is_handed_over=True)),
        roll_call=(roll(False, 45),),
    )
    assert ledger_of(taken).balances


STOPS = st.one_of(st.none(), st.integers(0, SCHOOL))
KEYS = st.integers(0, 30).map("k{}".format)
EVENTS = st.builds(
    PupilEvent, key=KEYS, pupil=st.integers(1, 4), deed=st.sampled_from(Deed),
    at=st.integers(0, 60).map(at), stop=STOPS, by=st.integers(1, 3), to_trip=st.sampled_from((None, 77)),
    is_handed_over=st.booleans(),
)  # fmt: skip
COUNTS = st.builds(
    HeadCount, key=KEYS.map("c{}".format), kind=st.sampled_from(CountKind), count=st.integers(0, 4),
    at=st.integers(0, 60).map(at), stop=STOPS, by=st.integers(1, 3),
)  # fmt: skip
WALKS = st.builds(
    WalkThrough, key=KEYS, role=st.sampled_from(CrewRole), by=st.integers(1, 3), at=st.integers(0, 60).map(at),
    is_empty=st.booleans(),
)  # fmt: skip
CORRECTIONS = st.builds(
    Correction, key=KEYS, undoes=KEYS, by=st.integers(1, 3), at=st.integers(0, 60).map(at)
)
ROLL_CALL = st.builds(
    RollEntry, key=KEYS, pupil=st.integers(1, 4), is_present=st.booleans(), by=st.integers(1, 3),
    at=st.integers(0, 60).map(at),
)  # fmt: skip
RECORDS = st.builds(
    TripRecords,
    roster=st.lists(
        st.builds(Expected, st.integers(1, 4), st.integers(0, 2), st.booleans()),
        max_size=4, unique_by=lambda one: one.pupil,
    ).map(tuple),
    events=st.lists(EVENTS, max_size=12).map(tuple),
    counts=st.lists(COUNTS, max_size=4).map(tuple),
    walks=st.lists(WALKS, max_size=4).map(tuple),
    corrections=st.lists(CORRECTIONS, max_size=3).map(tuple),
    roll_call=st.lists(ROLL_CALL, max_size=4).map(tuple),
    arrived_at=st.sampled_from((None, at(29))),
    boarded_there=st.sampled_from((frozenset(), frozenset({(1, 77)}))),
)  # fmt: skip
PARTS = ("roster", "events", "counts", "walks", "corrections", "roll_call")


@settings(max_examples=60)
@given(RECORDS, st.randoms(use_true_random=False))
def test_the_same_records_in_any_order_and_repeated_are_the_same_ledger(records, dice):
    shuffled = {}
    for part in PARTS:
        again = [*getattr(records, part)]
        again += dice.sample(again, len(again) // 2)
        dice.shuffle(again)
        shuffled[part] = tuple(again)
    assert ledger_of(replace(records, **shuffled)) == ledger_of(records)


@settings(max_examples=60)
@given(RECORDS)
def test_a_ledger_that_balances_has_everybody_off_and_two_people_behind_it(records):
    ledger = ledger_of(records)
    if not ledger.balances:
        return
    assert not ledger.pupils(PupilState.ABOARD, PupilState.EXPECTED)
    assert len({walk.by for walk in records.walks}) >= 2


@settings(max_examples=60)
@given(RECORDS)
def test_one_more_boarding_never_lets_a_trip_close_that_the_leaving_does_not_follow(records):
    late = boards(5, 61, 2, key="late")
    assert not ledger_of(replace(records, events=(*records.events, late))).balances or any(
        one.undoes == "late" for one in records.corrections
    )
