"""Each condition of Art 23 and 26 alone decides; what is not recorded is unknown, and the boundaries are exact."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from fleet.people.standing import (
    EVIDENCED,
    Condition,
    DriverFacts,
    Evidence,
    Medical,
    Period,
    Points,
    Reason,
    Review,
    State,
    Training,
    Verdict,
    add_months,
    current_cycle,
    standing,
)
from tests.people.builders import LAW, LICENSED

DAY = date(2026, 11, 23)
CYCLES = (date(2023, 9, 1), date(2024, 9, 1), date(2025, 9, 1), date(2026, 9, 1))
GOOD = DriverFacts(
    born_on=date(1985, 3, 2),
    licence_first_issued_on=LICENSED,
    licence_class_since=date(2015, 5, 1),
    licence_valid_until=date(2030, 8, 31),
    evidence=tuple(Evidence(one, State.MET, date(2026, 9, 10)) for one in EVIDENCED),
    points=tuple(Points(one, 3) for one in CYCLES),
    qualifications=(Period(date(2020, 1, 1), date(2027, 12, 31)),),
    reviews=(Review(date(2026, 8, 31), date(2026, 9, 15), True),),
    medicals=(Medical(date(2026, 9, 15), date(2027, 3, 14), True),),
    training=(Training(date(2026, 3, 1), 2), Training(date(2026, 9, 2), 1)),
)


def judged(condition: Condition, day: date = DAY, **changes):
    found = standing(replace(GOOD, **changes), day, LAW)
    return next(one for one in found.findings if one.condition == condition)


def without(condition: Condition) -> tuple[Evidence, ...]:
    return tuple(one for one in GOOD.evidence if one.condition != condition)


def test_a_driver_who_meets_everything_is_qualified():
    found = standing(GOOD, DAY, LAW)
    assert found.verdict == Verdict.QUALIFIED
    assert found.reasons == ()
    assert [one.condition for one in found.findings] == list(Condition)


def test_a_driver_of_whom_nothing_is_recorded_is_unknown_in_every_condition():
    found = standing(DriverFacts(), DAY, LAW)
    assert found.verdict == Verdict.UNKNOWN
    assert {one.state for one in found.findings} == {State.UNKNOWN}


NOT_MET = [
    (Condition.LICENCE_YEARS, {"licence_class_since": date(2024, 1, 1)}, Reason.HELD_TOO_SHORT),
    (Condition.AGE, {"born_on": date(2005, 1, 1)}, Reason.TOO_YOUNG),
    (Condition.AGE, {"born_on": date(1960, 1, 1)}, Reason.TOO_OLD),
    (Condition.NO_FULL_POINTS, {"points": (*GOOD.points[1:], Points(CYCLES[0], 12))}, Reason.FULL_POINTS),
    (Condition.LICENCE_VALID, {"licence_valid_until": DAY - timedelta(1)}, Reason.LAPSED),
    (
        Condition.QUALIFICATION,
        {"qualifications": (Period(date(2020, 1, 1), date(2026, 11, 22)),)},
        Reason.LAPSED,
    ),
    (Condition.ANNUAL_REVIEW, {"reviews": ()}, Reason.REVIEW_OVERDUE),
    (
        Condition.ANNUAL_REVIEW,
        {"reviews": (Review(date(2026, 8, 31), date(2026, 9, 15), False),)},
        Reason.REVIEW_FAILED,
    ),
    (
        Condition.MEDICAL_CERTIFICATE,
        {"medicals": (Medical(date(2026, 5, 1), date(2026, 10, 31), True),)},
        Reason.LAPSED,
    ),
    (
        Condition.MEDICAL_CERTIFICATE,
        {"medicals": (*GOOD.medicals, Medical(DAY, DAY + timedelta(90), False))},
        Reason.UNFIT,
    ),
    (Condition.TRAINING, {"training": GOOD.training[:1]}, Reason.TOO_FEW_HOURS),
    *(
        (one, {"evidence": (*GOOD.evidence, Evidence(one, State.NOT_MET, DAY)), "points": ()}, Reason.AGAINST)
        for one in EVIDENCED
    ),
]


@pytest.mark.parametrize(("condition", "changes", "reason"), NOT_MET)
def test_one_condition_not_met_is_enough_and_is_named(condition, changes, reason):
    found = standing(replace(GOOD, **changes), DAY, LAW)
    assert found.verdict == Verdict.NOT_QUALIFIED
    assert (condition, reason) in [(one.condition, one.reason) for one in found.reasons]
    assert [one.condition for one in found.reasons if one.state == State.NOT_MET] == [condition]


def test_every_condition_can_fail_alone():
    assert {condition for condition, _changes, _reason in NOT_MET} == set(Condition)


@pytest.mark.parametrize("condition", [one for one in EVIDENCED if one != Condition.NO_FULL_POINTS])
def test_without_evidence_a_condition_is_unknown(condition):
    assert judged(condition, evidence=without(condition)).state == State.UNKNOWN
    assert standing(replace(GOOD, evidence=without(condition)), DAY, LAW).verdict == Verdict.UNKNOWN


def test_old_evidence_tells_nothing_but_what_speaks_against_stands():
    drank = Evidence(Condition.NO_DRINK_DRIVING, State.NOT_MET, date(2001, 1, 1))
    sober = replace(drank, state=State.MET, established_on=date(2025, 11, 23))
    assert judged(Condition.NO_DRINK_DRIVING, evidence=(drank,)).state == State.NOT_MET
    assert judged(Condition.NO_DRINK_DRIVING, evidence=(sober,)).state == State.MET
    stale = judged(Condition.NO_DRINK_DRIVING, DAY + timedelta(1), evidence=(sober,))
    assert (stale.state, stale.reason) == (State.UNKNOWN, Reason.STALE)


def test_what_was_found_out_later_does_not_change_an_earlier_day():
    later = Evidence(Condition.HEALTHY, State.NOT_MET, DAY + timedelta(1))
    assert judged(Condition.HEALTHY, evidence=(*GOOD.evidence, later)).state == State.MET
    assert (
        judged(Condition.HEALTHY, DAY + timedelta(1), evidence=(*GOOD.evidence, later)).state == State.NOT_MET
    )


def test_the_birthdays_are_the_boundaries_of_age():
    born = date(1966, 11, 23)
    assert judged(Condition.AGE, born_on=born).state == State.MET
    assert judged(Condition.AGE, DAY + timedelta(1), born_on=born).state == State.NOT_MET
    young = date(2001, 11, 23)
    assert judged(Condition.AGE, born_on=young).state == State.MET
    assert judged(Condition.AGE, DAY - timedelta(1), born_on=young).state == State.NOT_MET


def test_three_years_are_full_on_the_anniversary():
    assert judged(Condition.LICENCE_YEARS, licence_class_since=date(2023, 11, 23)).state == State.MET
    assert judged(Condition.LICENCE_YEARS, licence_class_since=date(2023, 11, 24)).state == State.NOT_MET


def test_points_full_in_a_cycle_before_the_last_three_no_longer_count():
    old = (Points(date(2022, 9, 1), 12), *GOOD.points)
    assert judged(Condition.NO_FULL_POINTS, points=old).state == State.MET


def test_points_missing_for_a_cycle_leave_it_to_the_evidence():
    assert judged(Condition.NO_FULL_POINTS, points=GOOD.points[1:]).state == State.MET
    bare = judged(Condition.NO_FULL_POINTS, points=GOOD.points[1:], evidence=())
    assert bare.state == State.UNKNOWN


def test_the_review_is_due_thirty_days_after_the_cycle():
    assert judged(Condition.ANNUAL_REVIEW, date(2026, 9, 30), reviews=()).state == State.MET
    assert judged(Condition.ANNUAL_REVIEW, date(2026, 10, 1), reviews=()).state == State.NOT_MET


def test_a_driver_qualified_after_the_cycle_has_nothing_to_be_reviewed():
    fresh: dict[str, Any] = {
        "qualifications": (Period(date(2026, 9, 1), date(2027, 12, 31)),),
        "reviews": (),
        "training": (),
    }
    assert judged(Condition.ANNUAL_REVIEW, **fresh).state == State.MET
    assert judged(Condition.TRAINING, **fresh).state == State.MET


def test_a_certificate_counts_for_six_months_whatever_it_says():
    generous = (Medical(date(2026, 5, 23), date(2028, 1, 1), True),)
    assert judged(Condition.MEDICAL_CERTIFICATE, medicals=generous).state == State.MET
    assert judged(Condition.MEDICAL_CERTIFICATE, DAY + timedelta(1), medicals=generous).state == State.NOT_MET


def test_a_cycle_begins_on_each_anniversary_also_of_a_leap_day():
    leap = date(2024, 2, 29)
    assert current_cycle(leap, date(2026, 2, 27)) == date(2025, 2, 28)
    assert current_cycle(leap, date(2026, 2, 28)) == date(2026, 2, 28)
    assert current_cycle(leap, date(2028, 2, 29)) == leap.replace(year=2028)
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
