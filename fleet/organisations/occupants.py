"""What an organisation still answers for: it can't be archived as long as there is anything."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.organisations.models import Membership, Organisation
from fleet.people.models import Attendant, Driver
from fleet.permits.models import PermitState, UsePermit
from fleet.vehicles.models import Bus


def occupants(*organisations: Organisation) -> dict[str, int]:
    """How many there are of each in some organisations, in words; without those of which there is none."""
    standing = Q(state=PermitState.APPLIED) | Q(
        state=PermitState.GRANTED, valid_until__gte=timezone.localdate()
    )
    buses = Q(operator__in=organisations) | Q(school__in=organisations)
    found = {
        _("organisations below it"): Organisation.objects.filter(parent__in=organisations),
        _("memberships"): Membership.objects.filter(organisation__in=organisations),
        _("buses"): Bus.objects.filter(buses),
        _("drivers"): Driver.objects.filter(operator__in=organisations),
        _("attendants"): Attendant.objects.filter(operator__in=organisations),
        _("use permits"): UsePermit.objects.filter(standing, applicant__in=organisations),
    }
    counts = {what: records.filter(archived_at=None).count() for what, records in found.items()}
    return {what: count for what, count in counts.items() if count}
