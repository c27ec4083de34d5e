"""What an organisation still answers for: it can't be archived as long as there is anything."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.organisations.models import Organisation
from fleet.people.models import Attendant, Driver
from fleet.permits.models import PermitState, UsePermit
from fleet.vehicles.models import Bus


def occupants(organisation: Organisation) -> dict[str, int]:
    """How many there are of each, in words; without those of which there is none."""
    standing = Q(state=PermitState.APPLIED) | Q(
        state=PermitState.GRANTED, valid_until__gte=timezone.localdate()
    )
    found = {
        _("organisations below it"): organisation.children,
        _("memberships"): organisation.memberships,
        _("buses"): Bus.objects.filter(Q(operator=organisation) | Q(school=organisation)),
        _("drivers"): Driver.objects.filter(operator=organisation),
        _("attendants"): Attendant.objects.filter(operator=organisation),
        _("use permits"): UsePermit.objects.filter(standing, applicant=organisation),
    }
    counts = {what: records.filter(archived_at=None).count() for what, records in found.items()}
    return {what: count for what, count in counts.items() if count}
