"""Builders of a district: organisations, buses, devices and people, said in a few words."""

import itertools

from fleet.ingest.log import DatabaseLog
from fleet.ingest.registry import Registry
from fleet.ingest.writer import Writer
from fleet.organisations.models import Kind, Membership, Organisation, Role
from fleet.people.models import User
from fleet.vehicles.changes import give_device_to_bus, register_devices
from fleet.vehicles.models import Bus, Device
from telematics.pipeline import ingest
from telematics.rules.speeding import SpeedLimit
from tests.telematics.builders import SIXTY, arrival, rulebook

numbers = itertools.count(1)
RULEBOOK = rulebook(at=lambda report, road: SpeedLimit(SIXTY.mps, source="ordinary", article="Art 35"))
"""As the one for tests of the rules, with a limit of a source that the database knows."""


def organisation(
    kind: Kind = Kind.DISTRICT, parent: Organisation | None = None, name: str = ""
) -> Organisation:
    return Organisation.objects.create(kind=kind, parent=parent, name=name or f"{kind} {next(numbers)}")


def bus(
    operator: Organisation | None = None, school: Organisation | None = None, plate: str | None = None
) -> Bus:
    return Bus.objects.create(
        plate=plate or f"TEST{next(numbers):05d}",
        operator=operator or organisation(Kind.OPERATOR, organisation()),
        school=school,
    )


def buses(count: int, operator: Organisation, school: Organisation | None = None) -> list[Bus]:
    return [bus(operator, school) for _ in range(count)]


def device(identifier: str | None = None) -> Device:
    identifier = identifier or f"device-{next(numbers)}"
    register_devices({identifier: "192.0.2.1:5000"})
    return Device.objects.get(identifier=identifier)


def bus_with_device(
    operator: Organisation | None = None, identifier: str | None = None
) -> tuple[Bus, Device]:
    made, unit = bus(operator), device(identifier)
    give_device_to_bus(device=unit, bus=made)
    return made, unit


def person(role: Role | None = None, organisation: Organisation | None = None, **changes) -> User:
    someone = User.objects.create_user(f"person{next(numbers)}", **changes)
    if role and organisation:
        Membership.objects.create(person=someone, organisation=organisation, role=role)
    return someone


def database_log() -> DatabaseLog:
    return DatabaseLog(RULEBOOK)


def writer() -> Writer:
    return Writer(RULEBOOK, Registry(1000))


def store(reports, device: str, log: DatabaseLog | None = None, delay_s: float = 1) -> DatabaseLog:
    """Take reports of a device one by one, as they would come."""
    log = log or database_log()
    for report in reports:
        ingest([arrival(report, device, delay_s)], log, RULEBOOK)
    return log
