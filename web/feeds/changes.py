"""Writes: feeds that are opened and closed on the website, told in the security log as the tokens that they are."""

from typing import Any

from django.db import transaction

from fleet.feeds import changes as feeds
from fleet.feeds.models import FeedContract
from fleet.people.models import User
from web.accounts.changes import record_event
from web.accounts.models import EventKind


@transaction.atomic
def open_feed(*, by: User, **given: Any) -> tuple[FeedContract, str]:
    """Open feeds, as `fleet.feeds.changes.open_feed` does."""
    made = feeds.open_feed(by=by, **given)
    record_event(EventKind.TOKEN_MADE, person=by)
    return made


@transaction.atomic
def close_feed(contract: FeedContract, *, by: User) -> None:
    """Close feeds, as `fleet.feeds.changes.close_feed` does."""
    owner = feeds.close_feed(contract, by=by).token.person
    record_event(EventKind.TOKEN_REVOKED, person=owner, by=None if by == owner else by)
