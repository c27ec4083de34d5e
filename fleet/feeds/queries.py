"""Reads: contracts, and the one by which a token opens something."""

from django.db.models import QuerySet
from django.utils import timezone

from fleet.feeds.models import FeedContract
from fleet.feeds.permissions import OPEN, VIEW
from fleet.grants import reach_with
from fleet.organisations.queries import with_all_below
from fleet.people.models import User
from fleet.tokens.models import AccessToken


def contracts_for(person: User) -> QuerySet[FeedContract]:
    """The contracts that a person may see; it agrees with the rule `feeds.view_feedcontract`."""
    reached = reach_with(person, VIEW)
    found = FeedContract.objects.filter(organisation__in=reached)
    return found.select_related("organisation", "token__person", "token__revoked_by")


def contract_of(token: AccessToken, pk: int) -> FeedContract | None:
    """The contract of this number that a token is of; None where it is of none, or of one that is not open."""
    found = FeedContract.objects.filter(pk=pk, token=token)
    contract = found.select_related("organisation", "token__person").first()
    return contract if contract and is_open(contract) else None


def is_open(contract: FeedContract) -> bool:
    """Whether a contract gives anything today.

    It gives nothing once it is over, its organisation is archived, or who has opened it may do so no more.
    """
    if not contract.is_valid_on(timezone.localdate()) or contract.organisation.archived_at:
        return False
    return contract.organisation_id in reach_with(contract.token.person, OPEN)


def organisations_of(contract: FeedContract) -> set[int]:
    """Whose trips a contract is about."""
    return with_all_below([contract.organisation_id])
