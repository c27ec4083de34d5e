"""Reads: the organisations, memberships and people that a person may see, and who serves where."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from fleet.grants import reach_with
from fleet.organisations.models import Kind, Membership, Organisation, Role
from fleet.organisations.permissions import (
    ARCHIVE_ORGANISATION,
    CHANGE_ORGANISATION,
    VIEW_ORGANISATION,
)
from fleet.organisations.places import ROLES_GIVEN_BY, roles_in
from fleet.organisations.queries import reach
from fleet.people.models import User
from fleet.records import RecordQuerySet


def organisations_for(person: User, permission: str = VIEW_ORGANISATION) -> RecordQuerySet:
    """The organisations, archived ones too, for which a person has a permission."""
    reached = reach_with(person, permission)
    found = Q(parent__in=reached) if permission == ARCHIVE_ORGANISATION else Q(pk__in=reached)
    return Organisation.objects.filter(found).select_related("parent")


def memberships_given_by(person: User) -> Q:
    """The memberships that a person may give and end; it agrees with the rule `organisations.grant_membership`."""
    given = Q(pk__in=())
    for reached, roles in reached_with_roles_given(person):
        given |= Q(role__in=roles, organisation__in=reached)
    return given


def reached_with_roles_given(person: User) -> list[tuple[set[int], tuple[Role, ...]]]:
    """For each role that gives roles: the organisations that a person reaches by it, and what it gives there."""
    if not person.is_active:
        return []
    found = [(reach(person, (giver,)), roles) for giver, roles in ROLES_GIVEN_BY.items()]
    return [(reached, roles) for reached, roles in found if reached]


def memberships_for(person: User) -> RecordQuerySet:
    """The memberships, ended ones too, that a person may see: who gives a role sees who has it."""
    own = Q(person=person) if person.is_active else Q(pk__in=())
    return Membership.objects.filter(own | memberships_given_by(person)).select_related(
        "person", "organisation"
    )


def people_for(person: User) -> QuerySet[User]:
    """The people whose accounts a person may see; it agrees with the rule `people.view_user`."""
    seen = memberships_for(person).filter(person=OuterRef("pk"))
    return User.objects.filter(Exists(seen))


def people_changeable_by(person: User) -> QuerySet[User]:
    """The people above whom a person is an administrator; it agrees with the rule `people.change_user`.

    Every current membership lies within the administrator's reach; of who has none, every one that has ended.
    """
    theirs = Membership.objects.filter(person=OuterRef("pk"))
    beyond = theirs.exclude(organisation__in=reach_with(person, CHANGE_ORGANISATION))
    serving = Q(Exists(theirs.current())) & ~Q(Exists(beyond.current()))
    former = ~Q(Exists(theirs.current())) & Q(Exists(theirs)) & ~Q(Exists(beyond))
    return User.objects.filter(serving | former).exclude(pk=person.pk)


def people_invitable_by(person: User) -> QuerySet[User]:
    """The people all of whose current memberships a person may give; it agrees with `people.invite_user`."""
    theirs = Membership.objects.current().filter(person=OuterRef("pk"))
    beyond = theirs.exclude(memberships_given_by(person))
    return User.objects.filter(Exists(theirs)).exclude(Exists(beyond)).exclude(pk=person.pk)


def roles_grantable(person: User, organisation: Organisation) -> list[Role]:
    """The roles that a person may give in an organisation."""
    grantable = {
        role
        for reached, roles in reached_with_roles_given(person)
        if organisation.pk in reached
        for role in roles
    }
    return [role for role in roles_in(Kind(organisation.kind)) if role in grantable]


def organisations_staffed_by(person: User) -> RecordQuerySet:
    """The organisations in which a person may give some role."""
    everywhere = set[int]().union(*(reached for reached, _roles in reached_with_roles_given(person)))
    return Organisation.objects.current().filter(pk__in=everywhere)


def administrators_but(person_id: int, organisation_id: int) -> QuerySet[Membership]:
    """The administrators of an organisation who can sign in, without one person."""
    found: QuerySet[Membership] = (
        Membership.objects.current()
        .filter(organisation=organisation_id, role=Role.ADMINISTRATOR, person__is_active=True)
        .exclude(person=person_id)
    )
    return found


def people_in(organisations: Iterable[int], person: User) -> dict[int, int]:
    """How many people serve in each organisation, of those whom a person may see."""
    serving = memberships_for(person).current().filter(organisation__in=organisations)
    pairs = serving.values_list("organisation", "person").distinct()
    counts: dict[int, int] = {}
    for organisation, _person in pairs:
        counts[organisation] = counts.get(organisation, 0) + 1
    return counts
