"""Who may see what went out to whom, and name gateways: administrators, for people who serve where they reach."""

from fleet.grants import Grant, declare
from fleet.notices.models import Hook, MailDelivery
from fleet.organisations.models import Role

VIEW_DELIVERY = "notices.view_maildelivery"
CHANGE_HOOK = "notices.change_hook"


def organisations_of(delivery: MailDelivery) -> set[int]:
    """Where the person serves who was written to."""
    return set(delivery.person.memberships.filter(archived_at=None).values_list("organisation_id", flat=True))


def organisation_of(hook: Hook) -> tuple[int]:
    """Whose people are told through a gateway."""
    return (hook.organisation_id,)


declare({VIEW_DELIVERY: Grant((Role.ADMINISTRATOR,))}, organisations_of)
declare({CHANGE_HOOK: Grant((Role.ADMINISTRATOR,))}, organisation_of)
