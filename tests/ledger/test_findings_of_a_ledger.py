from datetime import timedelta

import pytest
from msgspec.structs import replace

from telematics.rules.episode import Severity
from telematics.rules.ledger import ledger_of
from telematics.rules.ledger_episodes import contradicting_counts, missing_in_class, unexpected_riders
from telematics.rules.ledger_records import Correction, Deed
from telematics.rules.left_aboard import LeftAboardLimits, OpenTrip, Stage, left_aboard, stage
from tests.ledger.test_ledger import ATTENDANT, BALANCED, DRIVER, LI, ZHAO, at, boards, counted, event, roll

LIMITS = LeftAboardLimits(5, 10, 15)
FIVE = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (4.9, None),
        (5, Stage.ATTENDANT),
        (9.9, Stage.ATTENDANT),
        (10, Stage.COORDINATOR),
        (15, Stage.PRINCIPAL),
    ],
)
def test_more_people_are_told_the_longer_a_trip_stays_open(minutes, told):
    assert stage(minutes, LIMITS) is told


def test_a_trip_left_open_is_an_emergency_until_it_closes():
    trip = OpenTrip(ended_at=at(30), aboard=1, caused_by=[DRIVER, ATTENDANT])
    assert left_aboard(trip, at(34), LIMITS) == []
    (one,) = left_aboard(trip, at(41), LIMITS)
    assert (one.severity, one.started_at, one.ended_at, one.peak) == (Severity.EMERGENCY, at(30), None, 11)
    assert one.details["stage"] == "coordinator"
    assert one.details["caused_by"] == [DRIVER, ATTENDANT]
    (one,) = left_aboard(replace(trip, closed_at=at(42)), at(50), LIMITS)
    assert (one.ended_at, one.details["stage"]) == (at(42), "coordinator")
    assert left_aboard(replace(trip, closed_at=at(33)), at(50), LIMITS) == []


def test_a_closed_trip_that_late_records_unbalance_is_an_emergency_at_once():
    trip = OpenTrip(ended_at=at(30), closed_at=at(33), unbalanced_since=at(60))
    (one,) = left_aboard(trip, at(60), LIMITS)
    assert one.details["after_closing"] is True
    assert one.ended_at is None


def missing(records, now=90):
    return missing_in_class(ledger_of(records), records, on_the_way=FIVE, now=at(now))


def test_who_got_off_and_is_not_in_class_is_an_emergency_until_the_teacher_sees_the_child():
    records = replace(BALANCED, roll_call=(roll(False, 45),))
    ((pupil, one),) = missing(records)
    assert (pupil, one.severity, one.started_at, one.ended_at) == (LI, Severity.EMERGENCY, at(45), None)
    assert one.details["caused_by"] == [ATTENDANT]
    ((_, one),) = missing(replace(records, roll_call=(*records.roll_call, roll(True, 50))))
    assert one.ended_at == at(50)


def test_a_late_bus_has_its_pupils_time_to_walk_to_class():
    records = replace(BALANCED, roll_call=(roll(False, 20),))
    assert missing(records, now=34) == []
    ((_, one),) = missing(records, now=35)
    assert one.started_at == at(35)
    assert missing(replace(records, roll_call=(*records.roll_call, roll(True, 34)))) == []


def test_who_did_not_ride_or_was_taken_over_is_not_missed():
    assert missing(replace(BALANCED, roll_call=(roll(False, 45, ZHAO),))) == []
    taken = event(LI, Deed.ALIGHTING, 30, 3, key=f"{LI}-alighting-30", is_handed_over=True)
    events = tuple(taken if one.key == taken.key else one for one in BALANCED.events)
    assert missing(replace(BALANCED, events=events, roll_call=(roll(False, 45),))) == []


def test_a_count_that_names_contradict_is_found_and_stays_found_once_mended():
    wrong = counted(5, key="wrong")
    records = replace(BALANCED, counts=(*BALANCED.counts, wrong))
    (one,) = contradicting_counts(ledger_of(records), records)
    assert (one.peak, one.limit, one.ended_at, one.severity) == (5, 2, None, Severity.HIGH)
    undo = Correction(key="c", undoes="wrong", by=DRIVER, at=at(21))
    mended = replace(records, corrections=(undo,))
    (one,) = contradicting_counts(ledger_of(mended), mended)
    assert (one.ended_at, one.severity) == (at(21), Severity.RECORD)


def test_who_boards_unexpectedly_is_found():
    records = replace(BALANCED, events=(*BALANCED.events, boards(ZHAO, 8, 1), boards(99, 8, 1)))
    found = dict(unexpected_riders(ledger_of(records)))
    assert {pupil: one.details["on_roster"] for pupil, one in found.items()} == {ZHAO: True, 99: False}
