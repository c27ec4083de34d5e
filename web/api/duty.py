"""Driving and rest times of drivers: where each stands, today's log, what was found, and what people stated."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import rules
from django.db import transaction
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, FilterLookup, FilterSchema, Query, Router, Schema, Status

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.duty import changes
from fleet.duty.figures import Figures, figures_of
from fleet.duty.models import Activity, DutyStretch, Statement
from fleet.duty.permissions import VIEW_DUTY
from fleet.duty.queries import Standing, bus_of_driver, standings, stretches_of, timelines_of
from fleet.findings.models import Finding
from fleet.people.models import Driver, User
from fleet.tokens.models import Scope
from telematics.duty.finding import DutyRule
from telematics.duty.timeline import Activity as Kind
from web.api.alarms import EvidenceAnswer
from web.api.auth import reading, writing
from web.api.fields import GivenLine, Id, Moment, told_in_place
from web.api.paging import Page, Paging, RecordFilter, page_of, slice_of
from web.api.payload import Input, WithReason
from web.api.problems import Problem
from web.duty.views import driver_of
from web.person import person_of

READ, WRITE = Scope.DUTY_READ, Scope.DUTY_WRITE
router = Router(tags=["driving and rest times"], auth=reading(READ))

DAY = timedelta(days=1)
ActivityNow = Annotated[Kind, told_in_place(Kind)]


class TimeLeftAnswer(Schema):
    """How much longer one rule lets a driver drive without a pause."""

    rule: Annotated[DutyRule, told_in_place(DutyRule)]
    left_s: int
    limit_s: int
    article: str


class DutyStandingAnswer(Schema):
    """Where a driver stands."""

    driver_id: int
    bus_id: int | None = Field(description="On which they are signed in.")
    activity: ActivityNow = Field(description="What they are doing, as far as is known.")
    left: list[TimeLeftAnswer] = Field(description="The tightest first.")


class DutyStretchAnswer(Schema):
    """A stretch of a driver's log."""

    since: datetime
    until: datetime
    activity: Activity
    bus_id: int | None = Field(description="Which was driven.")


class RestAnswer(Schema):
    """A rest that ends a spell of driving."""

    since: datetime
    until: datetime
    is_known: bool = Field(description="All of it is known to be rest; else some of it may be.")


class DutyAnswer(Schema):
    """What a driver did in the last 24 hours, and may still do."""

    driver_id: int
    at: datetime
    bus_id: int | None = Field(description="On which they are signed in.")
    continuous_s: int = Field(description="Driving since the last rest that is long enough.")
    day_s: int = Field(description="Driving in the last 24 hours.")
    week_s: int = Field(description="Driving in the last 7 days.")
    unknown_s: int = Field(description="Time in the last 24 hours of which nothing is known.")
    last_rest: RestAnswer | None
    left: list[TimeLeftAnswer] = Field(description="How long they may drive on, the tightest first.")
    log: list[DutyStretchAnswer] = Field(
        description="Of the last 24 hours; of what is between, nothing is known."
    )


class StatementAnswer(Schema):
    """What somebody stated that a driver did where no bus tells."""

    id: int
    driver_id: int
    activity: Activity
    since: datetime
    until: datetime
    archived_at: datetime | None = Field(description="When it was withdrawn.")


class StatementFilter(RecordFilter):
    """Which statements."""

    since: Annotated[Moment | None, FilterLookup("until__gt")] = None
    before: Annotated[Moment | None, FilterLookup("since__lt")] = None


class DutyFindingFilter(FilterSchema):
    """Which findings."""

    since: Annotated[Moment | None, FilterLookup("last_at__gte")] = None
    before: Annotated[Moment | None, FilterLookup("started_at__lt")] = None


class NewStatement(Input):
    """What a driver did where no bus tells."""

    activity: Activity
    since: Moment
    until: Moment
    reason: GivenLine = Field(description="How it is known.")


@router.get("/duty", response={200: Page[DutyStandingAnswer], 404: Problem})
@transaction.atomic
def list_standings(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """The drivers whose times you may see, those with the least time left first."""
    person = person_of(request)
    if not rules.has_perm(VIEW_DUTY, person):
        raise Http404
    found = standings(person, timezone.now())
    page = slice_of(found, len(found), paging)
    record_access(by=person, action=Action.LIST, objects=[one.driver for one in page["items"]])
    return page | {"items": [told_standing(one) for one in page["items"]]}


def told_standing(one: Standing) -> dict[str, Any]:
    """Where a driver stands, as it goes out."""
    return {
        "driver_id": one.driver.pk,
        "bus_id": one.signed.bus_id if one.signed else None,
        "activity": one.now,
        "left": one.left,
    }


def looked_at(person: User, pk: int) -> Driver:
    """A driver whose times a person may see; 404 otherwise. The access log has the look."""
    driver = driver_of(person, pk, VIEW_DUTY)
    record_access(by=person, action=Action.VIEW, objects=[driver])
    return driver


@router.get("/drivers/{pk}/duty", response=DutyAnswer)
@transaction.atomic
def show_duty(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """A driver's last 24 hours, and how long they may drive on."""
    driver, now = looked_at(person_of(request), pk), timezone.now()
    figures = figures_of(timelines_of([driver.pk], now)[driver.pk], now)
    log = stretches_of([driver.pk], now - DAY, now)
    return told_figures(figures) | {
        "driver_id": driver.pk,
        "at": now,
        "bus_id": bus_of_driver(driver.pk, now),
        "log": [told_stretch(one) for one in log],
    }


def told_figures(figures: Figures) -> dict[str, Any]:
    """The figures of a log as they go out."""
    rest = figures.last_rest
    is_known = figures.rest_is_known
    return {
        **{name: getattr(figures, name) for name in ("continuous_s", "day_s", "week_s", "unknown_s", "left")},
        "last_rest": {"since": rest[0], "until": rest[1], "is_known": is_known} if rest else None,
    }


def told_stretch(stretch: DutyStretch) -> dict[str, Any]:
    """A stretch of a log as it goes out."""
    return {name: getattr(stretch, name) for name in DutyStretchAnswer.model_fields}


@router.get("/drivers/{pk}/duty-findings", response=Page[EvidenceAnswer])
def list_findings_of_driver(
    request: HttpRequest, pk: Id, filters: Query[DutyFindingFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """What was found of a driver, the newest first."""
    driver = looked_at(person_of(request), pk)
    found = Finding.objects.filter(driver=driver, withdrawn_at=None)
    return page_of(filters.filter(found), paging, "-started_at")


@router.get("/drivers/{pk}/duty-statements", response=Page[StatementAnswer])
def list_statements(
    request: HttpRequest, pk: Id, filters: Query[StatementFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """What was stated of a driver's time, the newest first."""
    driver = looked_at(person_of(request), pk)
    return page_of(filters.filter(Statement.objects.filter(driver=driver)), paging, "-since")


@router.post("/drivers/{pk}/duty-statements", auth=writing(WRITE), response={201: StatementAnswer})
def state_activity(request: HttpRequest, pk: Id, payload: NewStatement) -> Status[Statement]:
    """State what a driver did where no bus tells. Where a bus was driven, that counts."""
    person = person_of(request)
    made = changes.state_activity(driver=driver_of(person, pk, VIEW_DUTY), by=person, **payload.model_dump())
    return Status(201, made)


@router.post(
    "/drivers/{pk}/duty-statements/{record_pk}/withdraw", auth=writing(WRITE), response=StatementAnswer
)
def withdraw_statement(request: HttpRequest, pk: Id, record_pk: Id, payload: WithReason) -> Statement:
    """Take a statement out of a driver's log; it stays in the history."""
    person = person_of(request)
    driver = driver_of(person, pk, VIEW_DUTY)
    said: Statement = get_object_or_404(Statement.objects.filter(driver=driver), pk=record_pk)
    changes.withdraw_statement(said=said, reason=payload.reason, by=person)
    return said
