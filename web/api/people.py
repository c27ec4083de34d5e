"""Accounts of people, and their memberships."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Field, FilterLookup, FilterSchema, Query, Router, Schema, Status
from pydantic import StringConstraints

from fleet.organisations import changes as organisations
from fleet.organisations.directory import memberships_for, organisations_for, people_for
from fleet.organisations.models import Membership, Role
from fleet.people import accounts
from fleet.people.accounts import Invited
from fleet.people.models import User
from fleet.tokens.models import Scope
from web.api.auth import reading, writing
from web.api.fields import GivenLine, Id, Line, MaybeText, StrictId, omitted
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.payload import Change, WithReason, details_of, needed
from web.person import person_of

READ, WRITE = Scope.PEOPLE_READ, Scope.PEOPLE_WRITE
router = Router(tags=["people"], auth=reading(READ))

Username = Annotated[str, StringConstraints(min_length=1, max_length=150, pattern=r"^[\w.@+-]+$")]


class PersonAnswer(Schema):
    """An account."""

    id: int
    username: str
    full_name: MaybeText
    email: MaybeText
    telephone: MaybeText
    is_active: bool = Field(description="False once it is closed.")


class InvitedAnswer(PersonAnswer):
    """An account that waits for its first password."""

    invitation_path: str = Field(
        description="Of the page on which the person sets it; good once, for a week."
    )


class MembershipAnswer(Schema):
    """A person's role in an organisation; archived when it has ended."""

    id: int
    person_id: int
    organisation_id: int
    role: Role
    archived_at: datetime | None


class PersonChange(Change):
    """Fields of an account that change."""

    full_name: GivenLine = omitted()
    email: Line | None = omitted()
    telephone: Line | None = omitted()


class NewPerson(PersonChange):
    """Somebody who gets an account, with a first membership."""

    username: Username
    full_name: GivenLine
    organisation_id: StrictId
    role: Role


class NewMembership(Change):
    """A role to be given."""

    person_id: StrictId
    organisation_id: StrictId
    role: Role


class PersonFilter(FilterSchema):
    """Which people."""

    q: Annotated[
        Line | None, FilterLookup(["full_name__icontains", "username__icontains", "telephone__icontains"])
    ] = None
    is_active: bool | None = None


class MembershipFilter(RecordFilter):
    """Which memberships."""

    person_id: Id | None = None
    organisation_id: Id | None = None
    role: Role | None = None


def found_person(person: User, pk: int) -> User:
    """Somebody whose account a person may see; 404 otherwise."""
    return get_object_or_404(people_for(person), pk=pk)


def found_membership(person: User, pk: int) -> Membership:
    """A membership that a person may see; 404 otherwise."""
    found: Membership = get_object_or_404(memberships_for(person), pk=pk)
    return found


def invited(made: Invited) -> dict[str, Any]:
    """An account with the way to its first password."""
    own = {name: getattr(made.person, name) for name in PersonAnswer.model_fields}
    return own | {"invitation_path": reverse("invitation", args=[made.token])}


@router.get("/people", response=Page[PersonAnswer])
def list_people(
    request: HttpRequest,
    filters: Query[PersonFilter],
    paging: Query[Paging],
    order: Literal["full_name", "-full_name", "username", "-username", "pk", "-pk"] = "username",
) -> dict[str, Any]:
    """The accounts that you may see."""
    return page_of(filters.filter(people_for(person_of(request))), paging, order)


@router.get("/people/{pk}", response=PersonAnswer)
def show_person(request: HttpRequest, pk: Id) -> User:
    """One account."""
    return found_person(person_of(request), pk)


@router.post("/people", auth=writing(WRITE), response={201: InvitedAnswer})
def add_person(request: HttpRequest, payload: NewPerson) -> Status[dict[str, Any]]:
    """Open an account for somebody, with a first membership."""
    person = person_of(request)
    given = payload.given()
    role, organisation_id = given.pop("role"), given.pop("organisation_id")
    made = accounts.create_person(
        organisation=needed(organisations_for(person), organisation_id, "organisation_id"),
        role=role,
        by=person,
        reason=payload.reason,
        **{name: value or "" for name, value in given.items()},
    )
    return Status(201, invited(made))


@router.patch("/people/{pk}", auth=writing(WRITE), response=PersonAnswer)
def change_person(request: HttpRequest, pk: Id, payload: PersonChange) -> User:
    """Change the name, the e-mail address or the telephone number of somebody."""
    person = person_of(request)
    details = details_of(payload, User)
    return accounts.change_person(found_person(person, pk), details, by=person, reason=payload.reason)


@router.post("/people/{pk}/close", auth=writing(WRITE), response=PersonAnswer)
def close_account(request: HttpRequest, pk: Id, payload: WithReason) -> User:
    """Close an account: its memberships, password, sessions and tokens are void at once."""
    person = person_of(request)
    return accounts.close_account(found_person(person, pk), by=person, reason=payload.reason)


@router.post("/people/{pk}/reopen", auth=writing(WRITE), response=InvitedAnswer)
def reopen_account(request: HttpRequest, pk: Id, payload: WithReason) -> dict[str, Any]:
    """Open a closed account again; the person sets a new password."""
    person = person_of(request)
    return invited(accounts.reopen_account(found_person(person, pk), by=person, reason=payload.reason))


@router.post("/people/{pk}/invite", auth=writing(WRITE), response=InvitedAnswer)
def invite_again(request: HttpRequest, pk: Id, payload: WithReason) -> dict[str, Any]:
    """Make a new invitation for somebody who has not set a password; the one before is void."""
    person = person_of(request)
    return invited(accounts.invite_again(found_person(person, pk), by=person, reason=payload.reason))


@router.get("/memberships", response=Page[MembershipAnswer])
def list_memberships(
    request: HttpRequest, filters: Query[MembershipFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """The memberships that you may see."""
    return page_of(filters.filter(memberships_for(person_of(request))), paging, "pk")


@router.get("/memberships/{pk}", response=MembershipAnswer)
def show_membership(request: HttpRequest, pk: Id) -> Membership:
    """One membership."""
    return found_membership(person_of(request), pk)


@router.post("/memberships", auth=writing(WRITE), response={201: MembershipAnswer})
def grant_membership(request: HttpRequest, payload: NewMembership) -> Status[Membership]:
    """Give somebody a role."""
    person = person_of(request)
    made = organisations.grant_membership(
        person=needed(people_for(person), payload.person_id, "person_id"),
        organisation=needed(organisations_for(person), payload.organisation_id, "organisation_id"),
        role=payload.role,
        by=person,
        reason=payload.reason,
    )
    return Status(201, made)


@router.post("/memberships/{pk}/end", auth=writing(WRITE), response=MembershipAnswer)
def end_membership(request: HttpRequest, pk: Id, payload: WithReason) -> Membership:
    """End a membership: from now on it gives nothing."""
    person = person_of(request)
    return organisations.end_membership(found_membership(person, pk), by=person, reason=payload.reason)
