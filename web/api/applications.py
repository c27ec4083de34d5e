"""Applications for permits and for changes, with their documents and steps, up to the decision."""

from datetime import date
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from fleet.people.models import User
from fleet.permits import changes
from fleet.permits.models import (
    Application,
    ApplicationDocument,
    ApplicationKind,
    DocumentKind,
    DocumentState,
    Stage,
)
from fleet.permits.permissions import applicants_of, permits_seen_by
from fleet.permits.queries import timeline
from fleet.vehicles.queries import buses_for
from web.api.auth import reading, writing
from web.api.fields import Day, Flag, GivenText, Id, Line, MaybeText, StrictId, Text
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.payload import Input, all_referred, needed, referred
from web.api.permits import READ, WRITE, found_permit
from web.api.records import WithDocument
from web.person import person_of

router = Router(tags=["applications"], auth=reading(READ))


class StepAnswer(Schema):
    """A step of the procedure, taken or to come (Art 15)."""

    stage: Stage
    is_open: bool = Field(description="It can be recorded now.")
    due_on: date | None = Field(description="Its statutory deadline; null where there is none, or none yet.")
    is_overdue: bool
    done_on: date | None
    favourable: bool | None
    note: MaybeText


class DocumentAnswer(WithDocument):
    """A document of an application."""

    kind: DocumentKind
    received_on: date
    state: DocumentState
    judged_on: date | None
    note: MaybeText


class ApplicationAnswer(Schema):
    """An application."""

    id: int
    permit_id: int
    kind: ApplicationKind
    bus_id: int | None = Field(description="The bus whose plate card changes.")
    new_bus_id: int | None = Field(description="The bus that takes its place.")
    details: MaybeText
    approved: bool | None = Field(description="Null while it is not decided.")
    steps: list[StepAnswer]
    documents: list[DocumentAnswer]

    @staticmethod
    def resolve_steps(application: Application) -> list[dict[str, Any]]:
        """Every step of the law, in its order."""
        return [
            {
                "stage": one.stage,
                "is_open": one.is_open,
                "due_on": one.due_on,
                "is_overdue": one.is_overdue,
                "done_on": one.step and one.step.done_on,
                "favourable": one.step and one.step.favourable,
                "note": one.step and one.step.note,
            }
            for one in timeline(application, timezone.localdate())
        ]

    @staticmethod
    def resolve_documents(application: Application) -> list[ApplicationDocument]:
        """Its documents."""
        return list(application.documents.all())


class ApplicationFilter(RecordFilter):
    """Which applications."""

    permit_id: Id | None = None
    kind: ApplicationKind | None = None
    bus_id: Id | None = None
    is_decided: bool | None = None

    def filter_is_decided(self, value: bool | None) -> Q:
        """Those that are decided, or those that are not."""
        return Q() if value is None else Q(approved__isnull=not value)


class NewPermitApplication(Input):
    """An application for a new permit."""

    applicant_id: StrictId
    bus_ids: Annotated[list[StrictId], Field(min_length=1, max_length=500)]
    applied_on: Day


class NewChangeApplication(Input):
    """An application for the change of something that a plate card names (机动车登记规定 Art 64)."""

    kind: ApplicationKind
    bus_id: StrictId
    new_bus_id: StrictId | None = None
    details: GivenText
    applied_on: Day


class NewDocument(Input):
    """A document that is handed in."""

    kind: DocumentKind
    received_on: Day


class Judgement(Input):
    """Whether a document will do; where not, why."""

    accepted: Flag
    judged_on: Day
    note: Line = ""


class NewStep(Input):
    """A step that was taken; who is against it says why."""

    stage: Stage
    done_on: Day
    favourable: Flag
    note: Text = ""


class Decision(Input):
    """The government's decision; a permit that is granted has a number and a period."""

    approved: Flag
    decided_on: Day
    note: Text = ""
    number: Line = ""
    valid_from: Day | None = None
    valid_until: Day | None = None


def applications_told(person: User) -> QuerySet[Application]:
    """The applications of the permits that a person may see, with what is told of each."""
    found = Application.objects.filter(permit__in=permits_seen_by(person))
    return found.select_related("permit__applicant").prefetch_related("steps", "documents")


def found_application(person: User, pk: int) -> Application:
    """An application that a person may see; 404 otherwise."""
    return get_object_or_404(applications_told(person), pk=pk)


@router.get("/applications", response=Page[ApplicationAnswer])
def list_applications(
    request: HttpRequest, filters: Query[ApplicationFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """The applications that you may see, the newest first."""
    return page_of(filters.filter(applications_told(person_of(request))), paging, "-pk")


@router.get("/applications/{pk}", response=ApplicationAnswer)
def show_application(request: HttpRequest, pk: Id) -> Application:
    """One application."""
    return found_application(person_of(request), pk)


@router.post("/applications", auth=writing(WRITE), response={201: ApplicationAnswer})
def apply_for_permit(request: HttpRequest, payload: NewPermitApplication) -> Status[Application]:
    """Apply for a new permit."""
    person = person_of(request)
    made = changes.apply_for_permit(
        applicant=needed(applicants_of(person), payload.applicant_id, "applicant_id"),
        buses=all_referred(buses_for(person), payload.bus_ids, "bus_ids"),
        applied_on=payload.applied_on,
        by=person,
    )
    return Status(201, found_application(person, made.pk))


@router.post("/permits/{pk}/applications", auth=writing(WRITE), response={201: ApplicationAnswer})
def apply_for_change(request: HttpRequest, pk: Id, payload: NewChangeApplication) -> Status[Application]:
    """Apply for a change of what a permit's plate card names."""
    person = person_of(request)
    made = changes.apply_for_change(
        permit=found_permit(person, pk),
        kind=payload.kind,
        bus=needed(buses_for(person), payload.bus_id, "bus_id"),
        new_bus=referred(buses_for(person), payload.new_bus_id, "new_bus_id"),
        details=payload.details,
        applied_on=payload.applied_on,
        by=person,
    )
    return Status(201, found_application(person, made.pk))


@router.post("/applications/{pk}/documents", auth=writing(WRITE), response={201: ApplicationAnswer})
def hand_in_document(request: HttpRequest, pk: Id, payload: NewDocument) -> Status[Application]:
    """Record that a document was handed in; its scan is added on the website."""
    person = person_of(request)
    application = found_application(person, pk)
    changes.hand_in_document(application=application, by=person, **payload.given())
    return Status(201, found_application(person, pk))


@router.post(
    "/applications/{pk}/documents/{document_pk}/judgement", auth=writing(WRITE), response=ApplicationAnswer
)
def judge_document(request: HttpRequest, pk: Id, document_pk: Id, payload: Judgement) -> Application:
    """Accept or reject a document."""
    person = person_of(request)
    document = get_object_or_404(found_application(person, pk).documents, pk=document_pk)
    changes.judge_document(document=document, by=person, **payload.given())
    return found_application(person, pk)


@router.post("/applications/{pk}/steps", auth=writing(WRITE), response={201: ApplicationAnswer})
def record_step(request: HttpRequest, pk: Id, payload: NewStep) -> Status[Application]:
    """Record the next step of the procedure."""
    person = person_of(request)
    changes.record_step(application=found_application(person, pk), by=person, **payload.given())
    return Status(201, found_application(person, pk))


@router.post("/applications/{pk}/decision", auth=writing(WRITE), response=ApplicationAnswer)
def decide(request: HttpRequest, pk: Id, payload: Decision) -> Application:
    """Record the government's decision."""
    person = person_of(request)
    changes.decide(application=found_application(person, pk), by=person, **payload.given())
    return found_application(person, pk)
