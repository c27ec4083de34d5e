"""Writes and reads: revocable links by which a guardian lets somebody see one child's trips."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.family.models import SchoolPrivacy, ShareToken
from fleet.family.permissions import MAY_REVOKE, MAY_SHARE
from fleet.family.privacy import privacy_of
from fleet.people.models import User
from fleet.pupils.models import Guardianship, Pupil
from fleet.pupils.queries import pupils_at_school_for
from fleet.records import RecordError, refuse_archived, refuse_unless_allowed
from fleet.tokens.secret import digest_of, new_secret

MOST_LINKS = 10
LONGEST_DAYS = 200
"""A term."""
USE_NOTED_EVERY = timedelta(minutes=5)


@transaction.atomic
def share_trips(*, pupil: Pupil, name: str, days: int, by: User) -> tuple[ShareToken, str]:
    """Make a link to a child's trips.

    Args:
        pupil: whose trips.
        name: for whom the link is.
        days: until it ends by itself.
        by: a guardian of the child.

    Returns:
        The link and its secret, which is known only now.

    Raises:
        PermissionDenied: where `by` is no guardian of the child.
        RecordError: where there are too many, or the school does not allow them.
        ValidationError: naming each field that can't be right.
    """
    refuse_unless_allowed(by, MAY_SHARE, pupil)
    refuse_archived(pupil)
    if not 1 <= days <= LONGEST_DAYS:
        raise ValidationError({"days": _("From 1 to %(days)d days.") % {"days": LONGEST_DAYS}})
    if not privacy_of(pupil.school_id).allows_shares:
        raise RecordError(_("The school does not allow links to be shared."))
    now = timezone.now()
    if valid_shares(now).filter(pupil=pupil).count() >= MOST_LINKS:
        raise RecordError(_("There are ten links already. Revoke one first."))
    secret = new_secret()
    share = ShareToken(
        pupil=pupil,
        made_by=by,
        name=name.strip(),
        digest=digest_of(secret),
        expires_at=now + timedelta(days=days),
    )
    share.full_clean()
    share.save()
    return share, secret


@transaction.atomic
def revoke_share(share: ShareToken, *, by: User) -> ShareToken:
    """Make a link useless from now on, as a guardian of the child or as its school.

    Raises:
        PermissionDenied: where `by` is neither.
        RecordError: where it is revoked already.
    """
    share = ShareToken.objects.select_for_update(of=("self",)).select_related("pupil").get(pk=share.pk)
    refuse_unless_allowed(by, MAY_REVOKE, share)
    if share.revoked_at:
        raise RecordError(_("This link is revoked already."))
    share.revoked_at, share.revoked_by = timezone.now(), by
    share.save(update_fields=["revoked_at", "revoked_by"])
    return share


def valid_shares(now: datetime) -> QuerySet[ShareToken]:
    """The links that open something: neither revoked nor ended, and who made each is a guardian still.

    While a school does not allow links, none of its pupils' opens anything.
    """
    link = Guardianship.objects.current().filter(pupil=OuterRef("pupil"), guardian=OuterRef("made_by"))
    found = ShareToken.objects.filter(
        Exists(link), revoked_at=None, expires_at__gt=now, pupil__archived_at=None, made_by__is_active=True
    )
    closed = SchoolPrivacy.objects.filter(allows_shares=False).values("school")
    return found.exclude(pupil__school__in=closed).select_related("pupil__school", "made_by")


def share_of(secret: str, now: datetime) -> ShareToken | None:
    """The link of a secret, if it opens anything; its use is noted."""
    share = valid_shares(now).filter(digest=digest_of(secret)).first()
    if share and (share.last_used_at is None or now - share.last_used_at >= USE_NOTED_EVERY):
        ShareToken.objects.filter(pk=share.pk).update(last_used_at=now)
    return share


def shares_of(pupil: Pupil) -> QuerySet[ShareToken]:
    """The links to a child's trips that are not over, newest first."""
    return valid_shares(timezone.now()).filter(pupil=pupil)


def shares_for(person: User) -> QuerySet[ShareToken]:
    """The links in force that a person may revoke for the school, newest first."""
    pupils = pupils_at_school_for(person, "pupils.link_guardian")
    return valid_shares(timezone.now()).filter(pupil__in=pupils.values("pk"))
