"""Writes: the accounts of people. Each begins with a membership and a link, good once, to set the own password."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from fleet.organisations.changes import give_membership, lock_trees, refuse_last_administrator
from fleet.organisations.models import Kind, Membership, Organisation, Role
from fleet.organisations.places import KINDS_AT_THE_TOP
from fleet.people.account_permissions import CHANGE_USER, INVITE_USER, VIEW_USER
from fleet.people.attendants import Attendant
from fleet.people.drivers import Driver
from fleet.people.models import User
from fleet.records import RecordError, refuse_archived, refuse_unless_allowed, save_record, sign_change

INVITATION_GOOD_FOR = timedelta(days=7)
INVITATION_SALT = "people.invitation"
DATA = frozenset({"full_name", "email", "telephone"})
ROLE_ABOARD: Mapping[type[Driver] | type[Attendant], Role] = {
    Driver: Role.DRIVER,
    Attendant: Role.ATTENDANT,
}
"""With which role an account is that of a driver or an attendant."""


class Invited(NamedTuple):
    """Somebody who has no password yet, and what the link to set it must hold."""

    person: User
    token: str


@transaction.atomic
def create_person(
    *,
    username: str,
    full_name: str,
    organisation: Organisation,
    role: Role,
    by: User,
    email: str = "",
    telephone: str = "",
    reason: str = "",
) -> Invited:
    """Open an account for somebody, with a first membership.

    Raises:
        PermissionDenied: where `by` may not give this role there.
        RecordError: where the organisation is archived.
        ValidationError: naming each field that can't be right.
    """
    person = User(username=username, full_name=full_name, email=email, telephone=telephone)
    if not full_name.strip():
        raise ValidationError({"full_name": _("Give the name of the person.")})
    invited = open_account(person, by=by, reason=reason)
    give_membership(person=person, organisation=organisation, role=role, by=by, reason=reason)
    return invited


@transaction.atomic
def found(*, name: str, kind: Kind, username: str, name_en: str = "", full_name: str = "") -> Invited:
    """Make an organisation at the top of a tree, with its first administrator, who is told as the one who did it.

    Nobody's permission is asked: it is for whoever runs the installation, from its command line.

    Raises:
        ValidationError: naming each field that can't be right.
    """
    if kind not in KINDS_AT_THE_TOP:
        raise ValidationError({"kind": _("This kind of organisation lies below a district.")})
    administrator = User(username=username, full_name=full_name)
    invited = open_account(administrator, by=administrator, reason=_("Founded"))
    organisation = Organisation(name=name, name_en=name_en, kind=kind)
    save_record(organisation, by=administrator, reason=_("Founded"))
    membership = Membership(person=administrator, organisation=organisation, role=Role.ADMINISTRATOR)
    save_record(membership, by=administrator, reason=_("Founded"))
    return invited


@transaction.atomic
def change_person(person: User, changes: Mapping[str, str], *, by: User, reason: str = "") -> User:
    """Change the name, the e-mail address or the telephone number of somebody.

    Returns:
        The account as it is stored now.

    Raises:
        PermissionDenied: where `by` is no administrator above the person.
        RecordError: for another field.
        ValidationError: naming each field that can't be right.
    """
    person = locked_person(person)
    refuse_unless_allowed(by, CHANGE_USER, person)
    if unknown := sorted(changes.keys() - DATA):
        raise RecordError(
            _("These fields can't be changed here: %(fields)s.") % {"fields": ", ".join(unknown)}
        )
    for name, value in changes.items():
        setattr(person, name, value)
    keep(person, by=by, reason=reason)
    return person


@transaction.atomic
def close_account(person: User, *, by: User, reason: str) -> User:
    """Close an account: its memberships give nothing, its password and all its sessions are void, at once.

    Returns:
        The account as it is stored now.

    Raises:
        PermissionDenied: where `by` is no administrator above the person.
        RecordError: where it is closed, no reason is given, or it is the last administrator's at the top.
    """
    lock_trees()
    person = locked_person(person)
    refuse_unless_allowed(by, CHANGE_USER, person)
    if not person.is_active:
        raise RecordError(_("The account of %(person)s is closed already.") % {"person": person})
    if not reason.strip():
        raise RecordError(_("Say why it is closed."))
    for membership in person.memberships.current().select_related("organisation"):
        refuse_last_administrator(membership)
    person.is_active = False
    person.invitation = ""
    person.set_unusable_password()
    keep(person, by=by, reason=reason)
    return person


@transaction.atomic
def reopen_account(person: User, *, by: User, reason: str = "") -> Invited:
    """Open a closed account again; the person sets a new password.

    Raises:
        PermissionDenied: where `by` is no administrator above the person.
        RecordError: where it is not closed.
    """
    person = locked_person(person)
    refuse_unless_allowed(by, CHANGE_USER, person)
    if person.is_active:
        raise RecordError(_("The account of %(person)s is not closed.") % {"person": person})
    person.is_active = True
    return open_account(person, by=by, reason=reason)


@transaction.atomic
def invite_again(person: User, *, by: User, reason: str = "") -> Invited:
    """Make a new link for somebody who has not set a password; the one before is void.

    Raises:
        PermissionDenied: where `by` may not invite the person.
        RecordError: where the account is closed, or has its password.
    """
    person = locked_person(person)
    refuse_unless_allowed(by, INVITE_USER, person)
    if not person.is_active or person.has_usable_password():
        raise RecordError(_("%(person)s has no invitation to wait for.") % {"person": person})
    return open_account(person, by=by, reason=reason)


def invited_person(token: str) -> User | None:
    """Whom a link invites; None where it is used, expired, replaced or forged."""
    try:
        pk, invitation = signing.loads(token, salt=INVITATION_SALT, max_age=INVITATION_GOOD_FOR)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=pk, invitation=invitation, is_active=True).exclude(invitation="").first()


@transaction.atomic
def accept_invitation(token: str, password: str) -> User:
    """Set the first password of whom a link invites; the link is void then.

    Raises:
        RecordError: where the link is not good, or not any more.
        ValidationError: naming `password`, where it is too weak.
    """
    invited = invited_person(token)
    person = invited and User.objects.select_for_update().get(pk=invited.pk)
    if person is None or invited_person(token) is None:
        raise RecordError(_("This invitation is used or has expired. Ask for a new one."))
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise ValidationError({"password": error}) from error
    person.set_password(password)
    person.invitation = ""
    person.save(update_fields=["password", "invitation"])
    return person


@transaction.atomic
def link_record(member: Driver | Attendant, person: User | None, *, by: User, reason: str = "") -> None:
    """Say which account is that of a driver or an attendant, who then sees the own record; None takes it away.

    Raises:
        PermissionDenied: where `by` may not change the record, may not see the person, or is that person.
        RecordError: where the record is archived.
        ValidationError: naming `user`, where the person does not serve there in that role.
    """
    member = type(member).objects.select_for_update().get(pk=member.pk)
    refuse_unless_allowed(by, f"people.change_{member._meta.model_name}", member)
    refuse_archived(member)
    if person is not None:
        refuse_unless_allowed(by, VIEW_USER, person)
        if by == person:
            raise PermissionDenied(
                _("Nobody links a record to their own account: somebody else who may does.")
            )
        role = ROLE_ABOARD[type(member)]
        if not person.memberships.current().filter(role=role, organisation=member.operator_id).exists():
            message = _("%(person)s has no membership as %(role)s of %(organisation)s.")
            named = {"person": person, "role": role.label, "organisation": member.operator}
            raise ValidationError({"user": message % named})
    member.user = person
    save_record(member, by=by, reason=reason)


def open_account(person: User, *, by: User, reason: str) -> Invited:
    """Store an account without a password, and make the link with which it gets one."""
    person.set_unusable_password()
    person.invitation = secrets.token_urlsafe(32)
    keep(person, by=by, reason=reason)
    return Invited(person, signing.dumps((person.pk, person.invitation), salt=INVITATION_SALT))


def keep(person: User, *, by: User, reason: str) -> None:
    """Check an account in full and store it, with who changed it and why in its history.

    Raises:
        ValidationError: naming each field that can't be right.
    """
    person.full_clean()
    sign_change(person, by=by, reason=reason)
    person.save()


def locked_person(person: User) -> User:
    """An account as it is stored, with its row locked until the transaction ends."""
    return User.objects.select_for_update().get(pk=person.pk)
