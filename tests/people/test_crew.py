"""Drivers and attendants are recorded with what can be right, by who may, and judged by what is recorded."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from fleet.people import changes
from fleet.people.attendants import CheckKind
from fleet.people.drivers import Condition, Driver, State
from fleet.people.queries import attendant_states, drivers_for, standing_of
from fleet.people.standing import ONE_DAY, Verdict, add_months, current_cycle
from fleet.people.words import CONDITIONS, STATES, VERDICTS, reason_text
from fleet.records import RecordError
from tests.fleet.builders import person
from tests.people.builders import (
    LAW,
    LICENSED,
    attendant,
    checked_attendant,
    driver,
    qualified_driver,
)
from tests.vehicles.builders import place

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


def test_the_birth_date_is_taken_from_the_identity_number_which_is_shown_masked():
    made = driver(place())
    made.refresh_from_db()
    assert made.born_on == date(1985, 3, 2)
    assert made.masked_identity_number.count("*") == 13
    assert made.licence_number == made.identity_number


@pytest.mark.parametrize(
    ("field", "details"),
    [
        ("identity_number", {"identity_number": "329900198503020012"}),
        ("identity_number", {"identity_number": "12345"}),
        ("identity_number", {"identity_number": ""}),
        ("born_on", {"born_on": date(1985, 3, 3)}),
        ("name", {"name": ""}),
        ("licence_class", {"licence_class": "Z9"}),
        ("licence_first_issued_on", {"licence_first_issued_on": date(1985, 3, 1)}),
        ("licence_class_since", {"licence_class_since": date(2010, 8, 31)}),
        ("licence_valid_until", {"licence_valid_until": date(2015, 4, 30)}),
        ("licence_class_since", {"licence_class_since": date(2999, 1, 1), "licence_valid_until": None}),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_field_and_nothing_is_written(field, details):
    with pytest.raises(ValidationError) as refused:
        driver(place(), **details)
    assert set(refused.value.message_dict) == {field}
    assert not Driver.objects.exists()


def test_a_refusal_never_repeats_the_identity_number():
    with pytest.raises(ValidationError) as refused:
        driver(place(), identity_number="329900198503020012")
    assert "329900198503020012" not in str(refused.value)


def test_a_person_is_recorded_once_and_again_after_being_archived(today):
    where = place()
    first = driver(where)
    with pytest.raises(ValidationError):
        driver(where, identity_number=first.identity_number)
    changes.archive_member(first, by=where.coordinator, reason="left")
    second = driver(where, identity_number=first.identity_number)
    with pytest.raises(ValidationError):
        changes.restore_member(first, by=where.coordinator)
    changes.archive_member(second, by=where.coordinator, reason="recorded twice")
    assert changes.restore_member(first, by=where.coordinator).archived_at is None
    attendant(where, identity_number=first.identity_number)


def test_a_driver_of_whom_everything_is_recorded_is_qualified_and_one_lapse_undoes_it(today):
    someone = qualified_driver(place())
    assert standing_of(someone, today, LAW).verdict == Verdict.QUALIFIED
    later = standing_of(someone, add_months(today, 6) + ONE_DAY, LAW)
    assert later.verdict == Verdict.NOT_QUALIFIED
    assert standing_of(driver(place()), today, LAW).verdict == Verdict.UNKNOWN


def test_every_reason_can_be_said_in_words(today):
    someone = qualified_driver(place())
    for day in (date(2009, 1, 1), date(2012, 1, 1), today, add_months(today, 240)):
        for found in standing_of(someone, day, LAW).findings:
            assert "%(" not in reason_text(found)
            assert CONDITIONS[found.condition]
            assert STATES[found.state]
    assert set(VERDICTS) == set(Verdict)


def test_the_newest_evidence_counts_and_a_withdrawn_one_does_not(today):
    where = place()
    someone = qualified_driver(where)
    drank = changes.record_condition(
        driver=someone, by=where.coordinator, condition=Condition.NO_DRINK_DRIVING, state=State.NOT_MET,
        established_on=today, evidence="police notice",
    )  # fmt: skip
    assert standing_of(someone, today, LAW).verdict == Verdict.NOT_QUALIFIED
    changes.withdraw_record(drank, by=where.coordinator, reason="of another person")
    assert standing_of(someone, today, LAW).verdict == Verdict.QUALIFIED


def test_a_known_state_needs_its_evidence(today):
    where = place()
    someone = driver(where)
    given = {
        "driver": someone,
        "by": where.coordinator,
        "condition": Condition.HEALTHY,
        "established_on": today,
    }
    with pytest.raises(ValidationError) as refused:
        changes.record_condition(state=State.MET, **given)
    assert set(refused.value.message_dict) == {"evidence"}
    assert changes.record_condition(state=State.UNKNOWN, **given).pk


def test_age_and_years_of_licence_cannot_be_typed(today):
    where = place()
    with pytest.raises(ValidationError) as refused:
        changes.record_condition(
            driver=driver(where), by=where.coordinator, condition="age", state=State.MET,
            established_on=today, evidence="looks old enough",
        )  # fmt: skip
    assert set(refused.value.message_dict) == {"condition"}


def test_qualifications_that_share_a_day_are_refused_with_both_fields(today):
    where = place()
    someone = qualified_driver(where)
    with pytest.raises(ValidationError) as refused:
        changes.record_qualification(
            driver=someone, by=where.coordinator, number="Q-other", issuer="police", issued_on=today,
            valid_from=today, valid_until=add_months(today, 72),
        )  # fmt: skip
    assert set(refused.value.message_dict) == {"valid_from", "valid_until"}


def test_points_and_reviews_belong_to_a_cycle_of_the_licence(today):
    where = place()
    someone = driver(where)
    cycle = current_cycle(LICENSED, today)
    with pytest.raises(ValidationError) as refused:
        changes.record_points(
            driver=someone, by=where.coordinator, cycle_from=cycle - ONE_DAY, points=0, checked_on=today
        )
    assert set(refused.value.message_dict) == {"cycle_from"}
    with pytest.raises(ValidationError) as refused:
        changes.record_review(
            driver=someone, by=where.coordinator, cycle_ended_on=cycle - 2 * ONE_DAY, reviewed_on=cycle,
            passed=True,
        )  # fmt: skip
    assert set(refused.value.message_dict) == {"cycle_ended_on"}
    record = changes.record_points(
        driver=someone, by=where.coordinator, cycle_from=cycle, points=0, checked_on=today
    )
    with pytest.raises(ValidationError):
        changes.record_points(
            driver=someone, by=where.coordinator, cycle_from=cycle, points=3, checked_on=today
        )
    changes.correct_record(record, {"points": 6}, by=where.coordinator, reason="new notice")
    assert [one.points for one in record.history.order_by("history_id")] == [0, 6]


def test_who_may_not_change_people_there_changes_nothing(today):
    where, elsewhere = place(), place()
    someone = driver(where)
    for stranger in (where.principal, elsewhere.coordinator, person()):
        with pytest.raises(PermissionDenied):
            changes.change_driver(someone, {"name": "X"}, by=stranger)
        with pytest.raises(PermissionDenied):
            changes.record_medical(
                driver=someone, by=stranger, examined_on=today, valid_until=today, fit=True
            )
        with pytest.raises(PermissionDenied):
            changes.archive_member(someone, by=stranger, reason="no")
    with pytest.raises(PermissionDenied):
        changes.change_driver(someone, {"operator": elsewhere.operator}, by=where.coordinator)
    assert Driver.objects.get(pk=someone.pk).name == someone.name


def test_nothing_is_recorded_of_somebody_archived(today):
    where = place()
    someone = attendant(where)
    changes.archive_member(someone, by=where.coordinator, reason="left")
    with pytest.raises(RecordError):
        changes.record_attendant_check(
            attendant=someone, by=where.coordinator, kind=CheckKind.HEALTH, done_on=today, passed=True,
            evidence="certificate",
        )  # fmt: skip
    with pytest.raises(RecordError):
        changes.change_attendant(someone, {"name": "X"}, by=where.coordinator)


def test_an_attendant_is_judged_by_the_newest_check_of_each_kind(today):
    where = place()
    someone = checked_attendant(where, valid_until=today)
    assert attendant_states(someone, today) == dict.fromkeys(CheckKind.values, "met")
    assert attendant_states(someone, today + timedelta(1)) == dict.fromkeys(CheckKind.values, "not_met")
    assert attendant_states(someone, today - timedelta(1)) == dict.fromkeys(CheckKind.values, "unknown")
    changes.record_attendant_check(
        attendant=someone, by=where.coordinator, kind=CheckKind.BACKGROUND, done_on=today, passed=False,
        evidence="court record",
    )  # fmt: skip
    assert attendant_states(someone, today)[CheckKind.BACKGROUND] == "not_met"


def test_a_driver_sees_their_own_record_and_whole_number_and_changes_nothing():
    where = place()
    themselves = person()
    own = driver(where, user=themselves)
    driver(where)
    assert list(drivers_for(themselves)) == [own]
    assert list(drivers_for(themselves, "people.view_driver_identity")) == [own]
    assert list(drivers_for(themselves, "people.change_driver")) == []
