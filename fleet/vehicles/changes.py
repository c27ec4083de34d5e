"""Writes: devices become known and are given to buses; buses and their papers are recorded."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.evidence.changes import seal
from fleet.findings.models import Finding
from fleet.people.models import User
from fleet.positions.models import LastPosition
from fleet.records import (
    RecordError,
    archive_record,
    create_record,
    refuse_archived,
    refuse_unless_allowed,
    restore_record,
    save_record,
    set_fields,
)
from fleet.vehicles.models import (
    Bus,
    CrewAssignment,
    Defect,
    Device,
    DeviceAssignment,
    Equipment,
    Insurance,
    Maintenance,
    SeatCheck,
    VehicleInspection,
)
from fleet.vehicles.upkeep import BusRecord, Severity

Paper = TypeVar("Paper", bound=BusRecord)

BEFORE_ALL_REPORTS = datetime(1980, 1, 6, tzinfo=UTC)
"""The epoch of GPS time."""


class AssignmentError(Exception):
    """A device can't be given to a bus; the message says why, to people."""


def register_devices(peers: Mapping[str, str]) -> None:
    """Make devices known by the names that they give themselves, each with room for its last position.

    Those known already stay as they are.

    Args:
        peers: the address that each device came from, by identifier.
    """
    now = timezone.now()
    known = set(Device.objects.filter(identifier__in=peers).values_list("identifier", flat=True))
    new = [
        Device(identifier=identifier, peer=peer, first_seen_at=now)
        for identifier, peer in sorted(peers.items())
        if identifier not in known
    ]
    Device.objects.bulk_create(new, ignore_conflicts=True)
    unplaced = Device.objects.filter(identifier__in=peers, last_position__isnull=True)
    LastPosition.objects.bulk_create(
        [LastPosition(device=device) for device in unplaced], ignore_conflicts=True
    )


@transaction.atomic
def give_device_to_bus(*, device: Device, bus: Bus, at: datetime | None = None) -> DeviceAssignment:
    """Put a device into a bus; whatever was in the bus before, and wherever the device was, ends then.

    A device that was in no bus before brings along all that it has sent, and what it may yet send late.

    Args:
        device: the onboard unit.
        bus: where it is from now on.
        at: since when; now where not given.

    Raises:
        AssignmentError: where the device is in that bus already.
    """
    at = at or timezone.now()
    current = DeviceAssignment.objects.select_for_update().filter(until__isnull=True)
    if current.filter(device=device, bus=bus).exists():
        raise AssignmentError(
            _("Device %(device)s is in bus %(bus)s already.") % {"device": device, "bus": bus}
        )
    take_device_out(current.filter(device=device), at)
    take_device_out(current.filter(bus=bus), at)
    since = at if DeviceAssignment.objects.filter(device=device).exists() else BEFORE_ALL_REPORTS
    assignment = DeviceAssignment.objects.create(device=device, bus=bus, since=since)
    LastPosition.objects.update_or_create(device=device, defaults={"bus": bus})
    brought_along = Finding.objects.filter(device=device, bus__isnull=True, started_at__gte=since)
    ids = list(brought_along.values_list("pk", flat=True))
    brought_along.update(bus=bus)
    seal(Finding.objects.filter(pk__in=ids))
    return assignment


def take_device_out(assignments: QuerySet[DeviceAssignment], at: datetime) -> None:
    """End assignments; what the devices send from then on is held until they are given to a bus again."""
    devices = list(assignments.values_list("device_id", flat=True))
    assignments.update(until=at)
    LastPosition.objects.filter(device__in=devices).update(bus=None)


BUS_FIELDS = frozenset(
    {
        "plate", "vin", "engine_number", "make", "model", "bus_type", "capacity_pupils", "capacity_adults",
        "first_registered_on", "owner", "operator", "school", "route",
    }
)  # fmt: skip
INSPECTION_FIELDS = frozenset({"inspected_on", "result", "valid_until", "station", "document"})
INSURANCE_FIELDS = frozenset({"kind", "insurer", "policy_number", "valid_from", "valid_until", "document"})
EQUIPMENT_FIELDS = frozenset({"kind", "count", "expires_on", "checked_on", "note"})
SEAT_CHECK_FIELDS = frozenset({"seats_pupils", "seats_adults", "photograph"})
MAINTENANCE_FIELDS = frozenset(
    {"kind", "done_on", "work", "workshop", "odometer_km", "next_due_on", "document"}
)
CREW_FIELDS = frozenset({"driver", "attendant", "route", "valid_from", "valid_until"})
PAPER_FIELDS: Mapping[type[BusRecord], frozenset[str]] = {
    VehicleInspection: INSPECTION_FIELDS,
    Insurance: INSURANCE_FIELDS,
    Equipment: EQUIPMENT_FIELDS,
    SeatCheck: SEAT_CHECK_FIELDS,
    Maintenance: MAINTENANCE_FIELDS,
    CrewAssignment: CREW_FIELDS,
}
"""What can be corrected in each kind of paper. A defect is released, not corrected."""


@transaction.atomic
def create_bus(*, by: User, reason: str = "", **details: object) -> Bus:
    """Put a bus into the registry.

    Args:
        by: who does it.
        reason: kept in the history.
        details: fields of `BUS_FIELDS`; `plate` and `operator` at least.

    Raises:
        PermissionDenied: where `by` may not change buses of that operator or school.
        ValidationError: naming each field that can't be right.
    """
    bus = Bus()
    set_fields(bus, details, BUS_FIELDS)
    refuse_unless_allowed(by, "vehicles.change_bus", bus)
    save_record(bus, by=by, reason=reason)
    return bus


@transaction.atomic
def change_bus(bus: Bus, changes: Mapping[str, object], *, by: User, reason: str = "") -> Bus:
    """Change the data of a bus; whoever moves it elsewhere needs the permission there too.

    Returns:
        The bus as it is stored now.

    Raises:
        PermissionDenied: where `by` may not change it, or not where it would be.
        RecordError: where the bus is archived, or a field can't be changed so.
        ValidationError: naming each field that can't be right.
    """
    bus = locked_bus(bus)
    refuse_unless_allowed(by, "vehicles.change_bus", bus)
    refuse_archived(bus)
    set_fields(bus, changes, BUS_FIELDS)
    refuse_unless_allowed(by, "vehicles.change_bus", bus)
    save_record(bus, by=by, reason=reason)
    return bus


@transaction.atomic
def archive_bus(bus: Bus, *, by: User, reason: str) -> Bus:
    """Take a bus out of use; its device waits for another one from then on.

    Returns:
        The bus as it is stored now.

    Raises:
        PermissionDenied: where `by` may not archive it.
        RecordError: where it is archived already, or no reason is given.
    """
    bus = locked_bus(bus)
    refuse_unless_allowed(by, "vehicles.archive_bus", bus)
    archive_record(bus, by=by, reason=reason)
    current = DeviceAssignment.objects.select_for_update().filter(until__isnull=True, bus=bus)
    take_device_out(current, timezone.now())
    return bus


@transaction.atomic
def restore_bus(bus: Bus, *, by: User, reason: str = "") -> Bus:
    """Bring an archived bus back into use.

    Returns:
        The bus as it is stored now.

    Raises:
        PermissionDenied: where `by` may not archive it.
        RecordError: where it is not archived.
    """
    bus = locked_bus(bus)
    refuse_unless_allowed(by, "vehicles.archive_bus", bus)
    restore_record(bus, by=by, reason=reason)
    return bus


def record_inspection(*, bus: Bus, by: User, reason: str = "", **details: object) -> VehicleInspection:
    """Record a technical inspection; see `add_paper`."""
    return add_paper(VehicleInspection(), bus, details, INSPECTION_FIELDS, by=by, reason=reason)


def record_insurance(*, bus: Bus, by: User, reason: str = "", **details: object) -> Insurance:
    """Record an insurance; see `add_paper`. A period that overlaps another of its kind is refused."""
    return add_paper(Insurance(), bus, details, INSURANCE_FIELDS, by=by, reason=reason)


def record_equipment(*, bus: Bus, by: User, reason: str = "", **details: object) -> Equipment:
    """Record pieces of equipment; see `add_paper`."""
    return add_paper(Equipment(), bus, details, EQUIPMENT_FIELDS, by=by, reason=reason)


def record_maintenance(*, bus: Bus, by: User, reason: str = "", **details: object) -> Maintenance:
    """Record work done on a bus; see `add_paper`."""
    return add_paper(Maintenance(), bus, details, MAINTENANCE_FIELDS, by=by, reason=reason)


def assign_crew(*, bus: Bus, by: User, reason: str = "", **details: object) -> CrewAssignment:
    """Record who usually runs a bus; see `add_paper`. A second crew at a time on one route is refused."""
    return add_paper(CrewAssignment(), bus, details, CREW_FIELDS, by=by, reason=reason)


def record_seat_check(
    *, bus: Bus, by: User, checked_at: datetime | None = None, reason: str = "", **details: object
) -> SeatCheck:
    """Record the seats that `by` has counted in a bus, now where no time is given; see `add_paper`."""
    check = SeatCheck(checked_by=by, checked_at=checked_at or timezone.now())
    return add_paper(
        check, bus, details, SEAT_CHECK_FIELDS, by=by, reason=reason, permission="vehicles.check_bus"
    )


@transaction.atomic
def add_paper(
    paper: Paper,
    bus: Bus,
    details: Mapping[str, object],
    allowed: frozenset[str],
    *,
    by: User,
    reason: str,
    permission: str = "vehicles.change_bus",
) -> Paper:
    """Record something of a bus.

    Args:
        paper: what is recorded, still empty.
        bus: whose it is.
        details: its fields.
        allowed: the fields that can be given.
        by: who does it.
        reason: kept in the history.
        permission: that `by` needs for the bus.

    Raises:
        PermissionDenied: where `by` has not the permission.
        RecordError: where the bus is archived.
        ValidationError: naming each field that can't be right.
    """
    bus = locked_bus(bus)
    refuse_unless_allowed(by, permission, bus)
    refuse_archived(bus)
    paper.bus = bus
    create_record(paper, details, allowed, by=by, reason=reason)
    return paper


@transaction.atomic
def correct_paper(paper: Paper, changes: Mapping[str, object], *, by: User, reason: str) -> Paper:
    """Correct what was recorded of a bus; what it was before stays in the history.

    Raises:
        PermissionDenied: where `by` may not change the bus.
        RecordError: where the paper is archived, or a field can't be changed so.
        ValidationError: naming each field that can't be right.
    """
    refuse_unless_allowed(by, "vehicles.change_bus", locked_bus(paper.bus))
    paper.refresh_from_db()
    refuse_archived(paper)
    set_fields(paper, changes, PAPER_FIELDS.get(type(paper), frozenset()))
    save_record(paper, by=by, reason=reason)
    return paper


@transaction.atomic
def archive_paper(paper: Paper, *, by: User, reason: str) -> Paper:
    """Take a paper of a bus out of use, because it was recorded by mistake or is no longer aboard.

    Raises:
        PermissionDenied: where `by` may not change the bus.
        RecordError: for a defect, which is released instead; and as `archive_record` does.
    """
    refuse_unless_allowed(by, "vehicles.change_bus", locked_bus(paper.bus))
    if isinstance(paper, Defect):
        raise RecordError(_("A defect is released, not archived."))
    paper.refresh_from_db()
    archive_record(paper, by=by, reason=reason)
    return paper


def report_defect(
    *,
    bus: Bus,
    by: User,
    description: str,
    severity: Severity,
    blocks_dispatch: bool,
    found_at: datetime | None = None,
) -> Defect:
    """Record something that `by` has found wrong with a bus, now where no time is given; see `add_paper`."""
    defect = Defect(
        reported_by=by,
        description=description,
        severity=severity,
        blocks_dispatch=blocks_dispatch,
        found_at=found_at or timezone.now(),
    )
    return add_paper(defect, bus, {}, frozenset(), by=by, reason="", permission="vehicles.check_bus")


@transaction.atomic
def release_defect(defect: Defect, *, by: User, reason: str) -> Defect:
    """Declare a defect mended. One that blocks dispatch is released by another person than who reported it.

    Raises:
        PermissionDenied: where `by` may not release defects of that bus.
        RecordError: where it is released already, no reason is given, or `by` reported it and it blocks dispatch.
    """
    defect = Defect.objects.select_for_update().get(pk=defect.pk)
    refuse_unless_allowed(by, "vehicles.release_defect", defect.bus)
    if defect.released_at:
        raise RecordError(_("This defect is released already."))
    if defect.blocks_dispatch and defect.reported_by_id == by.pk:
        raise RecordError(
            _("A defect that blocks dispatch is released by another person than who reported it.")
        )
    if not reason.strip():
        raise RecordError(_("Say why it is released."))
    defect.released_at, defect.released_by, defect.release_reason = timezone.now(), by, reason
    save_record(defect, by=by, reason=reason)
    return defect


def locked_bus(bus: Bus) -> Bus:
    """The bus as it is stored, with its row locked until the transaction ends: papers can't clash unseen."""
    locked: Bus = Bus.objects.select_for_update().get(pk=bus.pk)
    return locked
