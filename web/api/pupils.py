"""Pupils on the school's register; each look at a child's record is kept in the access log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, FilterLookup, Query, Router, Schema, Status

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.organisations.directory import organisations_for
from fleet.organisations.models import Kind
from fleet.people.models import User
from fleet.pupils import changes
from fleet.pupils.models import Pupil
from fleet.pupils.queries import absences_on, classes_for, pupils_at_school_for
from fleet.tokens.models import Scope
from web.api.auth import reading, writing
from web.api.fields import Day, GivenLine, Id, Line, StrictId, omitted
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.payload import Change, WithReason, details_of
from web.person import person_of

READ, WRITE = Scope.PUPILS_READ, Scope.PUPILS_WRITE
router = Router(tags=["pupils"], auth=reading(READ))


class PupilAnswer(Schema):
    """A child who rides: nothing more is kept than riding needs."""

    id: int
    school_id: int
    school_class_id: int | None
    number: str = Field(description="The school's own.")
    name: str
    archived_at: datetime | None


class PupilChange(Change):
    """Fields of a pupil; the school stays."""

    school_class_id: StrictId | None = omitted()
    number: GivenLine = omitted()
    name: GivenLine = omitted()


class NewPupil(PupilChange):
    """A pupil to be put into the register."""

    school_id: StrictId
    number: GivenLine = Field(description="The school's own number; no identity number.")
    name: GivenLine


class PupilFilter(RecordFilter):
    """Which pupils."""

    q: Annotated[Line | None, FilterLookup(["name__icontains", "number__istartswith"])] = None
    school_id: Id | None = None
    school_class_id: Id | None = None
    absent_on: Day | None = Field(None, description="For whom any absence is reported on that day.")

    def filter_absent_on(self, value: Any) -> Q:
        """Those who are absent on a day."""
        return Q(pk__in=absences_on(value).values("pupil")) if value else Q()


@transaction.atomic
def found_pupil(person: User, pk: int, action: Action | None = Action.VIEW) -> Pupil:
    """A pupil whom a person may see; 404 otherwise. The access log has the look, unless it comes later."""
    pupil: Pupil = get_object_or_404(pupils_at_school_for(person), pk=pk)
    if action:
        record_access(by=person, action=action, objects=[pupil])
    return pupil


def details(request: HttpRequest, payload: PupilChange) -> dict[str, Any]:
    """The details of a pupil, with the school and the class that it refers to."""
    person = person_of(request)
    schools = organisations_for(person, "pupils.change_pupil").current().filter(kind=Kind.SCHOOL)
    return details_of(payload, Pupil, {"school": schools, "school_class": classes_for(person).current()})


def logged(request: HttpRequest, pupils: Sequence[Pupil], action: Action) -> None:
    """Add to the access log that somebody is told of pupils."""
    record_access(by=person_of(request), action=action, objects=pupils)


@router.get("/pupils", response=Page[PupilAnswer])
@transaction.atomic
def list_pupils(
    request: HttpRequest,
    filters: Query[PupilFilter],
    paging: Query[Paging],
    order: Literal["name", "-name", "number", "-number", "pk", "-pk"] = "name",
) -> dict[str, Any]:
    """The pupils whom you may see; of a class teacher, those of the own class."""
    page = page_of(filters.filter(pupils_at_school_for(person_of(request))), paging, order)
    logged(request, page["items"], Action.LIST)
    return page


@router.get("/pupils/{pk}", response=PupilAnswer)
def show_pupil(request: HttpRequest, pk: Id) -> Pupil:
    """One pupil."""
    return found_pupil(person_of(request), pk)


@router.post("/pupils", auth=writing(WRITE), response={201: PupilAnswer})
@transaction.atomic
def add_pupil(request: HttpRequest, payload: NewPupil) -> Status[Pupil]:
    """Put a pupil into the register; then give it stops."""
    made = changes.create_pupil(by=person_of(request), reason=payload.reason, **details(request, payload))
    logged(request, [made], Action.VIEW)
    return Status(201, made)


@router.patch("/pupils/{pk}", auth=writing(WRITE), response=PupilAnswer)
def change_pupil(request: HttpRequest, pk: Id, payload: PupilChange) -> Pupil:
    """Change the data of a pupil."""
    pupil = found_pupil(person_of(request), pk)
    return changes.change_pupil(
        pupil, details(request, payload), by=person_of(request), reason=payload.reason
    )


@router.post("/pupils/{pk}/archive", auth=writing(WRITE), response=PupilAnswer)
def archive_pupil(request: HttpRequest, pk: Id, payload: WithReason) -> Pupil:
    """Take a pupil out of the register: no trip carries it, no guardian sees it, its codes are void."""
    person = person_of(request)
    return changes.archive_pupil(found_pupil(person, pk), by=person, reason=payload.reason)


@router.post("/pupils/{pk}/restore", auth=writing(WRITE), response=PupilAnswer)
def restore_pupil(request: HttpRequest, pk: Id, payload: WithReason) -> Pupil:
    """Bring a pupil back."""
    person = person_of(request)
    return changes.restore_pupil(found_pupil(person, pk), by=person, reason=payload.reason)
