"""Writes: classes, pupils, the adults who may collect them, and what guardians ask to be corrected."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.organisations.models import Role
from fleet.organisations.queries import reach
from fleet.people.models import User
from fleet.pupils.corrections import Outcome
from fleet.pupils.models import AuthorisedAdult, CorrectionRequest, Guardianship, LinkCode, Pupil, SchoolClass
from fleet.pupils.queries import open_link_codes
from fleet.records import (
    RecordError,
    archive_record,
    create_record,
    refuse_archived,
    refuse_unless_allowed,
    restore_record,
    save_record,
    set_fields,
)

CLASS_FIELDS = frozenset({"school", "name"})
PUPIL_FIELDS = frozenset({"school", "school_class", "number", "name"})
ADULT_FIELDS = frozenset({"name", "relation", "telephone"})

Kept = TypeVar("Kept", Pupil, SchoolClass)


@transaction.atomic
def create_class(
    *, by: User, reason: str = "", teachers: Iterable[User] = (), **details: object
) -> SchoolClass:
    """Open a class.

    Args:
        by: who does it.
        reason: kept in the history.
        teachers: see `set_teachers`.
        details: `school` and `name`.

    Raises:
        PermissionDenied: where `by` may not change classes of that school.
        ValidationError: naming each field that can't be right.
    """
    made = created(SchoolClass(), details, CLASS_FIELDS, "pupils.change_schoolclass", by=by, reason=reason)
    if teachers := list(teachers):
        set_teachers(made, teachers, by=by, reason=reason)
    return made


@transaction.atomic
def change_class(
    school_class: SchoolClass, changes: Mapping[str, object], *, by: User, reason: str = ""
) -> SchoolClass:
    """Change a class, with `teachers` who teaches it. Its school stays: its pupils are of that school.

    Raises:
        PermissionDenied, RecordError, ValidationError: as for every record.
    """
    others = {name: value for name, value in changes.items() if name != "teachers"}
    allowed = CLASS_FIELDS - {"school"}
    changed = changed_record(school_class, others, allowed, "pupils.change_schoolclass", by=by, reason=reason)
    if "teachers" in changes:
        set_teachers(changed, changes["teachers"], by=by, reason=reason)  # type: ignore[arg-type]  # people
    return changed


@transaction.atomic
def set_teachers(school_class: SchoolClass, teachers: Iterable[User], *, by: User, reason: str = "") -> None:
    """Say who teaches a class, and so sees its pupils; the history tells their names.

    Raises:
        PermissionDenied: where `by` may not change the class, or is a new teacher of it.
        ValidationError: naming `teachers`, where somebody is no class teacher of the school.
    """
    school_class = locked(school_class)
    refuse_unless_allowed(by, "pupils.change_schoolclass", school_class)
    refuse_archived(school_class)
    chosen = list(teachers)
    if by in chosen and not school_class.teachers.filter(pk=by.pk).exists():
        raise PermissionDenied(_("Nobody gives themselves a class: somebody else who may does."))
    for one in chosen:
        if school_class.school_id not in reach(one, (Role.CLASS_TEACHER,)):
            message = _("%(person)s is no class teacher of this school.") % {"person": one}
            raise ValidationError({"teachers": message})
    school_class.teachers.set(chosen)
    names = ", ".join(map(str, chosen)) or _("nobody")
    told = _("Teachers: %(names)s") % {"names": names}
    save_record(school_class, by=by, reason=f"{told}. {reason}" if reason else told)


@transaction.atomic
def archive_class(school_class: SchoolClass, *, by: User, reason: str) -> SchoolClass:
    """Close a class that has no pupils any more.

    Raises:
        PermissionDenied: where `by` may not archive it.
        RecordError: where it has pupils; and as `archive_record` does.
    """
    school_class = locked(school_class)
    refuse_unless_allowed(by, "pupils.archive_schoolclass", school_class)
    if count := school_class.pupils.filter(archived_at=None).count():
        raise RecordError(_("%(count)d pupils are in this class. Move them first.") % {"count": count})
    archive_record(school_class, by=by, reason=reason)
    return school_class


def restore_class(school_class: SchoolClass, *, by: User, reason: str = "") -> SchoolClass:
    """Bring a class back; see `restored`."""
    return restored(school_class, "pupils.archive_schoolclass", by=by, reason=reason)


def create_pupil(*, by: User, reason: str = "", **details: object) -> Pupil:
    """Put a pupil into the register: `school`, `number` and `name` at least; see `created`."""
    return created(Pupil(), details, PUPIL_FIELDS, "pupils.change_pupil", by=by, reason=reason)


def change_pupil(pupil: Pupil, changes: Mapping[str, object], *, by: User, reason: str = "") -> Pupil:
    """Change the data of a pupil. The school stays: another one puts the child into its own register."""
    allowed = PUPIL_FIELDS - {"school"}
    return changed_record(pupil, changes, allowed, "pupils.change_pupil", by=by, reason=reason)


@transaction.atomic
def archive_pupil(pupil: Pupil, *, by: User, reason: str) -> Pupil:
    """Take a pupil out of the register: no trip carries it, no guardian sees it, its codes are void.

    Raises:
        PermissionDenied: where `by` may not archive it.
        RecordError: where it is archived already, or no reason is given.
    """
    pupil = locked(pupil)
    refuse_unless_allowed(by, "pupils.archive_pupil", pupil)
    archive_record(pupil, by=by, reason=reason)
    void_codes(pupil, by=by)
    return pupil


def restore_pupil(pupil: Pupil, *, by: User, reason: str = "") -> Pupil:
    """Bring a pupil back; see `restored`."""
    return restored(pupil, "pupils.archive_pupil", by=by, reason=reason)


def void_codes(pupil: Pupil, *, by: User) -> int:
    """Void the codes of a pupil that are not used yet; how many there were."""
    unused = LinkCode.objects.filter(pk__in=open_link_codes(pupil).values("pk"))
    return unused.update(revoked_at=timezone.now(), revoked_by=by)


@transaction.atomic
def add_authorised_adult(*, pupil: Pupil, by: User, reason: str = "", **details: object) -> AuthorisedAdult:
    """Say that an adult may collect a pupil.

    Args:
        pupil: whom.
        by: somebody of the school, or a guardian.
        reason: kept in the history.
        details: fields of `ADULT_FIELDS`; `name` at least.

    Raises:
        PermissionDenied: where `by` is neither.
        RecordError: where the pupil is archived.
        ValidationError: naming each field that can't be right.
    """
    pupil = locked(pupil)
    refuse_unless_allowed(by, "pupils.change_authorised_adult", pupil)
    refuse_archived(pupil)
    adult = AuthorisedAdult(pupil=pupil)
    create_record(adult, details, ADULT_FIELDS, by=by, reason=reason)
    return adult


@transaction.atomic
def change_authorised_adult(
    adult: AuthorisedAdult, changes: Mapping[str, object], *, by: User, reason: str = ""
) -> AuthorisedAdult:
    """Change what is known of an adult who may collect a pupil; raises as `add_authorised_adult`."""
    refuse_unless_allowed(by, "pupils.change_authorised_adult", locked(adult.pupil))
    adult.refresh_from_db()
    refuse_archived(adult)
    set_fields(adult, changes, ADULT_FIELDS)
    save_record(adult, by=by, reason=reason)
    return adult


@transaction.atomic
def remove_authorised_adult(adult: AuthorisedAdult, *, by: User, reason: str) -> AuthorisedAdult:
    """Say that an adult may not collect a pupil any more; raises as `archive_record`, too."""
    refuse_unless_allowed(by, "pupils.change_authorised_adult", locked(adult.pupil))
    adult.refresh_from_db()
    archive_record(adult, by=by, reason=reason)
    return adult


@transaction.atomic
def ask_for_correction(*, pupil: Pupil, wish: str, by: User) -> CorrectionRequest:
    """Ask the school, as a guardian, to correct or delete something in the data of the child.

    Raises:
        PermissionDenied: where `by` is no guardian of the pupil.
        ValidationError: naming `wish`, where it is empty or too long.
    """
    if not Guardianship.objects.current().filter(pupil=pupil, guardian=by).exists():
        raise PermissionDenied(_("You may not do this."))
    request = CorrectionRequest(pupil=pupil, asked_by=by, wish=wish)
    save_record(request, by=by, reason="")
    return request


@transaction.atomic
def answer_correction(
    request: CorrectionRequest, *, outcome: Outcome, answer: str, by: User
) -> CorrectionRequest:
    """Tell a guardian what was done, or why nothing was.

    Raises:
        PermissionDenied: where `by` may not change the pupil.
        RecordError: where it is answered already, or no answer is given.
    """
    request = CorrectionRequest.objects.select_for_update().get(pk=request.pk)
    refuse_unless_allowed(by, "pupils.change_pupil", request.pupil)
    if request.outcome != Outcome.OPEN:
        raise RecordError(_("This request is answered already."))
    if outcome == Outcome.OPEN or not answer.strip():
        raise RecordError(_("Say what was done, or why nothing was."))
    request.outcome, request.answer, request.answered_at = outcome, answer, timezone.now()
    save_record(request, by=by, reason="")
    return request


@transaction.atomic
def created(
    record: Kept,
    details: Mapping[str, object],
    allowed: frozenset[str],
    permission: str,
    *,
    by: User,
    reason: str,
) -> Kept:
    """Store a new class or pupil.

    Raises:
        PermissionDenied: where `by` may not do so at that school.
        RecordError: for a field that can't be given.
        ValidationError: naming each field that can't be right.
    """
    set_fields(record, details, allowed)
    refuse_unless_allowed(by, permission, record)
    save_record(record, by=by, reason=reason)
    return record


@transaction.atomic
def changed_record(
    record: Kept,
    changes: Mapping[str, object],
    allowed: frozenset[str],
    permission: str,
    *,
    by: User,
    reason: str,
) -> Kept:
    """Change a class or a pupil.

    Returns:
        It as it is stored now.

    Raises:
        PermissionDenied: where `by` may not change it.
        RecordError: where it is archived, or a field can't be changed so.
        ValidationError: naming each field that can't be right.
    """
    record = locked(record)
    refuse_unless_allowed(by, permission, record)
    refuse_archived(record)
    set_fields(record, changes, allowed)
    save_record(record, by=by, reason=reason)
    return record


@transaction.atomic
def restored(record: Kept, permission: str, *, by: User, reason: str) -> Kept:
    """Bring an archived class or pupil back into use.

    Raises:
        PermissionDenied: where `by` may not archive it.
        RecordError: where it is not archived.
        ValidationError: where it clashes with what has been recorded since.
    """
    record = locked(record)
    refuse_unless_allowed(by, permission, record)
    restore_record(record, by=by, reason=reason)
    return record


def locked(record: Kept) -> Kept:
    """A record as it is stored, with its row locked until the transaction ends."""
    stored: Kept = type(record)._default_manager.select_for_update().get(pk=record.pk)
    return stored
