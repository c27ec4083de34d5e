"""What lapses of buses: inspections, insurances, maintenance, equipment, seat checks."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fleet.lapses import Lapse
from fleet.people.standing import add_months
from fleet.vehicles.models import Bus, Equipment, Insurance, Maintenance, SeatCheck, VehicleInspection
from fleet.vehicles.upkeep import EquipmentKind, InsuranceKind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ACT = "vehicles.change_bus"
Found = Iterator[tuple[int, str, "StrOrPromise", date]]
"""Id of the bus, what it is in short and for people, its last good day."""


def lapses_of_buses(buses: QuerySet[Bus], until: date, inspection_months: int | None) -> Iterator[Lapse]:
    """What lapses up to a day, or has lapsed, of buses in service.

    Of inspections, insurances, maintenance and seat checks only the newest of a kind counts; of equipment each
    piece aboard.

    Args:
        buses: all that count.
        until: the last day that counts.
        inspection_months: between two inspections; seats are counted as often. None where no law says.
    """
    current = buses.filter(archived_at=None)
    by_id = current.in_bulk()
    bare = current.order_by()
    for bus, key, what, ends in (
        *inspections(bare),
        *insurances(bare, until),
        *maintenance(bare, until),
        *equipment(bare, until),
        *seat_checks(bare, inspection_months),
    ):
        if ends <= until:
            one = by_id[bus]
            yield Lapse(one, key, what, ends, act=ACT, belongs_to=(one.operator_id, one.school_id))


def inspections(buses: QuerySet[Bus]) -> Found:
    """The newest inspection of each bus; one that was failed ended what was good before."""
    newest = VehicleInspection.objects.current().filter(bus=OuterRef("bus")).order_by("-inspected_on", "-pk")
    of_each = VehicleInspection.objects.filter(bus__in=buses.values("pk"))
    found = of_each.filter(pk=Subquery(newest.values("pk")[:1])).order_by()
    for bus, inspected_on, valid_until in found.values_list("bus", "inspected_on", "valid_until"):
        yield bus, "inspection", _("Vehicle inspection"), valid_until or inspected_on


def insurances(buses: QuerySet[Bus], until: date) -> Found:
    """The insurance of each kind that ends last."""
    found = (
        Insurance.objects.current().filter(bus__in=buses.values("pk")).order_by().values_list("bus", "kind")
    )
    for bus, kind, ends in found.annotate(ends=Max("valid_until")).filter(ends__lte=until):
        yield bus, f"insurance:{kind}", InsuranceKind(kind).label, ends


def maintenance(buses: QuerySet[Bus], until: date) -> Found:
    """When work is due next."""
    due = (
        Maintenance.objects.current().filter(bus__in=buses.values("pk"), next_due_on__isnull=False).order_by()
    )
    for bus, ends in due.values_list("bus").annotate(ends=Max("next_due_on")).filter(ends__lte=until):
        yield bus, "maintenance", _("Maintenance"), ends


def equipment(buses: QuerySet[Bus], until: date) -> Found:
    """Pieces that expire."""
    found = Equipment.objects.current().filter(bus__in=buses.values("pk"), expires_on__lte=until).order_by()
    for bus, kind, ends in found.values_list("bus", "kind", "expires_on"):
        yield bus, f"equipment:{kind}", EquipmentKind(kind).label, ends


def seat_checks(buses: QuerySet[Bus], months: int | None) -> Found:
    """When seats are to be counted again: as often as the bus is inspected (校车安全管理条例 Art 20)."""
    if months is None:
        return
    found = SeatCheck.objects.current().filter(bus__in=buses.values("pk")).order_by().values_list("bus")
    for bus, checked_at in found.annotate(Max("checked_at")):
        yield bus, "seat_check", _("Seat check"), add_months(timezone.localdate(checked_at), months)
