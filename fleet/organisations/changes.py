"""Writes: organisations are made, changed, moved and archived; memberships are given and ended."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from fleet.organisations.directory import administrators_but
from fleet.organisations.models import Kind, Membership, Organisation, Role
from fleet.organisations.occupants import occupants
from fleet.organisations.permissions import ARCHIVE_ORGANISATION, CHANGE_ORGANISATION, GRANT_MEMBERSHIP
from fleet.organisations.places import KINDS_ABOVE, KINDS_OF_ROLE
from fleet.organisations.queries import with_all_below
from fleet.people.models import User
from fleet.records import (
    RecordError,
    archive_record,
    refuse_archived,
    refuse_unless_allowed,
    restore_record,
    save_record,
    set_fields,
)

CHANGEABLE = frozenset({"name", "name_en", "stage"})
GIVEN_AT_FIRST = CHANGEABLE | {"kind"}
"""The kind is decided once: roles, buses and permits depend on it."""


@transaction.atomic
def create_organisation(
    *, parent: Organisation, by: User, reason: str = "", **details: object
) -> Organisation:
    """Make an organisation below one that `by` administers.

    Args:
        parent: what it lies below.
        by: who does it.
        reason: kept in the history.
        details: `name` and `kind` at least.

    Raises:
        PermissionDenied: where `by` does not administer `parent`.
        RecordError: where `parent` is archived, or a field can't be given.
        ValidationError: naming each field that can't be right.
    """
    lock_trees()
    organisation = Organisation(parent=stored(parent))
    refuse_unless_allowed(by, CHANGE_ORGANISATION, organisation.parent)
    set_fields(organisation, details, GIVEN_AT_FIRST)
    keep(organisation, by=by, reason=reason)
    return organisation


@transaction.atomic
def change_organisation(
    organisation: Organisation, changes: Mapping[str, object], *, by: User, reason: str = ""
) -> Organisation:
    """Change the names or the stage of an organisation.

    Returns:
        The organisation as it is stored now.

    Raises:
        PermissionDenied: where `by` does not administer it.
        RecordError: where it is archived, or a field can't be changed so.
        ValidationError: naming each field that can't be right.
    """
    lock_trees()
    organisation = stored(organisation)
    refuse_unless_allowed(by, CHANGE_ORGANISATION, organisation)
    refuse_archived(organisation)
    set_fields(organisation, changes, CHANGEABLE)
    keep(organisation, by=by, reason=reason)
    return organisation


@transaction.atomic
def move_organisation(organisation: Organisation, *, to: Organisation, by: User, reason: str) -> Organisation:
    """Put an organisation, with all that lies below it, below another one.

    Returns:
        The organisation as it is stored now.

    Raises:
        PermissionDenied: where `by` does not administer what it lies below, or `to`.
        RecordError: where either is archived, or no reason is given.
        ValidationError: naming `parent`, where it can't lie there.
    """
    lock_trees()
    organisation, to = stored(organisation), stored(to)
    refuse_unless_allowed(by, ARCHIVE_ORGANISATION, organisation)
    refuse_unless_allowed(by, CHANGE_ORGANISATION, to)
    refuse_archived(organisation)
    if not reason.strip():
        raise RecordError(_("Say why it is moved."))
    if to.pk in with_all_below([organisation.pk]):
        raise ValidationError({"parent": _("An organisation can't lie below itself.")})
    organisation.parent = to
    keep(organisation, by=by, reason=reason)
    return organisation


@transaction.atomic
def archive_organisation(organisation: Organisation, *, by: User, reason: str) -> Organisation:
    """Take an organisation out of use.

    Returns:
        The organisation as it is stored now.

    Raises:
        PermissionDenied: where `by` does not administer what it lies below.
        RecordError: where it still answers for something, telling what; and as `archive_record` does.
    """
    lock_trees()
    organisation = stored(organisation)
    refuse_unless_allowed(by, ARCHIVE_ORGANISATION, organisation)
    if found := occupants(organisation):
        told = ", ".join(f"{count} {what}" for what, count in found.items())
        raise RecordError(
            _("“%(organisation)s” still has %(what)s. Archive or move them first.")
            % {"organisation": organisation, "what": told}
        )
    archive_record(organisation, by=by, reason=reason)
    return organisation


@transaction.atomic
def restore_organisation(organisation: Organisation, *, by: User, reason: str = "") -> Organisation:
    """Bring an archived organisation back into use.

    Returns:
        The organisation as it is stored now.

    Raises:
        PermissionDenied: where `by` does not administer what it lies below.
        RecordError: where it is not archived, or what it lies below is.
    """
    lock_trees()
    organisation = stored(organisation)
    refuse_unless_allowed(by, ARCHIVE_ORGANISATION, organisation)
    refuse_misplaced(organisation)
    restore_record(organisation, by=by, reason=reason)
    return organisation


@transaction.atomic
def grant_membership(
    *, person: User, organisation: Organisation, role: Role, by: User, reason: str = ""
) -> Membership:
    """Give a person a role; one that has ended begins again, with its history.

    Raises:
        PermissionDenied: where `by` may not give it there, may not see the person, or is that person.
        RecordError: where the organisation is archived or the account closed.
        ValidationError: naming `role`, where it can't be held there or is held already.
    """
    refuse_unless_allowed(by, "people.view_user", person)
    return give_membership(person=person, organisation=organisation, role=role, by=by, reason=reason)


@transaction.atomic
def give_membership(
    *, person: User, organisation: Organisation, role: Role, by: User, reason: str
) -> Membership:
    """As `grant_membership`, for a person whom nobody can see yet because they serve nowhere.

    Raises:
        PermissionDenied, RecordError, ValidationError: as there.
    """
    lock_trees()
    organisation = stored(organisation)
    membership = Membership.objects.filter(person=person, organisation=organisation, role=role).first()
    membership = membership or Membership(person=person, organisation=organisation, role=role)
    refuse_unless_allowed(by, GRANT_MEMBERSHIP, membership)
    if by == person:
        raise PermissionDenied(_("Nobody gives a role to themselves: somebody else who may does."))
    refuse_archived(organisation)
    if not person.is_active:
        raise RecordError(_("The account of %(person)s is closed. Reopen it first.") % {"person": person})
    refuse_misfit(organisation, role)
    if membership.pk and membership.archived_at is None:
        raise ValidationError({"role": _("This person has this role here already.")})
    membership.archived_at = None
    save_record(membership, by=by, reason=reason)
    return membership


@transaction.atomic
def end_membership(membership: Membership, *, by: User, reason: str) -> Membership:
    """End a membership: from now on it gives nothing.

    Returns:
        The membership as it is stored now.

    Raises:
        PermissionDenied: where `by` could not give it.
        RecordError: for the last administrator at the top; and as `archive_record` does.
    """
    lock_trees()
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    refuse_unless_allowed(by, GRANT_MEMBERSHIP, membership)
    refuse_last_administrator(membership)
    archive_record(membership, by=by, reason=reason)
    return membership


def refuse_last_administrator(membership: Membership) -> None:
    """Refuse to do without the last administrator at the top of a tree; `lock_trees` was called before.

    Raises:
        RecordError: saying so.
    """
    organisation = membership.organisation
    if membership.role != Role.ADMINISTRATOR or organisation.parent_id or membership.archived_at:
        return
    if not administrators_but(membership.person_id, organisation.pk).exists():
        raise RecordError(
            _("%(person)s is the last administrator of “%(organisation)s”. Appoint another one first.")
            % {"person": membership.person, "organisation": organisation}
        )


def refuse_misfit(organisation: Organisation, role: Role) -> None:
    """Refuse a role that nobody can hold in an organisation of this kind.

    Raises:
        ValidationError: naming `role`.
    """
    if organisation.kind not in KINDS_OF_ROLE[role]:
        kinds = ", ".join(str(Kind(kind).label) for kind in KINDS_OF_ROLE[role])
        message = _("%(role)s can be held only in: %(kinds)s.") % {"role": role.label, "kinds": kinds}
        raise ValidationError({"role": message})


def keep(organisation: Organisation, *, by: User, reason: str) -> None:
    """Store an organisation where it can lie.

    Raises:
        RecordError: where what it lies below is archived.
        ValidationError: naming each field that can't be right.
    """
    refuse_misplaced(organisation)
    save_record(organisation, by=by, reason=reason)


def refuse_misplaced(organisation: Organisation) -> None:
    """Refuse a place that an organisation can't have.

    Raises:
        RecordError: where what it lies below is archived.
        ValidationError: naming `parent` or `name`.
    """
    parent = organisation.parent
    if parent is None:
        return
    refuse_archived(parent)
    refuse_wrong_level(organisation, parent)
    same = (
        Organisation.objects.filter(parent=parent, name=organisation.name).exclude(pk=organisation.pk).first()
    )
    if same:
        archived = _(
            "An archived organisation has this name here: bring that one back, or choose another name."
        )
        raise ValidationError(
            {"name": archived if same.archived_at else _("There is an organisation of this name already.")}
        )


def refuse_wrong_level(organisation: Organisation, parent: Organisation) -> None:
    """Refuse to put an organisation below one of a kind that it can't lie below.

    Raises:
        ValidationError: naming `parent`.
    """
    if organisation.kind in Kind.values and parent.kind not in KINDS_ABOVE[Kind(organisation.kind)]:
        message = _("A %(kind)s can't lie below a %(above)s.") % {
            "kind": organisation.get_kind_display(),
            "above": parent.get_kind_display(),
        }
        raise ValidationError({"parent": message})


def lock_trees() -> None:
    """Lock the organisations at the top, in order of their keys, until the transaction ends.

    What changes a tree, or takes its administrators, is done one after the other: two moves make no circle, and of
    two administrators who end each other's membership the second has no permission any more.
    """
    list(Organisation.objects.select_for_update().filter(parent=None).order_by("pk"))


def stored(organisation: Organisation) -> Organisation:
    """An organisation as it is stored, after the lock."""
    found: Organisation = Organisation.objects.select_related("parent").get(pk=organisation.pk)
    return found
