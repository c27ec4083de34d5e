"""Writes: findings go into the evidence chain when they end, and again whenever they are corrected afterwards."""

from collections.abc import Collection

from fleet.evidence.changes import seal
from fleet.evidence.models import EvidenceLink
from fleet.findings.models import Finding
from fleet.people.models import Driver
from fleet.vehicles.models import Bus


def seal_findings(findings: Collection[Finding]) -> None:
    """Seal those that have ended, were withdrawn, or were sealed before, each in the chain of who answers for it."""
    going_on = {str(one.pk) for one in findings if one.ended_at is None and one.withdrawn_at is None}
    sealed = EvidenceLink.objects.filter(kind=Finding._meta.label_lower, object_id__in=going_on)
    going_on -= set(sealed.values_list("object_id", flat=True)) if going_on else set()
    due = [one for one in findings if str(one.pk) not in going_on]
    operators = dict(
        Bus.objects.filter(pk__in={one.bus_id for one in due if one.bus_id}).values_list("pk", "operator_id")
    )
    drivers = {one.driver_id for one in due if one.bus_id is None and one.driver_id}
    employers = dict(Driver.objects.filter(pk__in=drivers).values_list("pk", "operator_id"))
    answering = {
        str(one.pk): operators.get(one.bus_id or 0) or employers.get(one.driver_id or 0) for one in due
    }
    seal(due, {pk: organisation for pk, organisation in answering.items() if organisation is not None})
