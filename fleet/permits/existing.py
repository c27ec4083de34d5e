"""Writes: permits and plate cards that were granted and issued on paper before the system was there, many at once.

They skip the procedure, which took place on paper; what the law says of their validity, buses and drivers holds for
them as for any other. Taken out again, they are not in force, and stay with their history.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.bulk import Bulk, given, lock
from fleet.clashes import Clash
from fleet.people.models import Driver, DriverQualification, User
from fleet.permits.cards import passed_until, qualifications_of, refuse_unqualified
from fleet.permits.changes import HOLDING, refuse_foreign, refuse_taken
from fleet.permits.models import CardState, PermitState, PlateCard, UsePermit
from fleet.permits.permissions import DECIDE
from fleet.permits.validity import card_valid_until
from fleet.records import RecordError
from fleet.vehicles.models import Bus, VehicleInspection

InspectionsByBus = Mapping[int, Sequence[VehicleInspection]]


@dataclass(frozen=True)
class PermitBulk(Bulk):
    """Permits that are granted; `buses` are given as a set."""

    def fill(self, record: UsePermit, values: Mapping[str, Any]) -> None:
        """Give a permit its values; it is granted."""
        super().fill(record, values)
        record.state = PermitState.GRANTED

    def lock(self, records: Iterable[UsePermit]) -> None:
        """Lock the permits, and the buses that they are to have."""
        permits = list(records)
        super().lock(permits)
        lock(Bus, {bus.pk for permit in permits for bus in given(permit)})

    def clashes(self, records: Sequence[UsePermit]) -> list[Clash]:
        """Also: buses of others, and buses in another permit, stored or among these."""
        found = super().clashes(records)
        holders = defaultdict(set)
        through = UsePermit.buses.through.objects.filter(
            bus__in={bus.pk for permit in records for bus in given(permit)}, usepermit__state__in=HOLDING
        )
        for bus, stored in through.values_list("bus_id", "usepermit_id"):
            holders[bus].add(stored)
        named: set[int] = set()
        for permit in records:
            buses = given(permit)
            taken = {bus.plate for bus in buses if bus.pk in named or holders[bus.pk] - {permit.pk}}
            named |= {bus.pk for bus in buses}
            try:
                refuse_foreign(buses, permit.applicant)
                refuse_taken(taken)
            except ValidationError as error:
                found += told(permit, error)
        return found

    @transaction.atomic
    def store(self, *, new: Sequence[UsePermit], changed: Sequence[UsePermit], by: User, reason: str) -> None:
        """Store permits; one that is taken out may not have been used.

        Raises:
            RecordError: where a permit that is taken out has plate cards or applications.
        """
        gone = [permit.pk for permit in changed if permit.archived_at]
        cards = PlateCard.objects.current().filter(permit__in=gone)
        used = UsePermit.objects.filter(pk__in=gone, applications__isnull=False)
        numbers = {*cards.values_list("permit__number", flat=True), *used.values_list("number", flat=True)}
        if numbers:
            message = _("These permits have plate cards or applications: %s. Take these back first.")
            raise RecordError(message % ", ".join(sorted(numbers)))
        super().store(new=new, changed=changed, by=by, reason=reason)

    @transaction.atomic
    def take_out(self, records: Sequence[UsePermit], *, by: User, reason: str) -> None:
        """Record that permits were recorded by mistake."""
        for permit in records:
            permit.state, permit.archived_at = PermitState.VOID, timezone.now()
        self.store(new=[], changed=records, by=by, reason=reason)


@dataclass(frozen=True)
class CardBulk(Bulk):
    """Plate cards; `drivers` are given as a set."""

    def fill(self, record: PlateCard, values: Mapping[str, Any]) -> None:
        """Give a card its values; it is current."""
        super().fill(record, values)
        record.plate = record.bus.plate
        record.state, record.ended_on, record.ended_reason = CardState.CURRENT, None, ""

    def lock(self, records: Iterable[PlateCard]) -> None:
        """Lock the cards' permits and buses."""
        cards = list(records)
        super().lock(cards)
        lock(Bus, {card.bus_id for card in cards})

    def clashes(self, records: Sequence[PlateCard]) -> list[Clash]:
        """Also: what the law says against the permit, bus, period or drivers of a card."""
        found = super().clashes(records)
        members = set(
            UsePermit.buses.through.objects.filter(
                usepermit__in={card.permit_id for card in records}
            ).values_list("usepermit_id", "bus_id")
        )
        inspections = inspections_of({card.bus_id for card in records})
        qualifications = qualifications_by_driver({driver for card in records for driver in given(card)})
        for card in (one for one in records if given(one)):
            try:
                refuse_outside(card, members)
                refuse_period(card, inspections)
                held = [one for driver in given(card) for one in qualifications[driver.pk]]
                refuse_unqualified(given(card), card.valid_from, held)
            except ValidationError as error:
                found += told(card, error)
        return found

    @transaction.atomic
    def store(self, *, new: Sequence[PlateCard], changed: Sequence[PlateCard], by: User, reason: str) -> None:
        """Store cards; one that is taken out may not have been used.

        Raises:
            RecordError: where the gate has been asked for the bus of such a card since it was recorded.
        """
        refuse_used([card for card in changed if card.archived_at])
        super().store(new=new, changed=changed, by=by, reason=reason)

    @transaction.atomic
    def take_out(self, records: Sequence[PlateCard], *, by: User, reason: str) -> None:
        """Record that cards were recorded by mistake; they are not in force."""
        for card in records:
            card.state, card.archived_at = CardState.VOID, timezone.now()
            card.ended_on, card.ended_reason = timezone.localdate(), reason[:200]
        self.store(new=[], changed=records, by=by, reason=reason)


def told(record: UsePermit | PlateCard, error: ValidationError) -> Iterator[Clash]:
    """A refusal by field."""
    for field, messages in error.message_dict.items():
        yield Clash(record, field, " ".join(messages))


def inspections_of(buses: Collection[int]) -> InspectionsByBus:
    """The inspections of buses that are in use, by the id of the bus."""
    found: dict[int, list[VehicleInspection]] = defaultdict(list)
    for one in VehicleInspection.objects.current().filter(bus__in=buses):
        found[one.bus_id].append(one)
    return found


def qualifications_by_driver(drivers: Collection[Driver]) -> Mapping[int, Sequence[DriverQualification]]:
    """The qualifications of drivers, by the id of the driver."""
    found: dict[int, list[DriverQualification]] = defaultdict(list)
    for one in qualifications_of(drivers):
        found[one.driver_id].append(one)
    return found


def validity(
    permit: UsePermit, bus: Bus, issued_on: date, inspections: InspectionsByBus
) -> tuple[date, date]:
    """The first and the last day of a card by the rules (机动车登记规定 Art 61).

    Raises:
        RecordError: where the permit is not granted, or the bus had not passed its inspection on that day.
    """
    if permit.state != PermitState.GRANTED or permit.valid_until is None or permit.valid_from is None:
        raise RecordError(_("A plate card needs a permit that is granted."))
    inspected = passed_until(inspections.get(bus.pk, ()), issued_on)
    return max(issued_on, permit.valid_from), card_valid_until(inspected, permit.valid_until)


def refuse_outside(card: PlateCard, members: Collection[tuple[int, int]]) -> None:
    """Refuse a card whose bus is not in its permit.

    Raises:
        ValidationError: naming the field ``bus``.
    """
    if (card.permit_id, card.bus_id) not in members:
        raise ValidationError({"bus": _("This bus is not in the permit.")})


def refuse_period(card: PlateCard, inspections: InspectionsByBus) -> None:
    """Refuse a period that goes beyond the one that follows from the rules.

    Raises:
        ValidationError: naming the field.
    """
    try:
        first, last = validity(card.permit, card.bus, card.issued_on, inspections)
    except RecordError as error:
        raise ValidationError({"bus": str(error)}) from error
    if card.valid_from < first:
        message = _("The card can't be valid before it is issued, nor before its permit: from %(day)s on.")
        raise ValidationError({"valid_from": message % {"day": first}})
    if card.valid_until > last:
        message = _(
            "The card ends with the inspection, and never after the permit: on %(day)s at the latest."
        )
        raise ValidationError({"valid_until": message % {"day": last}})


def refuse_used(cards: Collection[PlateCard]) -> None:
    """Refuse to take cards out by which the gate may have answered.

    Raises:
        RecordError: naming the cards.
    """
    versions = PlateCard.history.filter(id=OuterRef("pk")).order_by("-history_id")
    used = (
        PlateCard.objects.filter(pk__in=[card.pk for card in cards])
        .annotate(recorded_at=Subquery(versions.values("history_date")[:1]))
        .filter(bus__gate_checks__checked_at__gte=F("recorded_at"))
        .distinct()
    )
    if numbers := sorted(card.number for card in used):
        message = _("The gate has answered by these plate cards: %s. Record them as returned on their pages.")
        raise RecordError(message % ", ".join(numbers))


PERMITS = PermitBulk(
    UsePermit,
    ("applicant", "number", "state", "valid_from", "valid_until"),
    change=DECIDE,
    archive=DECIDE,
    organisations_of=lambda permit: (permit.applicant_id,),
    many="buses",
)
PLATE_CARDS = CardBulk(
    PlateCard,
    (
        *("permit", "bus", "number", "plate", "owner", "route", "stops", "times"),
        *("issuer", "issued_on", "valid_from", "valid_until", "state", "ended_on", "ended_reason"),
    ),
    change="permits.issue_platecard",
    archive="permits.issue_platecard",
    organisations_of=lambda card: (card.permit.applicant_id,),
    owner="permit",
    many="drivers",
)
