"""Writes: many buses, or papers of buses, at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from fleet.bulk import Bulk
from fleet.people.models import User
from fleet.vehicles.changes import BUS_FIELDS, PAPER_FIELDS, take_device_out
from fleet.vehicles.models import Bus, DeviceAssignment, Equipment, Insurance, Maintenance, VehicleInspection
from fleet.vehicles.permissions import organisations_of
from fleet.vehicles.upkeep import BusRecord


@dataclass(frozen=True)
class BusBulk(Bulk):
    """Buses; the device of one that is archived waits for another bus from then on."""

    @transaction.atomic
    def take_out(self, records: Sequence[Any], *, by: User, reason: str) -> None:
        """Archive buses."""
        super().take_out(records, by=by, reason=reason)
        inside = DeviceAssignment.objects.select_for_update().filter(until__isnull=True, bus__in=records)
        take_device_out(inside, timezone.now())


def papers(model: type[BusRecord]) -> Bulk:
    """Papers of a kind; who may change the bus may change and archive them."""
    return Bulk(
        model,
        PAPER_FIELDS[model],
        change="vehicles.change_bus",
        archive="vehicles.change_bus",
        organisations_of=lambda paper: organisations_of(paper.bus),
        owner="bus",
    )


BUSES = BusBulk(Bus, BUS_FIELDS, "vehicles.change_bus", "vehicles.archive_bus", organisations_of)
INSPECTIONS = papers(VehicleInspection)
INSURANCES = papers(Insurance)
EQUIPMENT = papers(Equipment)
MAINTENANCE = papers(Maintenance)
