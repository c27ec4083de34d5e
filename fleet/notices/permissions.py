"""Who may see which e-mails went out: administrators, those to people who serve where they reach."""

from fleet.grants import Grant, declare
from fleet.notices.models import MailDelivery
from fleet.organisations.models import Role

VIEW_DELIVERY = "notices.view_maildelivery"


def organisations_of(delivery: MailDelivery) -> set[int]:
    """Where the person serves who was written to."""
    return set(delivery.person.memberships.filter(archived_at=None).values_list("organisation_id", flat=True))


declare({VIEW_DELIVERY: Grant((Role.ADMINISTRATOR,))}, organisations_of)
