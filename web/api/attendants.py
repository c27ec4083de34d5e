"""Attendants."""

from typing import Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.organisations.directory import people_for
from fleet.people import changes
from fleet.people.accounts import link_record
from fleet.people.models import Attendant, User
from fleet.people.queries import attendants_for
from web.api.auth import reading, writing
from web.api.crew import (
    READ,
    WRITE,
    AccountLink,
    MemberAnswer,
    MemberChange,
    MemberFilter,
    Reveal,
    member_details,
    told,
)
from web.api.fields import GivenLine, Id, StrictId
from web.api.paging import Page, Paging, page_of
from web.api.payload import WithReason, referred
from web.api.records import Owner
from web.person import person_of

router = Router(tags=["attendants"], auth=reading(READ))


class AttendantAnswer(MemberAnswer):
    """An attendant."""


class AttendantChange(MemberChange):
    """Fields of an attendant."""


class NewAttendant(AttendantChange):
    """An attendant to be put into the registry."""

    name: GivenLine
    identity_number: GivenLine
    operator_id: StrictId


def found_attendant(person: User, pk: int, action: Action | None) -> Attendant:
    """An attendant that a person may see; 404 otherwise. The access log has the look, unless it comes later."""
    attendant: Attendant = get_object_or_404(attendants_for(person), pk=pk)
    if action:
        record_access(by=person, action=action, objects=[attendant])
    return attendant


ATTENDANT = Owner("/attendants", "attendant", found_attendant, READ, WRITE)


def told_attendants(
    request: HttpRequest, attendants: list[Attendant], action: Action, reveal: str | None
) -> list[dict[str, Any]]:
    """Attendants as they go out, logged."""
    allowed = attendants_for(person_of(request), "people.view_attendant_identity")
    return told(request, attendants, AttendantAnswer, allowed, action=action, reveal=reveal)


def told_attendant(request: HttpRequest, attendant: Attendant, reveal: str | None = None) -> dict[str, Any]:
    """One attendant as it goes out, logged."""
    return told_attendants(request, [attendant], Action.VIEW, reveal)[0]


@router.get("", response=Page[AttendantAnswer])
def list_attendants(
    request: HttpRequest,
    filters: Query[MemberFilter],
    paging: Query[Paging],
    order: Literal["name", "-name", "pk", "-pk"] = "name",
    reveal: Reveal = None,
) -> dict[str, Any]:
    """The attendants that you may see."""
    page = page_of(filters.filter(attendants_for(person_of(request))), paging, order)
    return page | {"items": told_attendants(request, page["items"], Action.LIST, reveal)}


@router.get("/{pk}", response=AttendantAnswer)
def show_attendant(request: HttpRequest, pk: Id, reveal: Reveal = None) -> dict[str, Any]:
    """One attendant."""
    return told_attendant(request, found_attendant(person_of(request), pk, None), reveal)


@router.post("", auth=writing(WRITE), response={201: AttendantAnswer})
def add_attendant(request: HttpRequest, payload: NewAttendant) -> Status[dict[str, Any]]:
    """Put an attendant into the registry."""
    details = member_details(request, payload, Attendant, "people.change_attendant")
    made = changes.create_attendant(by=person_of(request), reason=payload.reason, **details)
    return Status(201, told_attendant(request, made))


@router.patch("/{pk}", auth=writing(WRITE), response=AttendantAnswer)
def change_attendant(request: HttpRequest, pk: Id, payload: AttendantChange) -> dict[str, Any]:
    """Change the data of an attendant."""
    attendant = found_attendant(person_of(request), pk, None)
    details = member_details(request, payload, Attendant, "people.change_attendant")
    changed = changes.change_attendant(attendant, details, by=person_of(request), reason=payload.reason)
    return told_attendant(request, changed)


@router.put("/{pk}/account", auth=writing(WRITE), response=AttendantAnswer)
def link_attendant(request: HttpRequest, pk: Id, payload: AccountLink) -> dict[str, Any]:
    """Say which account is the attendant's, who then sees the own record."""
    person = person_of(request)
    attendant = found_attendant(person, pk, None)
    account = referred(people_for(person), payload.user_id, "user_id")
    link_record(attendant, account, by=person, reason=payload.reason)
    attendant.refresh_from_db()
    return told_attendant(request, attendant)


@router.post("/{pk}/archive", auth=writing(WRITE), response=AttendantAnswer)
def archive_attendant(request: HttpRequest, pk: Id, payload: WithReason) -> dict[str, Any]:
    """Take an attendant out of use."""
    person = person_of(request)
    attendant = found_attendant(person, pk, None)
    return told_attendant(request, changes.archive_member(attendant, by=person, reason=payload.reason))


@router.post("/{pk}/restore", auth=writing(WRITE), response=AttendantAnswer)
def restore_attendant(request: HttpRequest, pk: Id, payload: WithReason) -> dict[str, Any]:
    """Bring an archived attendant back."""
    person = person_of(request)
    attendant = found_attendant(person, pk, None)
    return told_attendant(request, changes.restore_member(attendant, by=person, reason=payload.reason))
