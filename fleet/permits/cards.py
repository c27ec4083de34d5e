"""Writes: plate cards are issued, lost and returned. What a card names changes only by an approved application."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Self

import rules
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from fleet.people.models import Driver, DriverQualification, User
from fleet.permits.models import (
    Application,
    ApplicationKind,
    CardState,
    PermitState,
    PlateCard,
    UsePermit,
)
from fleet.permits.validity import card_valid_until, may_renew, month_before
from fleet.records import RecordError, refuse_unless_allowed, save_record
from fleet.routes.models import Route
from fleet.vehicles.models import Bus, VehicleInspection
from fleet.vehicles.upkeep import InspectionResult


@dataclass(frozen=True)
class CardText:
    """What a card names (校车安全管理条例 Art 16).

    Attributes:
        owner: of the vehicle.
        drivers: who may drive it.
        route: the approved route.
        stops: names of the stops, in their order.
        times: first and last minute of each run.
    """

    owner: str
    drivers: tuple[Driver, ...]
    route: Route
    stops: tuple[str, ...]
    times: tuple[tuple[time, time], ...]

    @classmethod
    def of(cls, card: PlateCard) -> Self:
        """What is on a card."""
        return cls(
            owner=card.owner,
            drivers=tuple(card.drivers.order_by("pk")),
            route=card.route,
            stops=tuple(card.stops),
            times=tuple((time.fromisoformat(first), time.fromisoformat(last)) for first, last in card.times),
        )


COMPARED: dict[str, Callable[[CardText], object]] = {
    "owner": lambda text: text.owner,
    "drivers": lambda text: {driver.pk for driver in text.drivers},
    "route": lambda text: text.route.pk,
    "stops": lambda text: text.stops,
    "times": lambda text: text.times,
}
MAY_DIFFER: dict[str, frozenset[str]] = {
    ApplicationKind.ROUTE: frozenset({"route", "stops", "times"}),
    ApplicationKind.TIMES: frozenset({"times"}),
    ApplicationKind.STOPS: frozenset({"stops", "times"}),
    ApplicationKind.VEHICLE: frozenset({"owner"}),
    ApplicationKind.OWNER: frozenset({"owner"}),
    ApplicationKind.DRIVER: frozenset({"drivers"}),
}
"""What a card may name otherwise than the one before, by the change that was approved."""


@transaction.atomic
def issue_card(
    *, permit: UsePermit, bus: Bus, number: str, issuer: str, issued_on: date, text: CardText, by: User
) -> PlateCard:
    """Issue a card: the first of a bus, after an approved change, for one that was lost, or in time for renewal.

    Its validity follows from the rule: until the inspection ends, never after the permit.

    Raises:
        PermissionDenied: where `by` may not issue cards to the applicant.
        RecordError: where no card is due for the bus.
        ValidationError: naming the field that can't be right.
    """
    permit = UsePermit.objects.select_for_update().select_related("applicant").get(pk=permit.pk)
    bus = Bus.objects.select_for_update().get(pk=bus.pk)
    refuse_unless_allowed(by, "permits.issue_platecard", permit)
    if permit.state != PermitState.GRANTED or permit.valid_until is None or permit.valid_from is None:
        raise RecordError(_("A plate card needs a permit that is granted."))
    if not permit.buses.filter(pk=bus.pk).exists():
        raise ValidationError({"bus": _("This bus is not in the permit.")})
    application = change_without_card(permit, bus)
    before = card_before(permit, bus, application)
    refuse_other_text(text, before, application)
    valid_from = first_day(before, application, max(issued_on, permit.valid_from))
    valid_until = card_valid_until(inspected_until(bus, issued_on), permit.valid_until)
    if valid_until < valid_from:
        raise RecordError(
            _("A card would end on %(day)s, with the inspection or the permit. Renew these first.")
            % {"day": valid_until}
        )
    refuse_unqualified(text.drivers, valid_from, qualifications_of(text.drivers))
    if before and application:
        for replaced in permit.plate_cards.filter(bus=before.bus_id, state=CardState.CURRENT):
            end(replaced, CardState.REPLACED, issued_on, str(application.get_kind_display()), by)
    card = PlateCard(
        permit=permit,
        bus=bus,
        application=application,
        number=number.strip(),
        plate=bus.plate,
        owner=text.owner,
        route=text.route,
        stops=list(text.stops),
        times=[[f"{first:%H:%M}", f"{last:%H:%M}"] for first, last in checked_times(text.times)],
        issuer=issuer,
        issued_on=issued_on,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    save_record(card, by=by, reason=_("Issued"))
    card.drivers.set(text.drivers)
    return card


@transaction.atomic
def end_card(*, card: PlateCard, state: CardState, ended_on: date, reason: str, by: User) -> None:
    """Record that a card was lost or returned; for one that was lost, another can be issued.

    Raises:
        PermissionDenied: where `by` may neither change the permit nor issue cards.
        RecordError: where it is not current, or no reason is given.
    """
    card = PlateCard.objects.select_for_update().get(pk=card.pk)
    if not may_end_card(by, card.permit):
        raise PermissionDenied(_("You may not do this."))
    if state not in (CardState.LOST, CardState.RETURNED):
        raise RecordError(_("A card is reported lost, or returned."))
    if card.state != CardState.CURRENT:
        raise RecordError(_("This card is not current any more."))
    if not reason.strip():
        raise RecordError(_("Say what happened."))
    end(card, state, ended_on, reason, by)


def may_end_card(person: User, permit: UsePermit) -> bool:
    """Whether a person may report a card lost or returned: who has it, and who issued it."""
    return any(
        rules.has_perm(one, person, permit) for one in ("permits.change_usepermit", "permits.issue_platecard")
    )


def end(card: PlateCard, state: CardState, on: date, reason: str, by: User) -> None:
    """A card stops being current."""
    card.state, card.ended_on, card.ended_reason = state, on, reason
    save_record(card, by=by, reason=reason)


def change_without_card(permit: UsePermit, bus: Bus) -> Application | None:
    """The approved change for a bus that no card has been issued for."""
    return (
        permit.applications.filter(Q(bus=bus, new_bus__isnull=True) | Q(new_bus=bus), approved=True)
        .exclude(kind=ApplicationKind.PERMIT)
        .exclude(plate_cards__isnull=False)
        .order_by("pk")
        .first()
    )


def card_before(permit: UsePermit, bus: Bus, application: Application | None) -> PlateCard | None:
    """The newest card that the next one follows; where the vehicle changed, that of the old bus."""
    of_bus = application.bus if application and application.new_bus else bus
    cards = permit.plate_cards.current().filter(bus=of_bus)
    return cards.exclude(state=CardState.REVOKED).order_by("-pk").first()


def first_day(before: PlateCard | None, application: Application | None, earliest: date) -> date:
    """From when a card is valid.

    Raises:
        RecordError: where the bus has a card that can't be renewed yet.
    """
    if before is None or application or before.state != CardState.CURRENT:
        return earliest
    if not may_renew(before.valid_until, earliest):
        raise RecordError(
            _("The bus has a card. It can be renewed from %(day)s on.")
            % {"day": month_before(before.valid_until)}
        )
    return max(earliest, before.valid_until + timedelta(days=1))


def inspected_until(bus: Bus, on: date) -> date:
    """The day on which a bus's inspection ends.

    Raises:
        RecordError: where the newest inspection was failed, or there is none.
    """
    return passed_until(VehicleInspection.objects.current().filter(bus=bus), on)


def passed_until(inspections: Iterable[VehicleInspection], on: date) -> date:
    """The day on which the inspection ends that was the newest one of a bus on a day.

    Raises:
        RecordError: where it was failed, or there is none.
    """
    before = [one for one in inspections if one.inspected_on <= on]
    newest = max(before, key=lambda one: (one.inspected_on, one.pk), default=None)
    if newest is None or newest.result != InspectionResult.PASSED or newest.valid_until is None:
        raise RecordError(_("The bus has no inspection that was passed. Record it first."))
    return newest.valid_until


def refuse_other_text(text: CardText, before: PlateCard | None, application: Application | None) -> None:
    """Refuse a card that names something else than the one before, but for what was approved.

    Raises:
        ValidationError: naming each field.
    """
    if before is None:
        return
    may_differ = MAY_DIFFER[application.kind] if application else frozenset()
    old = CardText.of(before)
    changed = [name for name, of in COMPARED.items() if of(text) != of(old) and name not in may_differ]
    if changed:
        message = _("The card before names something else. Apply for the change first.")
        raise ValidationError(dict.fromkeys(changed, message))


def qualifications_of(drivers: Collection[Driver]) -> list[DriverQualification]:
    """All qualifications of some drivers that are in use."""
    return list(
        DriverQualification.objects.current().filter(driver__in=drivers, driver__archived_at__isnull=True)
    )


def refuse_unqualified(
    drivers: Collection[Driver], on: date, qualifications: Iterable[DriverQualification]
) -> None:
    """Refuse drivers who have none of some qualifications on a day.

    Raises:
        ValidationError: naming the field ``drivers``.
    """
    if not drivers:
        raise ValidationError({"drivers": _("A plate card names at least one driver.")})
    qualified = {one.driver_id for one in qualifications if one.valid_from <= on <= one.valid_until}
    others = [driver.name for driver in drivers if driver.pk not in qualified]
    if others:
        message = _("Not qualified to drive school buses on %(day)s: %(names)s.")
        raise ValidationError({"drivers": message % {"day": on, "names": ", ".join(others)}})


def checked_times(times: Sequence[tuple[time, time]]) -> Sequence[tuple[time, time]]:
    """Times of runs, each in order.

    Raises:
        ValidationError: naming the field ``times``.
    """
    if not times or any(last <= first for first, last in times):
        raise ValidationError({"times": _("Give the times of at least one run, each from earlier to later.")})
    return times
