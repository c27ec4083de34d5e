"""Judges whether a driver may drive a school bus: each condition with its state and the reason for it; pure.

Numbers come with the regulation profile of the day, facts from the records; nothing here reads a clock.

Source: 校车安全管理条例 Art 23 (conditions), 26 (annual review); 机动车驾驶证申领和使用规定 Art 85, 90.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import partial

MONTHS_A_YEAR = 12
ONE_DAY = timedelta(days=1)


class Condition(StrEnum):
    """What a driver must fulfil; the first ten are Art 23's, in its order."""

    LICENCE_YEARS = "licence_years"
    AGE = "age"
    NO_FULL_POINTS = "no_full_points"
    NO_LIABLE_ACCIDENT = "no_liable_accident"
    NO_DRINK_DRIVING = "no_drink_driving"
    NO_OVERLOADING_OR_SPEEDING = "no_overloading_or_speeding"
    NO_CRIMINAL_RECORD = "no_criminal_record"
    HEALTHY = "healthy"
    NO_DANGEROUS_ILLNESS = "no_dangerous_illness"
    NO_ABUSE = "no_abuse"
    LICENCE_VALID = "licence_valid"
    QUALIFICATION = "qualification"
    ANNUAL_REVIEW = "annual_review"
    MEDICAL_CERTIFICATE = "medical_certificate"
    TRAINING = "training"


EVIDENCED = (
    Condition.NO_FULL_POINTS,
    Condition.NO_LIABLE_ACCIDENT,
    Condition.NO_DRINK_DRIVING,
    Condition.NO_OVERLOADING_OR_SPEEDING,
    Condition.NO_CRIMINAL_RECORD,
    Condition.HEALTHY,
    Condition.NO_DANGEROUS_ILLNESS,
    Condition.NO_ABUSE,
)
"""Conditions that are recorded with their evidence; the others follow from dates."""


class State(StrEnum):
    """Whether a condition is fulfilled."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """Whether a driver may drive a school bus."""

    QUALIFIED = "qualified"
    NOT_QUALIFIED = "not_qualified"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a condition is in its state."""

    FULFILLED = "fulfilled"
    NOT_RECORDED = "not_recorded"
    AGAINST = "against"
    STALE = "stale"
    HELD_TOO_SHORT = "held_too_short"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    FULL_POINTS = "full_points"
    LAPSED = "lapsed"
    NOT_YET_VALID = "not_yet_valid"
    UNFIT = "unfit"
    REVIEW_FAILED = "review_failed"
    REVIEW_OVERDUE = "review_overdue"
    TOO_FEW_HOURS = "too_few_hours"


@dataclass(frozen=True)
class DriverNumbers:
    """The numbers of a regulation profile that drivers are judged by.

    Attributes:
        licence_years: so long must the class of licence have been held.
        least_age: in completed years, with the birthday.
        most_age: a driver is too old from the day after this birthday.
        points_cycles: cycles that must be without a full-points record.
        full_points: points that fill a cycle of 12 months.
        evidence_months: evidence older than this no longer tells the state of a day.
        review_days: after the end of each points cycle, for the annual review.
        medical_months: validity of a medical certificate.
        training_hours: of study in a points cycle.
    """

    licence_years: int
    least_age: int
    most_age: int
    points_cycles: int
    full_points: int
    evidence_months: int
    review_days: int
    medical_months: int
    training_hours: float


@dataclass(frozen=True)
class Evidence:
    """What was found out about a condition, and on which day."""

    condition: Condition
    state: State
    established_on: date


@dataclass(frozen=True)
class Period:
    """Days from one to another, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Points:
    """Points in the cycle that began on a day."""

    cycle_from: date
    points: int


@dataclass(frozen=True)
class Review:
    """An annual review for the cycle that ended on a day."""

    cycle_ended_on: date
    reviewed_on: date
    passed: bool


@dataclass(frozen=True)
class Medical:
    """An examination, and until when its certificate is valid."""

    examined_on: date
    valid_until: date
    fit: bool


@dataclass(frozen=True)
class Training:
    """Hours of study on a day."""

    held_on: date
    hours: float


@dataclass(frozen=True)
class DriverFacts:
    """What is recorded of a driver."""

    born_on: date | None = None
    licence_first_issued_on: date | None = None
    licence_class_since: date | None = None
    licence_valid_until: date | None = None
    evidence: tuple[Evidence, ...] = ()
    points: tuple[Points, ...] = ()
    qualifications: tuple[Period, ...] = ()
    reviews: tuple[Review, ...] = ()
    medicals: tuple[Medical, ...] = ()
    training: tuple[Training, ...] = ()


@dataclass(frozen=True)
class Finding:
    """The state of one condition.

    Attributes:
        condition: which.
        state: met, not met or unknown.
        reason: why.
        detail: dates and numbers that go with the reason.
    """

    condition: Condition
    state: State
    reason: Reason = Reason.FULFILLED
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """The state of every condition on a day, and what follows from them."""

    day: date
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """Not qualified where anything is not met; unknown where anything is unknown."""
        states = {finding.state for finding in self.findings}
        if State.NOT_MET in states:
            return Verdict.NOT_QUALIFIED
        return Verdict.UNKNOWN if State.UNKNOWN in states else Verdict.QUALIFIED

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The conditions that are not met, then those that are unknown."""
        wanting = (finding for finding in self.findings if finding.state != State.MET)
        return tuple(sorted(wanting, key=lambda finding: finding.state == State.UNKNOWN))


def standing(facts: DriverFacts, day: date, numbers: DriverNumbers) -> Standing:
    """Judge a driver by every condition.

    Args:
        facts: what is recorded; what was found out after `day` does not count.
        day: in the local zone.
        numbers: of the regulation profile in force on `day`.
    """
    judges: tuple[Callable[[DriverFacts, date, DriverNumbers], Finding], ...] = (
        licence_years,
        age,
        no_full_points,
        *(partial(evidenced, one) for one in EVIDENCED if one != Condition.NO_FULL_POINTS),
        licence_valid,
        qualification,
        annual_review,
        medical_certificate,
        training,
    )
    return Standing(day, tuple(judge(facts, day, numbers) for judge in judges))


def licence_years(facts: DriverFacts, day: date, numbers: DriverNumbers) -> Finding:
    """The class of licence has been held for the years required."""
    condition = Condition.LICENCE_YEARS
    if facts.licence_class_since is None:
        return unrecorded(condition)
    enough_on = add_months(facts.licence_class_since, numbers.licence_years * MONTHS_A_YEAR)
    if day < enough_on:
        return Finding(condition, State.NOT_MET, Reason.HELD_TOO_SHORT, {"from": enough_on})
    return Finding(condition, State.MET)


def age(facts: DriverFacts, day: date, numbers: DriverNumbers) -> Finding:
    """Neither too young nor too old."""
    if facts.born_on is None:
        return unrecorded(Condition.AGE)
    old_enough_on = add_months(facts.born_on, numbers.least_age * MONTHS_A_YEAR)
    last_day = add_months(facts.born_on, numbers.most_age * MONTHS_A_YEAR)
    if day < old_enough_on:
        return Finding(Condition.AGE, State.NOT_MET, Reason.TOO_YOUNG, {"from": old_enough_on})
    if day > last_day:
        return Finding(Condition.AGE, State.NOT_MET, Reason.TOO_OLD, {"until": last_day})
    return Finding(Condition.AGE, State.MET)


def no_full_points(facts: DriverFacts, day: date, numbers: DriverNumbers) -> Finding:
    """No cycle filled: by the points recorded, or by evidence where a cycle's points are missing."""
    condition = Condition.NO_FULL_POINTS
    if facts.licence_first_issued_on is None:
        return evidenced(condition, facts, day, numbers)
    cycle_from = current_cycle(facts.licence_first_issued_on, day)
    cycles = [add_months(cycle_from, -MONTHS_A_YEAR * n) for n in range(numbers.points_cycles + 1)]
    points = {one.cycle_from: one.points for one in facts.points}
    for cycle in cycles:
        if points.get(cycle, 0) >= numbers.full_points:
            return Finding(condition, State.NOT_MET, Reason.FULL_POINTS, {"cycle": cycle})
    ended = [cycle for cycle in cycles[1:] if cycle >= facts.licence_first_issued_on]
    if ended and all(cycle in points for cycle in ended):
        return Finding(condition, State.MET)
    return evidenced(condition, facts, day, numbers)


def evidenced(condition: Condition, facts: DriverFacts, day: date, numbers: DriverNumbers) -> Finding:
    """What the newest evidence says. What speaks against a driver stands until newer evidence clears it."""
    known = [one for one in facts.evidence if one.condition == condition and one.established_on <= day]
    if not known:
        return unrecorded(condition)
    newest = max(known, key=lambda one: one.established_on)
    detail = {"day": newest.established_on}
    if newest.state == State.NOT_MET:
        return Finding(condition, State.NOT_MET, Reason.AGAINST, detail)
    if newest.state == State.UNKNOWN:
        return Finding(condition, State.UNKNOWN, Reason.NOT_RECORDED, detail)
    if day > add_months(newest.established_on, numbers.evidence_months):
        return Finding(condition, State.UNKNOWN, Reason.STALE, detail)
    return Finding(condition, State.MET, Reason.FULFILLED, detail)


def licence_valid(facts: DriverFacts, day: date, _numbers: DriverNumbers) -> Finding:
    """The driving licence has not lapsed."""
    condition = Condition.LICENCE_VALID
    if facts.licence_valid_until is None:
        return unrecorded(condition)
    if day > facts.licence_valid_until:
        return Finding(condition, State.NOT_MET, Reason.LAPSED, {"until": facts.licence_valid_until})
    return Finding(condition, State.MET)


def qualification(facts: DriverFacts, day: date, _numbers: DriverNumbers) -> Finding:
    """A qualification to drive school buses is in force (Art 24)."""
    condition = Condition.QUALIFICATION
    if not facts.qualifications:
        return unrecorded(condition)
    if any(one.first <= day <= one.last for one in facts.qualifications):
        return Finding(condition, State.MET)
    if past := [one.last for one in facts.qualifications if one.last < day]:
        return Finding(condition, State.NOT_MET, Reason.LAPSED, {"until": max(past)})
    first = min(one.first for one in facts.qualifications)
    return Finding(condition, State.NOT_MET, Reason.NOT_YET_VALID, {"from": first})


def annual_review(facts: DriverFacts, day: date, numbers: DriverNumbers) -> Finding:
    """The review of the last points cycle was passed, or is not due yet (Art 26)."""
    condition = Condition.ANNUAL_REVIEW
    if facts.licence_first_issued_on is None:
        return unrecorded(condition)
    due = review_due(facts, day, numbers)
    if due is None:
        return Finding(condition, State.MET)
    known = [one for one in facts.reviews if one.cycle_ended_on == due.first and one.reviewed_on <= day]
    if known:
        newest = max(known, key=lambda one: one.reviewed_on)
        if newest.passed:
            return Finding(condition, State.MET)
        return Finding(condition, State.NOT_MET, Reason.REVIEW_FAILED, {"day": newest.reviewed_on})
    if day <= due.last:
        return Finding(condition, State.MET, Reason.FULFILLED, {"due": due.last})
    return Finding(condition, State.NOT_MET, Reason.REVIEW_OVERDUE, {"due": due.last})


def medical_certificate(facts: DriverFacts, day: date, numbers: DriverNumbers) -> Finding:
    """The newest examination found the driver fit, and its certificate is valid."""
    condition = Condition.MEDICAL_CERTIFICATE
    known = [one for one in facts.medicals if one.examined_on <= day]
    if not known:
        return unrecorded(condition)
    newest = max(known, key=lambda one: one.examined_on)
    if not newest.fit:
        return Finding(condition, State.NOT_MET, Reason.UNFIT, {"day": newest.examined_on})
    until = min(newest.valid_until, add_months(newest.examined_on, numbers.medical_months))
    if day > until:
        return Finding(condition, State.NOT_MET, Reason.LAPSED, {"until": until})
    return Finding(condition, State.MET)


def training(facts: DriverFacts, day: date, numbers: DriverNumbers) -> Finding:
    """Enough hours of study were had in the last points cycle, or before its review is due."""
    condition = Condition.TRAINING
    if facts.licence_first_issued_on is None:
        return unrecorded(condition)
    due = review_due(facts, day, numbers)
    if due is None:
        return Finding(condition, State.MET)
    begun = add_months(due.first + ONE_DAY, -MONTHS_A_YEAR)
    hours = sum(one.hours for one in facts.training if begun <= one.held_on <= min(day, due.last))
    if hours >= numbers.training_hours or day <= due.last:
        return Finding(condition, State.MET, Reason.FULFILLED, {"hours": hours})
    detail = {"hours": hours, "required": numbers.training_hours}
    return Finding(condition, State.NOT_MET, Reason.TOO_FEW_HOURS, detail)


def review_due(facts: DriverFacts, day: date, numbers: DriverNumbers) -> Period | None:
    """From the end of the last points cycle until its review is due; None where there was nothing to review.

    A driver who became qualified after that cycle was examined then, and has none to be reviewed.
    """
    if facts.licence_first_issued_on is None or not facts.qualifications:
        return None
    ended_on = current_cycle(facts.licence_first_issued_on, day) - ONE_DAY
    if min(one.first for one in facts.qualifications) > ended_on:
        return None
    return Period(ended_on, ended_on + timedelta(days=numbers.review_days))


def current_cycle(licence_first_issued_on: date, day: date) -> date:
    """The first day of the points cycle that `day` is in: 12 months from each anniversary of the licence."""
    years = day.year - licence_first_issued_on.year
    begins = add_months(licence_first_issued_on, years * MONTHS_A_YEAR)
    return begins if begins <= day else add_months(licence_first_issued_on, (years - 1) * MONTHS_A_YEAR)


def unrecorded(condition: Condition) -> Finding:
    """What it depends on has not been recorded."""
    return Finding(condition, State.UNKNOWN, Reason.NOT_RECORDED)


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day where it has no such day."""
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
