"""Writes: what guardians choose, the browsers that they are told on, and what a school lets its families see."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from fleet.family.freshness import guardian_stamp, touch
from fleet.family.legs import preferences_of
from fleet.family.models import FamilyPreferences, NoticeKind, PushSubscription, SchoolPrivacy
from fleet.family.permissions import CHANGE_PRIVACY
from fleet.family.push import is_push_service
from fleet.organisations.models import Organisation
from fleet.people.models import User
from fleet.records import refuse_unless_allowed, save_record, set_fields

MOST_BROWSERS = 10
PRIVACY = frozenset(
    {
        "driver_name",
        "shows_plate",
        "telephone",
        "allows_shares",
        "shown_before_min",
        "notice_kinds",
        "stops_away",
        "publishes_accuracy",
    }
)
PREFERENCES = ("walking_minutes", "stops_away", "kinds", "quiet_from", "quiet_until")


def guardian_changed(guardian: User) -> None:
    """Have the guardian's polls be answered anew, once the change is committed."""
    transaction.on_commit(lambda: touch([guardian_stamp(guardian.pk)]))


@transaction.atomic
def set_preferences(*, guardian: User, changes: Mapping[str, object]) -> FamilyPreferences:
    """Keep what a guardian has chosen.

    Args:
        guardian: who chooses, for themselves.
        changes: fields of `PREFERENCES`.

    Raises:
        ValidationError: naming each field that can't be right.
    """
    kept = preferences_of(guardian)
    for name in PREFERENCES:
        if name in changes:
            setattr(kept, name, changes[name])
    kept.full_clean()
    if unknown := set(kept.kinds) - set(NoticeKind.values):
        raise ValidationError(
            {"kinds": _("There is no such notice: %(kinds)s.") % {"kinds": ", ".join(unknown)}}
        )
    if (kept.quiet_from is None) != (kept.quiet_until is None):
        raise ValidationError({"quiet_until": _("Give both times, or none.")})
    kept.save()
    guardian_changed(guardian)
    return kept


@transaction.atomic
def subscribe(
    *, guardian: User, endpoint: str, p256dh: str, auth: str, language: str, browser: str = ""
) -> PushSubscription:
    """Push to a browser from now on. One that another person used before is theirs no more.

    Args:
        guardian: who sits at it.
        endpoint: as the browser's Push API gave it; so the following.
        p256dh: its public key.
        auth: its secret.
        language: in which it is told.
        browser: what it calls itself.

    Raises:
        ValidationError: naming each field that can't be right.
    """
    if not is_push_service(endpoint):
        raise ValidationError({"endpoint": _("This push service is not known here.")})
    PushSubscription.objects.filter(endpoint=endpoint).exclude(guardian=guardian).delete()
    kept = PushSubscription.objects.filter(endpoint=endpoint).first() or PushSubscription(endpoint=endpoint)
    kept.guardian, kept.p256dh, kept.auth = guardian, p256dh, auth
    kept.language, kept.browser = language, browser[:200]
    if kept._state.adding and PushSubscription.objects.filter(guardian=guardian).count() >= MOST_BROWSERS:
        raise ValidationError({"endpoint": _("You are told on ten browsers already. Take one off first.")})
    kept.full_clean()
    kept.save()
    return kept


def unsubscribe(*, guardian: User, endpoint: str) -> int:
    """Push to one of the guardian's browsers no more; how many that ended."""
    return PushSubscription.objects.filter(guardian=guardian, endpoint=endpoint).delete()[0]


@transaction.atomic
def set_privacy(
    *, school: Organisation, changes: Mapping[str, object], by: User, reason: str = ""
) -> SchoolPrivacy:
    """Say what the families of a school see, and what they are told while they have chosen nothing.

    Open pages follow within half a minute.

    Args:
        school: whose families.
        changes: fields of `PRIVACY`.
        by: who decides.
        reason: kept in the history.

    Raises:
        PermissionDenied: where `by` may not.
        RecordError: for a field that can't be given.
        ValidationError: naming each field that can't be right.
    """
    kept = SchoolPrivacy.objects.select_for_update().filter(school=school).first() or SchoolPrivacy(
        school=school
    )
    refuse_unless_allowed(by, CHANGE_PRIVACY, kept)
    set_fields(kept, changes, PRIVACY)
    save_record(kept, by=by, reason=reason)
    return kept
