"""Writes: devices become known, and are given to buses."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.findings.models import Finding
from fleet.positions.models import LastPosition
from fleet.vehicles.models import Bus, Device, DeviceAssignment

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
    Finding.objects.filter(device=device, bus__isnull=True, started_at__gte=since).update(bus=bus)
    return assignment


def take_device_out(assignments: QuerySet[DeviceAssignment], at: datetime) -> None:
    """End assignments; what the devices send from then on is held until they are given to a bus again."""
    devices = list(assignments.values_list("device_id", flat=True))
    assignments.update(until=at)
    LastPosition.objects.filter(device__in=devices).update(bus=None)
