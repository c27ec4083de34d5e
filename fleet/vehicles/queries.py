"""Reads: buses in a person's reach, their papers, devices, and who was where when."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from fleet.grants import reach_with
from fleet.organisations.queries import root_of_each
from fleet.people.models import User
from fleet.positions.models import Fix, LastPosition
from fleet.vehicles.models import (
    Bus,
    Defect,
    Device,
    DeviceAssignment,
    Insurance,
    VehicleInspection,
)
from fleet.vehicles.permissions import ASSIGN_DEVICE
from fleet.vehicles.upkeep import EquipmentKind, InsuranceKind


def buses_for(person: User, permission: str = "vehicles.view_bus") -> QuerySet[Bus]:
    """The buses, archived ones too, for which a person has a permission; it agrees with the rule of that name."""
    organisations = reach_with(person, permission)
    found = Bus.objects.filter(Q(operator__in=organisations) | Q(school__in=organisations))
    return found.select_related("operator", "school")


def may_assign_devices(person: User) -> bool:
    """Whether a person may see new devices and give them to buses."""
    return bool(reach_with(person, ASSIGN_DEVICE))


def new_devices() -> QuerySet[Device]:
    """Devices that are in no bus, those heard last first."""
    return (
        Device.objects.exclude(assignments__until__isnull=True, assignments__isnull=False)
        .select_related("last_position")
        .order_by(F("last_position__heard_at").desc(nulls_last=True), "identifier")
    )


def assignable_devices(person: User) -> QuerySet[Device]:
    """The devices that a person may give to a bus: those in no bus, and those in buses that they may change."""
    current = DeviceAssignment.objects.filter(device=OuterRef("pk"), until__isnull=True)
    of_others = current.exclude(bus__in=buses_for(person, ASSIGN_DEVICE))
    return Device.objects.exclude(Exists(of_others))


def assignments_for(person: User) -> QuerySet[DeviceAssignment]:
    """Which device was in which bus when, of the buses that a person may see."""
    return DeviceAssignment.objects.filter(bus__in=buses_for(person))


class SavedState(NamedTuple):
    """What the log last saved of a device."""

    device_id: int
    version: int
    rule_state: str
    has_reports: bool


def saved_states(identifiers: Iterable[str]) -> dict[str, SavedState]:
    """The saved state of each device, by identifier."""
    reports = Fix.objects.filter(device=OuterRef("device"))
    rows = LastPosition.objects.filter(device__identifier__in=list(identifiers)).values_list(
        "device__identifier", "device_id", "version", "rule_state", Exists(reports)
    )
    return {identifier: SavedState(*saved) for identifier, *saved in rows}


def bus_of_device(device_ids: Iterable[int]) -> "BusByTime":
    """Which bus each device was in, by event time."""
    return BusByTime(DeviceAssignment.objects.filter(device__in=set(device_ids)))


class BusByTime:
    """Answers which bus a device was in at a time."""

    def __init__(self, assignments: Iterable[DeviceAssignment]) -> None:
        self._assignments = list(assignments)

    def at(self, device_id: int, time: datetime) -> int | None:
        """Id of the bus, or None where the device was in none."""
        for one in self._assignments:
            if one.device_id == device_id and one.since <= time and (one.until is None or time < one.until):
                return one.bus_id
        return None


def districts_of_buses() -> dict[int, int]:
    """For each bus, the organisation at the top of its operator's tree."""
    roots = root_of_each()
    return {bus: roots[operator] for bus, operator in Bus.objects.values_list("pk", "operator_id")}


def reports_of(device_ids: Iterable[int]) -> dict[int, int]:
    """How many reports of each device are kept."""
    rows = Fix.objects.filter(device__in=list(device_ids)).values("device_id").annotate(count=Count("digest"))
    return {row["device_id"]: row["count"] for row in rows}


def assigned_devices(buses: QuerySet[Bus]) -> QuerySet[DeviceAssignment]:
    """Which device is in each of `buses` now."""
    return (
        DeviceAssignment.objects.filter(until__isnull=True, bus__in=buses)
        .select_related("bus", "device__last_position")
        .order_by("bus__plate")
    )


def newest_inspection(bus: Bus, day: date) -> VehicleInspection | None:
    """The last inspection of a bus up to `day`, passed or failed."""
    return bus.vehicleinspection_set.filter(archived_at=None, inspected_on__lte=day).first()


def insurance_on(bus: Bus, kind: InsuranceKind, day: date) -> Insurance | None:
    """The insurance of a kind that covers a bus on `day`."""
    return bus.insurance_set.filter(
        archived_at=None, kind=kind, valid_from__lte=day, valid_until__gte=day
    ).first()


def equipment_on(bus: Bus, day: date) -> dict[str, int]:
    """How many usable pieces of each kind of equipment a bus carries on `day`: none that has expired."""
    usable = Q(expires_on__isnull=True) | Q(expires_on__gte=day)
    counts = dict.fromkeys(EquipmentKind.values, 0)
    for kind, count in bus.equipment_set.filter(usable, archived_at=None).values_list("kind", "count"):
        counts[kind] += count
    return counts


def open_defects(bus: Bus) -> QuerySet[Defect]:
    """The defects of a bus that are not released, those that block dispatch first."""
    return bus.defect_set.filter(released_at=None).order_by("-blocks_dispatch", "-found_at")
