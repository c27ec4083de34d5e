"""How drivers stand today, by every condition of the law and what is recorded: for lists and for a driver's page."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.dispatch.facts import driver_numbers
from fleet.people.drivers import Driver, DriverCondition
from fleet.people.due import due_days
from fleet.people.facts import facts_of, facts_of_all
from fleet.people.lapses import WORDS
from fleet.people.standing import (
    EVIDENCED,
    Condition,
    DriverFacts,
    DriverNumbers,
    Finding,
    State,
    Verdict,
    standing,
)
from fleet.people.words import CONDITIONS, reason_text
from fleet.regulations.profile import HERE
from fleet.regulations.queries import NoProfileError, profile_for
from web.registry.crew import Judgement, Line
from web.registry.sections import Link

RECORDED_IN = {
    Condition.QUALIFICATION: "qualifications",
    Condition.ANNUAL_REVIEW: "reviews",
    Condition.MEDICAL_CERTIFICATE: "medicals",
    Condition.TRAINING: "training",
}
"""The papers that show a condition which evidence does not."""


def numbers_on(day: date) -> DriverNumbers | None:
    """The numbers that drivers are judged by; None where no regulation profile is in force."""
    try:
        return driver_numbers(profile_for(HERE, day).values)
    except NoProfileError:
        return None


def judged_drivers(drivers: QuerySet[Driver]) -> dict[int, Judgement]:
    """How each driver stands today, by id."""
    today = timezone.localdate()
    numbers = numbers_on(today)
    return {pk: judged(facts, today, numbers) for pk, facts in facts_of_all(drivers).items()}


def judged(facts: DriverFacts, day: date, numbers: DriverNumbers | None) -> Judgement:
    """How a driver stands on a day; unknown where there is no law to judge by."""
    due = min(due_days(facts, day, numbers).items(), key=lambda one: one[1], default=None)
    next_what, next_on = (WORDS[due[0]], due[1]) if due else ("", None)
    if numbers is None:
        return Judgement(Verdict.UNKNOWN, 0, len(Condition), next_what, next_on)
    found = standing(facts, day, numbers)
    states = [finding.state for finding in found.findings]
    not_met, unknown = states.count(State.NOT_MET), states.count(State.UNKNOWN)
    return Judgement(found.verdict, not_met, unknown, next_what, next_on)


def driver_lines(driver: Driver) -> list[Line]:
    """Each condition that a driver must fulfil; none where no regulation profile is in force."""
    today = timezone.localdate()
    numbers = numbers_on(today)
    if numbers is None:
        return []
    facts = facts_of(driver)
    evidence = newest_evidence(driver, today)
    dates = dates_of(facts)
    return [
        line(driver, finding, evidence.get(finding.condition), dates.get(finding.condition))
        for finding in standing(facts, today, numbers).findings
    ]


def line(driver: Driver, finding: Finding, evidence: DriverCondition | None, shown_on: date | None) -> Line:
    """A condition with what shows it: evidence where it is judged by that, else what its day comes from."""
    if "day" not in finding.detail:
        evidence = None
    if isinstance(cycle := finding.detail.get("cycle"), date):
        shown_on = cycle
    return Line(
        title=CONDITIONS[finding.condition],
        state=finding.state,
        reason=reason_text(finding),
        shown_on=evidence.established_on if evidence else shown_on,
        evidence=evidence.evidence if evidence else "",
        link=where_recorded(driver, finding.condition),
    )


def newest_evidence(driver: Driver, day: date) -> dict[str, DriverCondition]:
    """The newest evidence of each condition on a day."""
    found = driver.drivercondition_set.filter(archived_at=None, established_on__lte=day)
    return {one.condition: one for one in found.order_by("established_on", "pk")}


def dates_of(facts: DriverFacts) -> dict[Condition, date | None]:
    """The day of what shows each condition that follows from dates; a birth date is not shown."""
    return {
        Condition.LICENCE_YEARS: facts.licence_class_since,
        Condition.NO_FULL_POINTS: newest(one.cycle_from for one in facts.points),
        Condition.LICENCE_VALID: facts.licence_valid_until,
        Condition.QUALIFICATION: newest(one.first for one in facts.qualifications),
        Condition.ANNUAL_REVIEW: newest(one.reviewed_on for one in facts.reviews),
        Condition.MEDICAL_CERTIFICATE: newest(one.examined_on for one in facts.medicals),
        Condition.TRAINING: newest(one.held_on for one in facts.training),
    }


def newest(days: Iterable[date]) -> date | None:
    """The last of some days."""
    return max(days, default=None)


def where_recorded(driver: Driver, condition: Condition) -> Link:
    """The page on which what shows a condition is recorded."""
    if condition == Condition.NO_FULL_POINTS and driver.licence_first_issued_on:
        return Link(reverse("driver_paper_new", args=[driver.pk, "points"]), _("Record"))
    if condition in EVIDENCED:
        page = reverse("driver_paper_new", args=[driver.pk, "conditions"])
        return Link(f"{page}?condition={condition}", _("Record"))
    if slug := RECORDED_IN.get(condition):
        return Link(reverse("driver_paper_new", args=[driver.pk, slug]), _("Record"))
    return Link(reverse("driver_edit", args=[driver.pk]), _("Edit"))
