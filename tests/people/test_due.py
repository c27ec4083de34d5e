"""By when what a driver must have runs out, without a database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.people.due import Due, due_days, points_check_by
from fleet.people.standing import (
    Condition,
    DriverFacts,
    Evidence,
    Medical,
    Period,
    Review,
    State,
    Training,
    standing,
)
from tests.people.builders import LAW

TODAY = date(2026, 11, 24)
LICENSED = date(2010, 9, 1)
CYCLE_ENDED, NEXT_ENDS = date(2026, 8, 31), date(2027, 8, 31)
REVIEW_DUE, NEXT_REVIEW_DUE = date(2026, 9, 30), date(2027, 9, 30)
REVIEWED = Review(CYCLE_ENDED, date(2026, 9, 5), passed=True)
STUDIED = Training(date(2026, 5, 1), 3)
FACTS = DriverFacts(
    born_on=date(1970, 3, 2),
    licence_first_issued_on=LICENSED,
    licence_valid_until=date(2030, 1, 1),
    qualifications=(Period(date(2020, 1, 1), date(2026, 1, 1)), Period(date(2026, 1, 2), date(2029, 1, 1))),
    reviews=(REVIEWED,),
    training=(STUDIED,),
)


def due(facts: DriverFacts, day: date = TODAY) -> dict[Due, date]:
    return due_days(facts, day, LAW)


def test_of_several_qualifications_the_last_counts():
    assert due(FACTS)[Due.QUALIFICATION] == date(2029, 1, 1)


def test_the_age_limit_is_reached_on_the_sixtieth_birthday():
    assert due(FACTS)[Due.AGE] == date(2030, 3, 2)


def test_a_review_is_due_thirty_days_after_the_cycle_and_the_next_a_year_later():
    assert due(replace(FACTS, reviews=()))[Due.ANNUAL_REVIEW] == REVIEW_DUE
    assert due(FACTS)[Due.ANNUAL_REVIEW] == NEXT_REVIEW_DUE


def test_a_review_that_was_failed_is_still_due():
    failed = replace(REVIEWED, passed=False)
    assert due(replace(FACTS, reviews=(failed,)))[Due.ANNUAL_REVIEW] == REVIEW_DUE


def test_who_became_qualified_in_this_cycle_is_reviewed_after_it():
    facts = replace(FACTS, qualifications=(Period(date(2026, 10, 1), date(2029, 1, 1)),), reviews=())
    assert due(facts)[Due.ANNUAL_REVIEW] == NEXT_REVIEW_DUE


def test_hours_of_study_are_due_with_the_review_until_there_are_enough():
    assert due(replace(FACTS, training=(replace(STUDIED, hours=2.5),)))[Due.TRAINING] == REVIEW_DUE
    assert due(FACTS)[Due.TRAINING] == NEXT_REVIEW_DUE
    next_year = Training(date(2026, 10, 20), 3)
    assert Due.TRAINING not in due(replace(FACTS, training=(STUDIED, next_year)))


def test_the_newest_medical_counts_and_lasts_six_months_at_most():
    old = Medical(date(2026, 1, 1), date(2027, 12, 31), fit=True)
    new = Medical(date(2026, 8, 10), date(2027, 12, 31), fit=True)
    assert due(replace(FACTS, medicals=(old, new)))[Due.MEDICAL] == date(2027, 2, 10)
    assert Due.MEDICAL not in due(replace(FACTS, medicals=(old, replace(new, fit=False))))


def test_evidence_is_as_fresh_as_its_oldest_piece():
    def found(condition: Condition, on: date, state: State = State.MET) -> Evidence:
        return Evidence(condition, state, on)

    evidence = (
        found(Condition.NO_ABUSE, date(2025, 1, 1)),
        found(Condition.NO_ABUSE, date(2026, 6, 1)),
        found(Condition.HEALTHY, date(2026, 3, 1)),
        found(Condition.NO_CRIMINAL_RECORD, date(2025, 2, 1), State.NOT_MET),
        found(Condition.NO_FULL_POINTS, date(2024, 2, 1)),
    )
    assert due(replace(FACTS, evidence=evidence))[Due.EVIDENCE] == date(2027, 3, 1)


def test_violations_are_looked_up_a_month_after_the_last_time_or_the_first_qualification():
    assert points_check_by(date(2026, 10, 31), FACTS, 1) == date(2026, 11, 30)
    assert points_check_by(None, FACTS, 1) == date(2020, 2, 1)
    assert points_check_by(None, DriverFacts(), 1) is None
    assert points_check_by(date(2026, 10, 31), FACTS, None) is None


def test_what_is_not_recorded_and_what_no_law_says_is_not_due():
    assert due(DriverFacts()) == {}
    assert set(due_days(FACTS, TODAY, None)) == {Due.LICENCE, Due.QUALIFICATION}


@pytest.mark.parametrize(
    ("what", "condition"),
    [
        (Due.LICENCE, Condition.LICENCE_VALID),
        (Due.AGE, Condition.AGE),
        (Due.QUALIFICATION, Condition.QUALIFICATION),
        (Due.MEDICAL, Condition.MEDICAL_CERTIFICATE),
        (Due.ANNUAL_REVIEW, Condition.ANNUAL_REVIEW),
        (Due.TRAINING, Condition.TRAINING),
    ],
)
@given(st.dates(date(2026, 9, 1), date(2027, 8, 30)), st.booleans(), st.booleans())
def test_the_day_after_the_last_one_the_standing_says_so_too(what, condition, day, is_reviewed, is_trained):
    facts = replace(
        FACTS,
        reviews=(REVIEWED,) if is_reviewed else (),
        training=(STUDIED,) if is_trained else (),
        medicals=(Medical(date(2026, 8, 10), date(2027, 1, 5), fit=True),),
    )
    last = due(facts, day)[what]

    def state(on: date) -> State:
        return next(one.state for one in standing(facts, on, LAW).findings if one.condition == condition)

    assert state(last) == State.MET
    assert state(last + timedelta(days=1)) == State.NOT_MET
