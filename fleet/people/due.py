"""By when what a driver must have runs out, or must be done again; pure.

Source: 校车安全管理条例 Art 23, 26; 机动车驾驶证申领和使用规定 Art 85, 90; 机动车登记规定 Art 65.
"""

from datetime import date
from enum import StrEnum

from fleet.people.standing import (
    EVIDENCED,
    MONTHS_A_YEAR,
    ONE_DAY,
    Condition,
    DriverFacts,
    DriverNumbers,
    Evidence,
    Period,
    State,
    add_months,
    current_cycle,
    review_due,
)


class Due(StrEnum):
    """What runs out, or must be done again."""

    LICENCE = "licence"
    QUALIFICATION = "qualification"
    MEDICAL = "medical"
    AGE = "age"
    ANNUAL_REVIEW = "annual_review"
    TRAINING = "training"
    EVIDENCE = "evidence"
    POINTS_CHECK = "points_check"


def due_days(facts: DriverFacts, day: date, numbers: DriverNumbers | None) -> dict[Due, date]:
    """The last good day of each thing; without an entry where it is not known, or nothing is to be done.

    Args:
        facts: what is recorded; of each kind the newest counts.
        day: in the local zone.
        numbers: of the regulation profile in force on `day`; None where there is none.
    """
    days = {
        Due.LICENCE: facts.licence_valid_until,
        Due.QUALIFICATION: max((one.last for one in facts.qualifications), default=None),
    }
    if numbers:
        days |= {
            Due.MEDICAL: medical_until(facts, numbers),
            Due.AGE: facts.born_on and add_months(facts.born_on, numbers.most_age * MONTHS_A_YEAR),
            Due.ANNUAL_REVIEW: review_by(facts, day, numbers),
            Due.TRAINING: training_by(facts, day, numbers),
            Due.EVIDENCE: evidence_until(facts, numbers),
        }
    return {due: last for due, last in days.items() if last}


def medical_until(facts: DriverFacts, numbers: DriverNumbers) -> date | None:
    """The last day of the newest medical certificate; None where there is none that finds the driver fit."""
    newest = max(facts.medicals, key=lambda one: one.examined_on, default=None)
    if newest is None or not newest.fit:
        return None
    return min(newest.valid_until, add_months(newest.examined_on, numbers.medical_months))


def review_periods(facts: DriverFacts, day: date, numbers: DriverNumbers) -> list[Period]:
    """When the cycle that ended last, and the one that runs, are to be reviewed."""
    if facts.licence_first_issued_on is None:
        return []
    next_begins_on = add_months(current_cycle(facts.licence_first_issued_on, day), MONTHS_A_YEAR)
    periods = (review_due(facts, day, numbers), review_due(facts, next_begins_on, numbers))
    return [period for period in periods if period]


def review_by(facts: DriverFacts, day: date, numbers: DriverNumbers) -> date | None:
    """The last day for the first annual review that has not been passed (Art 26)."""
    passed = {one.cycle_ended_on for one in facts.reviews if one.passed}
    return next((one.last for one in review_periods(facts, day, numbers) if one.first not in passed), None)


def training_by(facts: DriverFacts, day: date, numbers: DriverNumbers) -> date | None:
    """The last day for the first annual review for which hours of study are missing."""
    for period in review_periods(facts, day, numbers):
        begun = add_months(period.first + ONE_DAY, -MONTHS_A_YEAR)
        hours = sum(one.hours for one in facts.training if begun <= one.held_on <= period.last)
        if hours < numbers.training_hours:
            return period.last
    return None


def evidence_until(facts: DriverFacts, numbers: DriverNumbers) -> date | None:
    """The last day on which all evidence for Art 23 is fresh; points have records of their own."""
    newest: dict[Condition, Evidence] = {}
    for one in sorted(facts.evidence, key=lambda one: one.established_on, reverse=True):
        newest.setdefault(one.condition, one)
    kept = [newest[one] for one in EVIDENCED if one in newest and one != Condition.NO_FULL_POINTS]
    good = [one.established_on for one in kept if one.state == State.MET]
    return add_months(min(good), numbers.evidence_months) if good else None


def points_check_by(checked_on: date | None, facts: DriverFacts, months: int | None) -> date | None:
    """By when the operator looks up a driver's violations and points again (机动车登记规定 Art 65).

    Args:
        checked_on: when it last did; where never, the months run from the first qualification.
        facts: what is recorded of the driver.
        months: between two checks; None where no law says.
    """
    since = checked_on or min((one.first for one in facts.qualifications), default=None)
    return add_months(since, months) if since and months else None
