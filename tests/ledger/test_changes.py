from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from fleet.family.models import FamilyNotice, NoticeKind
from fleet.findings.models import Finding, Rule
from fleet.ledger.changes import (
    LedgerError,
    correct,
    record_count,
    record_pupil,
    record_walk,
    report_occupancy,
)
from fleet.ledger.findings import watch
from fleet.ledger.models import (
    Correction,
    CountedWhat,
    CountingMachine,
    PupilDeed,
    PupilEvent,
    RollCall,
    Source,
)
from fleet.ledger.queries import ledger_for, newest_of_machines
from fleet.ledger.roll_calls import call_roll
from fleet.positions.models import LastPosition, State
from fleet.trips.changes import TripError, move_trip, substitute
from fleet.trips.models import Trip, TripState
from fleet.trips.states import Step
from fleet.vehicles.models import Bus, Device
from tests.fleet.builders import person
from tests.ledger.builders import Ride, ride
from tests.people.builders import attendant
from tests.pupils.builders import linked, pupil
from tests.vehicles.builders import place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def one() -> Ride:
    return ride()


def close(one: Ride) -> Trip:
    one.trip.refresh_from_db()
    return move_trip(trip=one.trip, step=Step.CLOSE, by=one.attendant)


def findings(one: Ride, rule: Rule):
    return list(Finding.objects.filter(trip=one.trip, rule=rule, withdrawn_at=None))


def test_a_trip_closes_once_its_ledger_balances(one):
    one.run()
    assert close(one).state == TripState.CLOSED
    assert not Finding.objects.exists()


def test_a_trip_does_not_close_before_and_everything_in_the_way_is_said(one):
    one.board(one.pupils[0])
    one.reach_school()
    with pytest.raises(TripError) as told:
        close(one)
    for part in (
        "still aboard",
        "who was expected",
        "counted the pupils aboard",
        "got off",
        "driver has not",
        "attendant",
    ):
        assert part in str(told.value)
    assert not any(child.name in str(told.value) for child in one.pupils)


def test_the_same_record_sent_twice_is_one(one):
    key = uuid4()
    first, second = (one.board(one.pupils[0], key=key) for _ in range(2))
    assert first == second
    with pytest.raises(LedgerError, match="another trip"):
        other = ride()
        other.board(other.pupils[0], key=key)


def test_rows_of_the_ledger_can_not_be_changed_even_past_python(one):
    made = one.board(one.pupils[0])
    with pytest.raises(DatabaseError), transaction.atomic():
        PupilEvent.objects.filter(pk=made.pk)._raw_delete("default")
    assert PupilEvent.objects.filter(pk=made.pk).exists()


def test_who_made_a_mistake_undoes_it_within_minutes_and_later_somebody_else(one, monkeypatch):
    made = one.board(one.pupils[0])
    correct(trip=one.trip, undoes=made.key, reason="wrong child", by=one.attendant)
    assert not ledger_for(one.trip).aboard
    made = one.board(one.pupils[0])
    later = timezone.now() + timedelta(minutes=6)
    monkeypatch.setattr("fleet.ledger.changes.timezone.now", lambda: later)
    with pytest.raises(LedgerError, match="somebody else"):
        correct(trip=one.trip, undoes=made.key, reason="wrong child", by=one.attendant)
    correct(trip=one.trip, undoes=made.key, reason="wrong child", by=one.coordinator)
    assert Correction.objects.count() == 2


def test_a_correction_needs_a_reason_and_an_entry_of_the_trip(one):
    made = one.board(one.pupils[0])
    with pytest.raises(LedgerError, match="Say why"):
        correct(trip=one.trip, undoes=made.key, reason=" ", by=one.coordinator)
    with pytest.raises(LedgerError, match="no such entry"):
        correct(trip=one.trip, undoes=uuid4(), reason="x", by=one.coordinator)
    correct(trip=one.trip, undoes=uuid4(), reason="x", by=one.attendant, source=Source.UNIT)


def test_only_the_crew_and_coordinators_keep_a_ledger(one):
    for stranger in (person(), one.teacher, one.line.where.principal):
        with pytest.raises(PermissionDenied):
            one.board(one.pupils[0], by=stranger)
    one.board(one.pupils[0], by=one.driver)
    one.alight(one.pupils[0], by=one.coordinator)


def test_who_was_replaced_on_the_way_can_still_send_what_they_recorded(one):
    substitute(
        trip=one.trip, attendant=attendant(one.line.where, user=person()), reason="ill", by=one.coordinator
    )
    one.board(one.pupils[0], by=one.attendant, source=Source.UNIT)
    with pytest.raises(LedgerError, match="each of them"):
        record_walk(trip=one.trip, by=one.attendant, is_empty=True)


def test_somebody_can_take_over_from_the_attendant_at_the_end(one):
    one.reach_school()
    account = person()
    with_account = attendant(one.line.where, user=account)
    done = substitute(trip=one.trip, attendant=with_account, reason="went home", by=one.coordinator)
    assert done.state == TripState.CLOSING
    record_walk(trip=done, by=account, is_empty=True)


def test_a_pupil_of_another_school_and_a_foreign_stop_are_refused(one):
    with pytest.raises(LedgerError, match="another school"):
        one.board(pupil(place()))
    with pytest.raises(LedgerError, match="no such stop"):
        one.board(one.pupils[0], order=99)
    with pytest.raises(LedgerError, match="no number"):
        one.count(301)


def test_counts_and_coordinators_do_not_replace_the_walks_of_the_two(one):
    with pytest.raises(LedgerError, match="each of them"):
        record_walk(trip=one.trip, by=one.coordinator, is_empty=True)


def test_a_count_that_contradicts_the_names_is_found_and_mended_by_a_new_one(one):
    for child in one.pupils:
        one.board(child)
    wrong = one.count(5)
    (found,) = findings(one, Rule.CONTRADICTING_COUNTS)
    assert (found.peak, found.limit, found.ended_at) == (5, 2, None)
    assert found.details["caused_by"] == [one.attendant.pk]
    record_count(
        trip=one.trip, kind=CountedWhat.ABOARD, count=2, order=wrong.order, by=one.attendant, instead_of=wrong
    )
    (found,) = findings(one, Rule.CONTRADICTING_COUNTS)
    assert found.ended_at is not None


def test_an_open_trip_is_told_of_to_more_people_each_few_minutes(one):
    one.board(one.pupils[0])
    one.reach_school(ago=timedelta(minutes=4))
    watch(timezone.now())
    assert not findings(one, Rule.LEFT_ABOARD)
    for minutes, stage in ((5, "attendant"), (10, "coordinator"), (15, "principal")):
        watch(one.trip.ended_at + timedelta(minutes=minutes))
        (found,) = findings(one, Rule.LEFT_ABOARD)
        assert (found.details["stage"], found.severity, found.ended_at) == (stage, "emergency", None)
    assert found.details["caused_by"] == sorted([one.driver.pk, one.attendant.pk])
    assert found.trip == one.trip


def test_a_running_trip_whose_bus_has_stood_since_its_planned_end_is_open_too(one):
    Trip.objects.filter(pk=one.trip.pk).update(ends_at=timezone.now() - timedelta(minutes=12))
    watch(timezone.now())
    assert not findings(one, Rule.LEFT_ABOARD), "nobody sees the bus: it may be late"
    device = Device.objects.create(identifier="d", first_seen_at=timezone.now())
    LastPosition.objects.create(
        device=device, bus=one.trip.bus, time=timezone.now(), heard_at=timezone.now(), state=State.STANDING
    )
    watch(timezone.now())
    (found,) = findings(one, Rule.LEFT_ABOARD)
    assert found.details["stage"] == "coordinator"


def test_records_that_come_after_closing_and_unbalance_the_trip_are_an_emergency(one):
    one.run()
    close(one)
    stray = pupil(one.line.where, name="迟到")
    one.board(stray, source=Source.UNIT)
    (found,) = findings(one, Rule.LEFT_ABOARD)
    assert found.details["after_closing"] is True
    assert findings(one, Rule.UNEXPECTED_RIDER)


def test_who_boarded_and_is_absent_in_class_is_an_emergency_for_that_child(one):
    guardian = linked(one.line.where, one.pupils[0]).guardian
    linked(one.line.where, one.pupils[1])
    one.run()
    close(one)
    call_roll(school_class=one.school_class, absent=[one.pupils[0].pk], by=one.teacher)
    assert FamilyNotice.objects.get(kind=NoticeKind.NOT_IN_CLASS).guardian == guardian
    (found,) = findings(one, Rule.BOARDED_BUT_ABSENT)
    assert (found.severity, found.details["pupil"]) == ("emergency", one.pupils[0].pk)
    assert found.subject == f"trip:{one.trip.pk}:pupil:{one.pupils[0].pk}"
    call_roll(school_class=one.school_class, absent=[], by=one.teacher)
    (found,) = findings(one, Rule.BOARDED_BUT_ABSENT)
    assert found.ended_at is not None


def test_a_roll_call_is_taken_by_the_teacher_of_the_class_once_per_key(one):
    key = uuid4()
    for _ in range(2):
        call_roll(school_class=one.school_class, absent=[], by=one.teacher, key=key)
    assert RollCall.objects.count() == 1
    with pytest.raises(PermissionDenied):
        call_roll(school_class=one.school_class, absent=[], by=one.attendant)
    with pytest.raises(LedgerError, match="another class"):
        call_roll(school_class=one.school_class, absent=[pupil(one.line.where).pk], by=one.teacher)


def test_families_are_told_of_their_own_child_and_where_it_was_wrong(one):
    guardian = linked(one.line.where, one.pupils[0]).guardian
    made = one.board(one.pupils[0])
    one.board(one.pupils[1])
    assert [(n.guardian, n.kind) for n in FamilyNotice.objects.all()] == [(guardian, NoticeKind.BOARDED)]
    correct(trip=one.trip, undoes=made.key, reason="wrong child", by=one.attendant)
    assert FamilyNotice.objects.filter(kind=NoticeKind.TAKEN_BACK, guardian=guardian).count() == 1


def test_old_news_are_told_to_nobody(one):
    linked(one.line.where, one.pupils[0])
    one.board(one.pupils[0], at=timezone.now() - timedelta(hours=1), source=Source.UNIT)
    assert not FamilyNotice.objects.exists()


def test_a_pupil_goes_on_by_another_bus(one):
    other = ride()
    Trip.objects.filter(pk=other.trip.pk).update(pattern=one.trip.pattern)
    other.trip.refresh_from_db()
    child = one.pupils[0]
    one.board(child)
    record_pupil(
        trip=one.trip, pupil=child, deed=PupilDeed.TRANSFER, to_trip=other.trip, by=one.attendant,
        order=one.orders[1],
    )  # fmt: skip
    assert {gap.kind for gap in ledger_for(one.trip).gaps if gap.pupil == child.pk} == {
        "transfer_unconfirmed"
    }
    record_pupil(
        trip=other.trip, pupil=child, deed=PupilDeed.BOARDING, by=other.attendant, order=other.orders[1]
    )
    assert not [gap for gap in ledger_for(one.trip).gaps if gap.pupil == child.pk]


def test_more_aboard_than_certified_is_overloading_with_points_and_fine(one):
    Bus.objects.filter(pk=one.trip.bus_id).update(capacity_pupils=10, capacity_adults=2)
    one.count(12, order=one.orders[0], at=timezone.now() - timedelta(minutes=10))
    watch(timezone.now())
    (found,) = findings(one, Rule.OVERLOADING)
    assert (found.peak, found.limit, found.points, found.unit) == (12, 10, 12, "people")
    assert found.details["fine_to"] == 2000


def occupied(one, at, lowest=9, highest=9, by=None):
    return report_occupancy(
        bus=one.trip.bus, source=CountingMachine.COUNTER, at=at, lowest=lowest, highest=highest,
        by=by or one.attendant,
    )  # fmt: skip


def test_a_machine_that_contradicts_the_names_is_found_and_a_repeat_is_one(one):
    one.board(one.pupils[0], at=timezone.now() - timedelta(minutes=10))
    at = timezone.now() - timedelta(minutes=5)
    for _ in range(2):
        occupied(one, at)
    (found,) = findings(one, Rule.CONTRADICTING_COUNTS)
    assert (found.peak, found.details["against"]) == (9, "counter")


@pytest.mark.parametrize(("lowest", "highest"), [(-1, 3), (4, 3), (301, None), (0, 301)])
def test_a_machine_says_no_number_that_can_not_be(one, lowest, highest):
    with pytest.raises(LedgerError, match=r"people|人"):
        occupied(one, timezone.now(), lowest, highest)


def test_a_machine_tells_nothing_of_the_future_or_by_who_only_looks(one):
    with pytest.raises(LedgerError):
        occupied(one, timezone.now() + timedelta(minutes=1))
    with pytest.raises(PermissionDenied):
        occupied(one, timezone.now(), by=one.line.where.principal)


def test_the_newest_word_of_each_machine_is_told_while_the_trip_runs(one):
    now = timezone.now()
    for minutes, people in ((5, 3), (2, 7), (30, 1)):
        occupied(one, now - timedelta(minutes=minutes), people, people)
    assert [report.lowest for report in newest_of_machines(one.trip, now)] == [7]
    one.reach_school(ago=timedelta(minutes=4))
    assert [report.lowest for report in newest_of_machines(one.trip, now)] == [3]
