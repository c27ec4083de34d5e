"""Organisations as a tree."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import FilterLookup, Query, Router, Schema, Status

from fleet.organisations import changes
from fleet.organisations.directory import organisations_for
from fleet.organisations.models import Kind, Organisation, SchoolStage
from fleet.people.models import User
from fleet.tokens.models import Scope
from web.api.auth import reading, writing
from web.api.fields import GivenLine, Id, Known, Line, MaybeText, StrictId, omitted
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.payload import Change, WithReason, details_of, needed
from web.person import person_of

READ, WRITE = Scope.REGISTRY_READ, Scope.REGISTRY_WRITE
router = Router(tags=["organisations"], auth=reading(READ))


class OrganisationAnswer(Schema):
    """A district, school, operator, police or supervisor."""

    id: int
    name: str
    name_en: MaybeText
    kind: Kind
    stage: Annotated[SchoolStage | None, Known]
    parent_id: int | None
    archived_at: datetime | None


class OrganisationChange(Change):
    """Fields of an organisation that change."""

    name: GivenLine = omitted()
    name_en: Line | None = omitted()
    stage: SchoolStage | None = omitted()


class NewOrganisation(OrganisationChange):
    """An organisation to be made below one that you administer."""

    name: GivenLine
    kind: Kind
    parent_id: StrictId


class Move(WithReason):
    """Below which organisation another one is put."""

    parent_id: StrictId


class OrganisationFilter(RecordFilter):
    """Which organisations."""

    q: Annotated[Line | None, FilterLookup(["name__icontains", "name_en__icontains"])] = None
    kind: Kind | None = None
    stage: SchoolStage | None = None
    parent_id: Id | None = None


def found_organisation(person: User, pk: int) -> Organisation:
    """An organisation that a person may see; 404 otherwise."""
    found: Organisation = get_object_or_404(organisations_for(person), pk=pk)
    return found


@router.get("", response=Page[OrganisationAnswer])
def list_organisations(
    request: HttpRequest,
    filters: Query[OrganisationFilter],
    paging: Query[Paging],
    order: Literal["name", "-name", "pk", "-pk"] = "name",
) -> dict[str, Any]:
    """The organisations that you may see."""
    return page_of(filters.filter(organisations_for(person_of(request))), paging, order)


@router.get("/{pk}", response=OrganisationAnswer)
def show_organisation(request: HttpRequest, pk: Id) -> Organisation:
    """One organisation."""
    return found_organisation(person_of(request), pk)


@router.post("", auth=writing(WRITE), response={201: OrganisationAnswer})
def add_organisation(request: HttpRequest, payload: NewOrganisation) -> Status[Organisation]:
    """Make an organisation below another one."""
    person = person_of(request)
    details = details_of(payload, Organisation, {"parent": organisations_for(person)})
    return Status(201, changes.create_organisation(by=person, reason=payload.reason, **details))


@router.patch("/{pk}", auth=writing(WRITE), response=OrganisationAnswer)
def change_organisation(request: HttpRequest, pk: Id, payload: OrganisationChange) -> Organisation:
    """Change the names or the stage of an organisation."""
    person = person_of(request)
    organisation = found_organisation(person, pk)
    details = details_of(payload, Organisation)
    return changes.change_organisation(organisation, details, by=person, reason=payload.reason)


@router.post("/{pk}/move", auth=writing(WRITE), response=OrganisationAnswer)
def move_organisation(request: HttpRequest, pk: Id, payload: Move) -> Organisation:
    """Put an organisation, with all that lies below it, below another one."""
    person = person_of(request)
    organisation = found_organisation(person, pk)
    to = needed(organisations_for(person), payload.parent_id, "parent_id")
    return changes.move_organisation(organisation, to=to, by=person, reason=payload.reason)


@router.post("/{pk}/archive", auth=writing(WRITE), response=OrganisationAnswer)
def archive_organisation(request: HttpRequest, pk: Id, payload: WithReason) -> Organisation:
    """Take an organisation out of use; it must not answer for anything any more."""
    person = person_of(request)
    return changes.archive_organisation(found_organisation(person, pk), by=person, reason=payload.reason)


@router.post("/{pk}/restore", auth=writing(WRITE), response=OrganisationAnswer)
def restore_organisation(request: HttpRequest, pk: Id, payload: WithReason) -> Organisation:
    """Bring an archived organisation back into use."""
    person = person_of(request)
    return changes.restore_organisation(found_organisation(person, pk), by=person, reason=payload.reason)
