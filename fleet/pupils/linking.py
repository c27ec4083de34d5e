"""Writes: guardians link their child by a code from the school, consent, and end the link again."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.audit.origin import current_origin
from fleet.organisations.models import Membership, Organisation, Role
from fleet.people.models import User
from fleet.pupils.changes import locked, void_codes
from fleet.pupils.consents import VERSION, Purpose, words_of
from fleet.pupils.link_code import as_meant, digest_of, new_code
from fleet.pupils.models import GuardianConsent, Guardianship, LinkCode, Pupil, Relation
from fleet.records import (
    RecordError,
    archive_record,
    refuse_archived,
    refuse_unless_allowed,
    save_record,
    sign_change,
)

LINK = "pupils.link_guardian"
GOOD_FOR = timedelta(days=30)
MOST_COPIES = 2
MOST_WRONG = 20
"""Wrong codes from one network address in an hour: a school's parents may share one, and a code has 60 bits."""
WRONG_KEPT_S = 3600


class Slip(NamedTuple):
    """What is printed for a guardian: the code is nowhere else."""

    pupil: Pupil
    code: str
    expires_at: datetime


class LinkError(Exception):
    """A code does not link; the message says why, to people."""


class TooManyTriesError(LinkError):
    """So many wrong codes came from one address that no more are tried for a while."""


@transaction.atomic
def make_link_codes(pupils: Iterable[Pupil], *, by: User, copies: int = 1) -> list[Slip]:
    """Make codes by which guardians link pupils; codes made before that are not used yet are void.

    Args:
        pupils: of whom each gets its own.
        by: who prints them.
        copies: codes for each pupil, one for each guardian, up to two.

    Raises:
        PermissionDenied: where `by` may not link guardians to one of the pupils.
        RecordError: where a pupil is archived.
        ValueError: for another number of copies.
    """
    if not 1 <= copies <= MOST_COPIES:
        raise ValueError(copies)
    slips = []
    expires_at = timezone.now() + GOOD_FOR
    for pupil in pupils:
        refuse_unless_allowed(by, LINK, pupil)
        refuse_archived(pupil)
        void_codes(pupil, by=by)
        slips += [Slip(pupil, new_code(), expires_at) for _copy in range(copies)]
    LinkCode.objects.bulk_create(
        LinkCode(pupil=slip.pupil, digest=digest_of(slip.code), made_by=by, expires_at=expires_at)
        for slip in slips
    )
    return slips


@transaction.atomic
def revoke_link_codes(pupil: Pupil, *, by: User) -> int:
    """Void the codes of a pupil that are not used yet; how many there were.

    Raises:
        PermissionDenied: where `by` may not link guardians to the pupil.
    """
    pupil = locked(pupil)
    refuse_unless_allowed(by, LINK, pupil)
    return void_codes(pupil, by=by)


@transaction.atomic
def pupil_of_code(typed: str) -> Pupil:
    """Whom a code links; asking does not use it up.

    Raises:
        LinkError: as `good_code`.
    """
    return good_code(typed).pupil


@transaction.atomic
def link_by_code(
    typed: str,
    *,
    guardian: User,
    consented: Collection[Purpose],
    relation: Relation = Relation.OTHER,
) -> Guardianship:
    """Make somebody who is signed in a guardian of the pupil of a code, which is used up.

    Args:
        typed: the code, as people type it.
        guardian: who links.
        consented: the purposes that they have consented to; both are needed.
        relation: what they are to the pupil.

    Raises:
        LinkError: where the code is not good, or not any more; where they are a guardian already.
        ValidationError: naming `consented`, where one is missing.
    """
    code = good_code(typed)
    pupil = locked(code.pupil)
    if set(consented) != set(Purpose):
        raise ValidationError({"consented": _("The link shows you both, so it needs your consent to both.")})
    if Guardianship.objects.current().filter(pupil=pupil, guardian=guardian).exists():
        raise LinkError(_("You are linked to this child already. Keep the code for the other guardian."))
    code.used_at, code.used_by = timezone.now(), guardian
    code.save(update_fields=["used_at", "used_by"])
    link = Guardianship(pupil=pupil, guardian=guardian, relation=relation)
    save_record(link, by=guardian, reason=_("Linked by a code of the school"))
    for purpose in Purpose:
        record_consent(pupil, guardian, purpose, is_given=True)
    begin_membership(guardian, pupil.school)
    return link


@transaction.atomic
def link_new_guardian(
    typed: str,
    *,
    username: str,
    full_name: str,
    password: str,
    consented: Collection[Purpose],
    relation: Relation = Relation.OTHER,
    email: str = "",
    telephone: str = "",
) -> Guardianship:
    """Open an account for a guardian who holds a code, and link the pupil to it.

    Raises:
        LinkError: where the code is not good, or not any more.
        ValidationError: naming each field that can't be right.
    """
    good_code(typed)
    guardian = User(username=username, full_name=full_name, email=email, telephone=telephone)
    if not full_name.strip():
        raise ValidationError({"full_name": _("Give your name.")})
    try:
        validate_password(password, guardian)
    except ValidationError as error:
        raise ValidationError({"password": error}) from error
    guardian.set_password(password)
    guardian.full_clean()
    sign_change(guardian, by=guardian, reason=_("Opened with a code of the school"))
    guardian.save()
    return link_by_code(typed, guardian=guardian, consented=consented, relation=relation)


@transaction.atomic
def revoke_link(link: Guardianship, *, by: User, reason: str) -> Guardianship:
    """End the link of a guardian, as the school.

    Raises:
        PermissionDenied: where `by` may not link guardians to the pupil.
        RecordError: where it has ended already, or no reason is given.
    """
    refuse_unless_allowed(by, LINK, locked(link.pupil))
    end_link(link, by=by, reason=reason)
    return link


@transaction.atomic
def withdraw_consent(pupil: Pupil, purpose: Purpose, *, by: User) -> None:
    """Withdraw, as a guardian, the consent to a purpose; the link needs both, so it ends.

    What happened until then stays lawful (PIPL Art 15); the school keeps what it must to carry the child.

    Raises:
        PermissionDenied: where `by` is no guardian of the pupil.
    """
    link = Guardianship.objects.current().filter(pupil=locked(pupil), guardian=by).first()
    if link is None:
        raise PermissionDenied(_("You may not do this."))
    record_consent(pupil, by, purpose, is_given=False)
    end_link(link, by=by, reason=_("Consent withdrawn: %(purpose)s") % {"purpose": purpose.label})


def end_link(link: Guardianship, *, by: User, reason: str) -> None:
    """Archive a link, and the guardian's membership where no other child of that school is linked."""
    link.refresh_from_db()
    if link.archived_at:
        raise RecordError(_("This link has ended already."))
    archive_record(link, by=by, reason=reason)
    school = link.pupil.school_id
    if Guardianship.objects.current().filter(guardian=link.guardian_id, pupil__school=school).exists():
        return
    held = Membership.objects.current().filter(
        person=link.guardian_id, organisation=school, role=Role.GUARDIAN
    )
    for membership in held:
        archive_record(membership, by=by, reason=reason)


def begin_membership(guardian: User, school: Organisation) -> None:
    """Let the school see the account: who is a guardian there holds that role, which gives nothing by itself."""
    place = {"person": guardian, "organisation": school, "role": Role.GUARDIAN}
    membership = Membership.objects.filter(**place).first() or Membership(**place)
    if membership.pk and membership.archived_at is None:
        return
    membership.archived_at = None
    save_record(membership, by=guardian, reason=_("Linked by a code of the school"))


def record_consent(pupil: Pupil, guardian: User, purpose: Purpose, *, is_given: bool) -> None:
    """Keep what a guardian has said, with the words that they read."""
    GuardianConsent.objects.create(
        pupil=pupil,
        guardian=guardian,
        purpose=purpose,
        is_given=is_given,
        version=VERSION,
        words=words_of(purpose),
        at=timezone.now(),
    )


def good_code(typed: str) -> LinkCode:
    """A code that links, with its row locked until the transaction ends; wrong ones are counted by address.

    Raises:
        TooManyTriesError: where too many wrong codes came from the address.
        LinkError: where it is unknown, used, void or expired; it is not told which.
    """
    tries = f"link-code-wrong-{current_origin().address}"
    if cache.get(tries, 0) >= MOST_WRONG:
        raise TooManyTriesError(_("Too many wrong codes. Try again in an hour, or ask the school."))
    found = LinkCode.objects.select_for_update(of=("self",)).filter(
        digest=digest_of(as_meant(typed)),
        used_at=None,
        revoked_at=None,
        expires_at__gt=timezone.now(),
        pupil__archived_at=None,
    )
    code = found.select_related("pupil__school", "pupil__school_class").first()
    if code is None:
        note_wrong(tries)
        raise LinkError(_("This code is not good, or not any more. Look at the slip, or ask the school."))
    return code


def note_wrong(tries: str) -> None:
    """Count a wrong code, in the cache that all processes share."""
    cache.add(tries, 0, WRONG_KEPT_S)
    with suppress(ValueError):  # the cache has dropped it meanwhile
        cache.incr(tries)
