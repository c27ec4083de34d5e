"""A district with an operator, a school, a bus and who answers for them."""

from dataclasses import dataclass
from typing import Any

from fleet.organisations.models import Kind, Organisation, Role
from fleet.people.models import User
from fleet.vehicles.changes import create_bus
from fleet.vehicles.models import Bus
from tests.fleet.builders import numbers, organisation, person

VIN = "LSVAM4187C2184847"


@dataclass(frozen=True)
class Place:
    district: Organisation
    operator: Organisation
    school: Organisation
    coordinator: User
    principal: User


def place() -> Place:
    district = organisation()
    operator = organisation(Kind.OPERATOR, district)
    school = organisation(Kind.SCHOOL, district)
    return Place(
        district,
        operator,
        school,
        person(Role.COORDINATOR, district),
        person(Role.PRINCIPAL, school),
    )


def registered(where: Place, **details) -> Bus:
    plate = f"苏E{next(numbers):05d}"
    given: dict[str, Any] = {"plate": plate, "operator": where.operator, "school": where.school} | details
    return create_bus(by=where.coordinator, **given)
