"""Writes: feeds are opened for a partner by contract, and closed again."""

from collections.abc import Collection
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.feeds.models import Feed, FeedContract
from fleet.feeds.permissions import OPEN
from fleet.organisations.models import Organisation
from fleet.people.models import User
from fleet.records import RecordError, refuse_archived, refuse_unless_allowed
from fleet.tokens.changes import LONGEST_LIFETIME_DAYS, create_token
from fleet.tokens.models import AccessToken, Scope


@transaction.atomic
def open_feed(
    *,
    organisation: Organisation,
    partner: str,
    number: str,
    feeds: Collection[str],
    valid_until: date,
    by: User,
) -> tuple[FeedContract, str]:
    """Open feeds for a partner, by a token that is good for them alone.

    Args:
        organisation: whose trips, and those of all below it.
        partner: who is given them.
        number: of the contract.
        feeds: which, values of `Feed`.
        valid_until: last day, within a year.
        by: who opens them; the token ends with their account, and with their office.

    Returns:
        The contract, and the token's secret, which is known only now.

    Raises:
        PermissionDenied: where `by` may not open feeds of the organisation.
        RecordError: where the organisation is archived.
        ValidationError: naming each field that can't be right.
    """
    contract = FeedContract(
        organisation=organisation,
        partner=partner.strip(),
        number=number.strip(),
        feeds=sorted(feeds),
        valid_until=valid_until,
    )
    refuse_unless_allowed(by, OPEN, contract)
    refuse_archived(organisation)
    days = (valid_until - timezone.localdate()).days + 1
    if not 1 <= days < LONGEST_LIFETIME_DAYS:
        raise ValidationError({"valid_until": _("Give a day from today on, within a year.")})
    if not feeds or not set(feeds) <= set(Feed.values):
        raise ValidationError({"feeds": _("Choose what is given.")})
    contract.full_clean(exclude=["token"])
    contract.token, secret = create_token(
        person=by, name=f"{contract}"[:80], scopes=[Scope.FEEDS_READ], lifetime_days=days
    )
    contract.save()
    return contract, secret


@transaction.atomic
def close_feed(contract: FeedContract, *, by: User) -> FeedContract:
    """Close the feeds of a contract from now on.

    Raises:
        PermissionDenied: where `by` may not.
        RecordError: where they are closed already.
    """
    refuse_unless_allowed(by, OPEN, contract)
    token = AccessToken.objects.select_for_update().get(pk=contract.token_id)
    if token.revoked_at:
        raise RecordError(_("These feeds are closed already."))
    token.revoked_at, token.revoked_by = timezone.now(), by
    token.save(update_fields=["revoked_at", "revoked_by"])
    contract.token = token
    return contract
