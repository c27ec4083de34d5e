"""Devices and buses as the page of devices shows them."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from fleet.positions.models import LastPosition
from fleet.vehicles.models import Bus, Device
from fleet.vehicles.queries import assigned_devices, new_devices, reports_of

MOST_SHOWN = 200
PROTOCOLS = {"nmea": "NMEA 0183"}
"""What each protocol is called."""


class DeviceCard(NamedTuple):
    """A device, what was last heard of it, and the bus that it is in."""

    pk: int
    identifier: str
    protocol: str
    peer: str
    first_seen_at: datetime
    last_heard_at: datetime | None
    last_position: tuple[float, float] | None
    reports_count: int = 0
    bus: Bus | None = None


class BusChoice(NamedTuple):
    """A bus to choose, with the identifier of the device that is in it."""

    plate: str
    device: str | None


def new_device_cards() -> list[DeviceCard]:
    """Devices that wait for a bus, with how many reports are kept for them; those heard last first."""
    devices = list(new_devices()[:MOST_SHOWN])
    counts = reports_of(device.pk for device in devices)
    return [card(device)._replace(reports_count=counts.get(device.pk, 0)) for device in devices]


def assigned_device_cards(buses: QuerySet[Bus]) -> list[DeviceCard]:
    """Devices in `buses`, by plate."""
    return [card(one.device)._replace(bus=one.bus) for one in assigned_devices(buses)]


def bus_choices(buses: QuerySet[Bus]) -> Iterable[BusChoice]:
    """Buses by plate, with the device that each has."""
    rows = buses.values_list("plate", "last_position__device__identifier").order_by("plate")
    return [BusChoice(plate, device) for plate, device in rows]


def card(device: Device) -> DeviceCard:
    """A device without its bus."""
    last: LastPosition | None = getattr(device, "last_position", None)
    return DeviceCard(
        pk=device.pk,
        identifier=device.identifier,
        protocol=PROTOCOLS.get(device.protocol, device.protocol),
        peer=device.peer,
        first_seen_at=device.first_seen_at,
        last_heard_at=last.heard_at if last else None,
        last_position=(last.position.y, last.position.x) if last and last.position else None,
    )
