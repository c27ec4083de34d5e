"""Alarms: read with their evidence, and handled step by step by whoever has seen them last.

Each step but a note carries the `version` that was seen. Where somebody was quicker, nothing is done and the answer
is 409, saying who; so two people can't both take an alarm.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, FilterLookup, FilterSchema, Query, Router, Schema
from pydantic import AfterValidator, StringConstraints
from pydantic.json_schema import WithJsonSchema
from rules import has_perm

from fleet.alarms.changes import handle_alarm
from fleet.alarms.models import REASONS_OF_PEOPLE, Alarm, AlarmEvent, AlarmState, Reason
from fleet.alarms.permissions import HANDLE
from fleet.alarms.queries import RELATED, alarms_for, people_who_handle
from fleet.alarms.raising import findings_of
from fleet.alarms.states import OPEN, Step
from fleet.alarms.words import what_to_do
from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.findings.models import FindingSeverity, LimitSource, Rule
from fleet.people.models import User
from fleet.tokens.models import Scope
from web.alarms.detail import found_alarm
from web.api.auth import reading, writing
from web.api.fields import PRINTABLE, SAYING_SOMETHING, Id, MaybeText, Moment, StrictId
from web.api.paging import Page, Paging, page_of
from web.api.payload import Input, needed
from web.api.positions import FindingAnswer
from web.person import person_of

READ, WRITE = Scope.ALARMS_READ, Scope.ALARMS_WRITE
router = Router(tags=["alarms"], auth=reading(READ))


def of_people(reason: Reason) -> Reason:
    """Refuse a reason that only the system gives."""
    if reason not in REASONS_OF_PEOPLE:
        raise ValueError("must be a reason that people give")
    return reason


Why = Annotated[
    Reason,
    AfterValidator(of_people),
    WithJsonSchema({"type": "string", "enum": [one.value for one in REASONS_OF_PEOPLE]}),
]
Version = Annotated[
    int, Field(ge=0, le=2**31 - 1, strict=True, description="Of the alarm, as you have seen it.")
]
Note = Annotated[str, StringConstraints(max_length=500, pattern=PRINTABLE)]
GivenNote = Annotated[str, StringConstraints(max_length=500, pattern=SAYING_SOMETHING)]


class AlarmAnswer(Schema):
    """One or more findings of a kind that a person must handle."""

    id: int
    rule: Rule
    severity: FindingSeverity
    state: AlarmState
    level: int = Field(
        description="How far it was escalated: 0 coordinators, 1 above them, 2 the school's head."
    )
    bus_id: int | None
    trip_id: int | None
    driver_id: int | None
    operator_id: int | None
    school_id: int | None
    started_at: datetime
    last_at: datetime = Field(description="The last report that bears it out.")
    ended_at: datetime | None
    raised_at: datetime = Field(description="When it was put before people, or got worse.")
    peak: float | None
    limit: float | None
    unit: MaybeText = Field(description="Of peak and limit.")
    limit_source: LimitSource
    article: str
    assignee_id: int | None
    seen_at: datetime | None
    seen_by_id: int | None
    resolved_at: datetime | None
    reason: MaybeText = Field(description="What was the matter, of a resolved one.")
    is_suppressed: bool
    version: int = Field(description="Grows with each step; send back what you have seen.")
    updated_at: datetime

    @staticmethod
    def resolve_peak(alarm: Alarm) -> float | None:
        """The worst of its newest finding."""
        peak: float | None = alarm.finding.peak
        return peak

    @staticmethod
    def resolve_limit(alarm: Alarm) -> float | None:
        """The limit of its newest finding."""
        limit: float | None = alarm.finding.limit
        return limit

    @staticmethod
    def resolve_unit(alarm: Alarm) -> str:
        """Of both."""
        return str(alarm.finding.unit)

    @staticmethod
    def resolve_limit_source(alarm: Alarm) -> str:
        """What sets the limit."""
        return str(alarm.finding.limit_source)

    @staticmethod
    def resolve_article(alarm: Alarm) -> str:
        """The law."""
        return str(alarm.finding.article)

    @staticmethod
    def resolve_is_suppressed(alarm: Alarm) -> bool:
        """Whether it was kept from people."""
        return alarm.suppression_id is not None


class EvidenceAnswer(FindingAnswer):
    """A finding of an alarm, with what shows it."""

    trip_id: int | None
    driver_id: int | None
    severity: FindingSeverity
    points: int | None = Field(description="Penalty points that the law sets.")
    penalty: MaybeText
    evidence: dict[str, Any] = Field(
        description="Keys of the reports or records, and values of those that matter."
    )


class AlarmEventAnswer(Schema):
    """Something that happened to an alarm."""

    at: datetime
    kind: str
    by_id: int | None = Field(description="Null for what the system did.")
    reason: MaybeText
    note: MaybeText
    details: dict[str, Any]


class HandlerAnswer(Schema):
    """Somebody who may look after an alarm."""

    id: int
    name: str


class AlarmDetail(AlarmAnswer):
    """An alarm with its evidence, what is to be done, and what was."""

    findings: list[EvidenceAnswer]
    events: list[AlarmEventAnswer]
    what_to_do: list[str]
    handlers: list[HandlerAnswer] = Field(description="Who may be given it; empty for who may not give it.")

    @staticmethod
    def resolve_events(alarm: Alarm) -> list[AlarmEvent]:
        """The first first."""
        return list(alarm.events.order_by("at", "pk"))


class AlarmFilter(FilterSchema):
    """Which alarms."""

    state: AlarmState | None = None
    is_open: bool | None = Field(None, description="Not resolved yet.")
    rule: Rule | None = None
    severity: FindingSeverity | None = None
    bus_id: Id | None = None
    driver_id: Id | None = None
    trip_id: Id | None = None
    operator_id: Id | None = None
    school_id: Id | None = None
    assignee_id: Id | None = None
    since: Annotated[Moment | None, FilterLookup("started_at__gte")] = None
    before: Annotated[Moment | None, FilterLookup("started_at__lt")] = None
    updated_since: Annotated[Moment | None, FilterLookup("updated_at__gte")] = None

    def filter_is_open(self, value: bool | None) -> Q:
        """Those that somebody has to handle, or those that are done."""
        return Q() if value is None else Q(state__in=OPEN) if value else ~Q(state__in=OPEN)


class SeenAlarm(Input):
    """A step with an alarm."""

    version: Version


class Assignment(SeenAlarm):
    """Who is to look after it."""

    assignee_id: StrictId


class Resolution(SeenAlarm):
    """What was the matter, and what was done about it."""

    reason: Why
    note: Note = Field("", description="What was done; an alarm of high severity needs it.")


class Reopening(SeenAlarm):
    """Why it was not over."""

    note: GivenNote


class Remark(Input):
    """Something to be known about an alarm."""

    note: GivenNote


@router.get("/alarms", response=Page[AlarmAnswer])
def list_alarms(
    request: HttpRequest,
    filters: Query[AlarmFilter],
    paging: Query[Paging],
    order: Literal["started_at", "-started_at", "updated_at", "-updated_at"] = "-started_at",
) -> dict[str, Any]:
    """The alarms that you may see."""
    person = person_of(request)
    page = page_of(filters.filter(alarms_for(person).select_related(*RELATED)), paging, order)
    named = {one.driver for one in page["items"] if one.driver}
    record_access(by=person, action=Action.LIST, objects=sorted(named, key=lambda one: one.pk))
    return page


@router.get("/alarms/{pk}", response=AlarmDetail)
def show_alarm(request: HttpRequest, pk: Id) -> Alarm:
    """One alarm."""
    return told(person_of(request), pk)


def told(person: User, pk: int) -> Alarm:
    """An alarm with all that is told of it; 404 where there is none within reach. The access log has the look."""
    alarm = found_alarm(person, pk)
    if alarm.driver:
        record_access(by=person, action=Action.VIEW, objects=[alarm.driver])
    may_handle = has_perm(HANDLE, person, alarm)
    handlers = people_who_handle(alarm) if may_handle else []
    details: dict[str, Any] = {
        "findings": findings_of([alarm])[alarm.pk],
        "handlers": [{"id": one.pk, "name": str(one)} for one in handlers],
        "what_to_do": [str(step) for step in what_to_do(alarm.rule)],
    }
    for name, value in details.items():
        setattr(alarm, name, value)
    return alarm


def taken(request: HttpRequest, pk: int, step: Step, version: int | None, **given: Any) -> Alarm:
    """An alarm after a step."""
    person = person_of(request)
    alarm = found_alarm(person, pk)
    if version is not None:
        alarm.version = version
    if "assignee_id" in given:
        given["assignee"] = needed(people_who_handle(alarm), given.pop("assignee_id"), "assignee_id")
    handle_alarm(alarm=alarm, step=step, by=person, **given)
    return told(person, pk)


@router.post("/alarms/{pk}/acknowledge", auth=writing(WRITE), response=AlarmDetail)
def acknowledge_alarm(request: HttpRequest, pk: Id, payload: SeenAlarm) -> Alarm:
    """Say that you have seen an alarm and look after it."""
    return taken(request, pk, Step.ACKNOWLEDGE, payload.version)


@router.post("/alarms/{pk}/assign", auth=writing(WRITE), response=AlarmDetail)
def assign_alarm(request: HttpRequest, pk: Id, payload: Assignment) -> Alarm:
    """Give an alarm to somebody who may handle it."""
    return taken(request, pk, Step.ASSIGN, payload.version, assignee_id=payload.assignee_id)


@router.post("/alarms/{pk}/resolve", auth=writing(WRITE), response=AlarmDetail)
def resolve_alarm(request: HttpRequest, pk: Id, payload: Resolution) -> Alarm:
    """Say that it is over, and what was done; never for who caused it."""
    return taken(
        request, pk, Step.RESOLVE, payload.version, reason=Reason(payload.reason).value, note=payload.note
    )


@router.post("/alarms/{pk}/reopen", auth=writing(WRITE), response=AlarmDetail)
def reopen_alarm(request: HttpRequest, pk: Id, payload: Reopening) -> Alarm:
    """Open a resolved alarm again."""
    return taken(request, pk, Step.REOPEN, payload.version, note=payload.note)


@router.post("/alarms/{pk}/note", auth=writing(WRITE), response=AlarmDetail)
def note_on_alarm(request: HttpRequest, pk: Id, payload: Remark) -> Alarm:
    """Note something about an alarm; it stays as it is."""
    return taken(request, pk, Step.NOTE, None, note=payload.note)
