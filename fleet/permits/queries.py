"""Reads: permits in a person's reach, where their applications stand and what is due, and cards in force."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from fleet.people.models import User
from fleet.permits import procedure
from fleet.permits.deadlines import deadline
from fleet.permits.models import (
    Application,
    ApplicationStep,
    CardState,
    PlateCard,
    Stage,
    UsePermit,
)
from fleet.permits.permissions import permits_seen_by

__all__ = [
    "cards_in_force",
    "deadlines_of",
    "next_steps",
    "open_applications",
    "permit_for_page",
    "permits_seen_by",
    "timeline",
]


@dataclass(frozen=True)
class TimelineStep:
    """A step of an application, taken or to come.

    Attributes:
        stage: which.
        label: its name, for people.
        step: as it was recorded; None where it is to come.
        due_on: its deadline; None where there is none, or it can't be counted yet.
        unknown_year: the year whose holidays are not known.
        is_open: it can be recorded now.
        is_overdue: it was not done by its deadline.
    """

    stage: str
    label: str
    step: ApplicationStep | None
    due_on: date | None
    unknown_year: int | None
    is_open: bool
    is_overdue: bool


def timeline(application: Application, today: date) -> list[TimelineStep]:
    """Every step of an application, in the order of the law."""
    taken = {step.stage: step for step in application.steps.all()}
    done = application.days_done()
    next_ones = procedure.open_stages(done) if application.approved is None else []
    found = []
    for stage in procedure.Stage:
        step = taken.get(stage.value)
        due = deadline(stage, done)
        day = step.due_on if step else due.day
        late = step.was_late if step else bool(day and today > day)
        found.append(
            TimelineStep(
                stage=stage.value,
                label=str(Stage(stage).label),
                step=step,
                due_on=day,
                unknown_year=None if step else due.unknown_year,
                is_open=stage in next_ones,
                is_overdue=late,
            )
        )
    return found


def permit_for_page(person: User) -> QuerySet[UsePermit]:
    """The permits that a person may see, with all that a page shows of one."""
    applications = Application.objects.select_related("bus", "new_bus").prefetch_related(
        Prefetch("steps", ApplicationStep.objects.select_related("recorded_by")), "documents"
    )
    cards = PlateCard.objects.select_related("bus", "route").prefetch_related("drivers")
    return (
        permits_seen_by(person)
        .select_related("applicant")
        .prefetch_related("buses", Prefetch("applications", applications), Prefetch("plate_cards", cards))
    )


def cards_in_force(on: date) -> QuerySet[PlateCard]:
    """The cards that may be used on a day."""
    return PlateCard.objects.filter(state=CardState.CURRENT, valid_from__lte=on, valid_until__gte=on)


def open_applications(permits: QuerySet[UsePermit]) -> QuerySet[Application]:
    """The applications that are not decided, with their steps."""
    found = Application.objects.filter(permit__in=permits.order_by().values("pk"), approved=None)
    return found.select_related("permit__applicant").prefetch_related("steps")


def deadlines_of(application: Application) -> dict[procedure.Stage, date]:
    """The last day for each step that can be taken now, where the law sets one and it can be counted."""
    done = application.days_done()
    days = {stage: deadline(stage, done).day for stage in procedure.open_stages(done)}
    return {stage: day for stage, day in days.items() if day}


@dataclass(frozen=True)
class NextStep:
    """The step of a permit's applications that is due first.

    Attributes:
        label: its name, for people.
        due_on: the last day for it.
        is_overdue: that day is over.
    """

    label: str
    due_on: date
    is_overdue: bool


def next_steps(permits: QuerySet[UsePermit], today: date) -> dict[int, NextStep]:
    """For each permit with a deadline that runs, the step that is due first, by the permit's id."""
    due: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for application in open_applications(permits):
        for stage, day in deadlines_of(application).items():
            due[application.permit_id].append((day, str(Stage(stage).label)))
    firsts = {permit: min(steps) for permit, steps in due.items()}
    return {permit: NextStep(label, day, day < today) for permit, (day, label) in firsts.items()}
