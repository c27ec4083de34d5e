"""Writes: a new version is drafted, proposed by one administrator and approved by another; then it stays."""

from collections.abc import Mapping
from datetime import date

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.people.models import User
from fleet.records import sign_change
from fleet.regulations.models import NUMBER_FIELDS, RegulationNumber, RegulationProfile, Status, parent_of
from fleet.regulations.shipped import next_version


class ProfileError(Exception):
    """A profile can't be changed in this way; the message says why, to people."""


@transaction.atomic
def draft_from(
    *,
    basis: RegulationProfile,
    valid_from: date,
    by: User,
    reason: str,
    valid_until: date | None = None,
    enabled: bool = True,
) -> RegulationProfile:
    """Begin the next version of a jurisdiction with the numbers of an earlier one.

    Withdrawing without replacement is a version that is switched off.

    Args:
        basis: the version to begin with.
        valid_from: first day on which the new one holds.
        by: who begins it.
        reason: why; kept in the history.
        valid_until: last day, where there is one; then the version before holds again.
        enabled: whether it is switched on.

    Raises:
        PermissionDenied: where the person may not.
        ValidationError: naming each field that can't be right.
        ProfileError: where no reason is given.
    """
    permit(by, "regulations.change_profile")
    draft = RegulationProfile(
        jurisdiction=basis.jurisdiction,
        name=basis.name,
        name_en=basis.name_en,
        valid_from=valid_from,
        valid_until=valid_until,
        enabled=enabled,
    )
    begin(draft, by=by, reason=reason)
    for number in basis.numbers.all():
        store_number(RegulationNumber(profile=draft, **number.content()), by=by, reason=reason)
    return draft


@transaction.atomic
def draft_province(
    *, jurisdiction: str, name: str, valid_from: date, by: User, reason: str, name_en: str = ""
) -> RegulationProfile:
    """Begin the first version of a province: without numbers, so that all are its country's until it sets one.

    Raises:
        PermissionDenied: where the person may not.
        ValidationError: naming each field that can't be right.
        ProfileError: where the code is no province's, the jurisdiction has versions already, its country has
            none, or no reason is given.
    """
    permit(by, "regulations.change_profile")
    country = parent_of(jurisdiction)
    if country is None or not RegulationProfile.objects.filter(jurisdiction=country).exists():
        raise ProfileError(_("Give the code of a province of a country that has a profile, such as CN-JS."))
    if RegulationProfile.objects.filter(jurisdiction=jurisdiction).exists():
        raise ProfileError(_("This jurisdiction has a profile already. Draft its next version from it."))
    draft = RegulationProfile(jurisdiction=jurisdiction, name=name, name_en=name_en, valid_from=valid_from)
    begin(draft, by=by, reason=reason)
    return draft


@transaction.atomic
def set_number(
    *, profile: RegulationProfile, key: str, content: Mapping[str, object], by: User, reason: str
) -> RegulationNumber:
    """Put a number into a draft, or change what it says.

    Args:
        profile: the draft.
        key: of the number.
        content: values of fields of `RegulationNumber`; for a new number all but the note.
        by: who changes it.
        reason: why.

    Raises:
        PermissionDenied: where the person may not.
        ValidationError: naming each field that can't be right.
        ProfileError: where the profile is no draft, or no reason is given.
    """
    permit(by, "regulations.change_profile")
    locked_in(profile, Status.DRAFT)
    number = profile.numbers.filter(key=key).first() or RegulationNumber(profile=profile, key=key)
    for field in content.keys() & set(NUMBER_FIELDS) - {"key"}:
        setattr(number, field, content[field])
    store_number(number, by=by, reason=reason)
    return number


@transaction.atomic
def remove_number(*, profile: RegulationProfile, key: str, by: User, reason: str) -> None:
    """Take a number out of a draft; a province then has its country's.

    Raises:
        PermissionDenied: where the person may not.
        ProfileError: where the profile is no draft or lacks the number, or no reason is given.
    """
    permit(by, "regulations.change_profile")
    locked_in(profile, Status.DRAFT)
    number = profile.numbers.filter(key=key).first()
    if number is None:
        raise ProfileError(_("This version has no number “%(key)s”.") % {"key": key})
    sign_change(number, by=by, reason=given(reason))
    number.delete()


@transaction.atomic
def propose(*, profile: RegulationProfile, by: User, reason: str) -> RegulationProfile:
    """Ask another administrator to approve a draft.

    Raises:
        PermissionDenied: where the person may not.
        ProfileError: where it is no draft, or no reason is given.
    """
    permit(by, "regulations.change_profile")
    locked = locked_in(profile, Status.DRAFT)
    locked.status, locked.proposed_by = Status.PROPOSED, by
    store_profile(locked, by=by, reason=reason)
    return locked


@transaction.atomic
def send_back(*, profile: RegulationProfile, by: User, reason: str) -> RegulationProfile:
    """Make a draft again of what was proposed.

    Raises:
        PermissionDenied: where the person may not.
        ProfileError: where it is not proposed, or no reason is given.
    """
    permit(by, "regulations.change_profile")
    locked = locked_in(profile, Status.PROPOSED)
    locked.status, locked.proposed_by = Status.DRAFT, None
    store_profile(locked, by=by, reason=reason)
    return locked


@transaction.atomic
def approve(*, profile: RegulationProfile, by: User, reason: str) -> RegulationProfile:
    """Bring a proposed version into force from its day on.

    Versions before it, all of whose days it takes, are withdrawn; others still judge the days that are theirs.

    Raises:
        PermissionDenied: where the person may not, or is among those who drafted or proposed it.
        ProfileError: where it is not proposed, or no reason is given.
    """
    permit(by, "regulations.approve_profile")
    locked = locked_in(profile, Status.PROPOSED)
    if by.pk in makers(locked):
        raise PermissionDenied(_("Another administrator than those who made this version has to approve it."))
    locked.status, locked.approved_by, locked.approved_at = Status.APPROVED, by, timezone.now()
    store_profile(locked, by=by, reason=reason)
    before = RegulationProfile.objects.select_for_update().filter(
        jurisdiction=locked.jurisdiction,
        version__lt=locked.version,
        status=Status.APPROVED,
        valid_from__gte=locked.valid_from,
    )
    for older in before:
        if locked.valid_until is None or (older.valid_until and older.valid_until <= locked.valid_until):
            older.status = Status.WITHDRAWN
            store_profile(older, by=by, reason=reason)
    return locked


def makers(profile: RegulationProfile) -> set[int]:
    """Ids of all who had a hand in a version: began it, changed a number of it, or proposed it."""
    own = profile.history.values_list("history_user_id", flat=True)
    numbers = RegulationNumber.history.filter(profile_id=profile.pk).values_list("history_user_id", flat=True)
    return {pk for pk in (*own, *numbers, profile.proposed_by_id) if pk is not None}


def permit(person: User, permission: str) -> None:
    """Let through who has a permission.

    Raises:
        PermissionDenied: for everybody else.
    """
    if not rules.has_perm(permission, person):
        raise PermissionDenied(_("Only an administrator of the whole system may do this."))


def locked_in(profile: RegulationProfile, status: Status) -> RegulationProfile:
    """The profile, locked until the transaction ends.

    Raises:
        ProfileError: where it is in another status.
    """
    locked = RegulationProfile.objects.select_for_update().get(pk=profile.pk)
    if locked.status != status:
        raise ProfileError(
            _("This version is in the status “%(status)s”. What is approved stays as it is: draft a new one.")
            % {"status": locked.get_status_display()}
        )
    return locked


def begin(draft: RegulationProfile, *, by: User, reason: str) -> None:
    """Store a draft as the next version of its jurisdiction."""
    draft.version = next_version(draft.jurisdiction)
    draft.code = f"{draft.jurisdiction.lower()}-v{draft.version}"
    store_profile(draft, by=by, reason=reason)


def store_profile(profile: RegulationProfile, *, by: User, reason: str) -> None:
    """Check and store a profile, with who and why in its history."""
    profile.reason = given(reason)
    profile.full_clean()
    sign_change(profile, by=by, reason=profile.reason)
    profile.save()


def store_number(number: RegulationNumber, *, by: User, reason: str) -> None:
    """Check and store a number, with who and why in its history."""
    sign_change(number, by=by, reason=given(reason))
    number.full_clean()
    number.save()


def given(reason: str) -> str:
    """A reason, where there is one.

    Raises:
        ProfileError: where there is none.
    """
    if not reason.strip():
        raise ProfileError(_("Say why."))
    return reason.strip()
