"""Buses."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, FilterLookup, Query, Router, Schema, Status

from fleet.audit.models import Action
from fleet.organisations.directory import organisations_for
from fleet.organisations.models import Kind
from fleet.people.models import User
from fleet.routes.queries import routes_for
from fleet.tokens.models import Scope
from fleet.vehicles import changes
from fleet.vehicles.models import Bus, BusType
from fleet.vehicles.queries import buses_for
from web.api.auth import reading, writing
from web.api.fields import Count, Day, Id, Known, Line, MaybeText, StrictId, omitted
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.payload import Change, WithReason, details_of
from web.api.records import Owner
from web.person import person_of
from web.registry.forms import EMPLOYERS

READ, WRITE = Scope.REGISTRY_READ, Scope.REGISTRY_WRITE
router = Router(tags=["buses"], auth=reading(READ))


class BusAnswer(Schema):
    """A bus. What is not recorded is null."""

    id: int
    plate: str
    vin: MaybeText
    engine_number: MaybeText
    make: MaybeText
    model: MaybeText
    bus_type: Annotated[BusType | None, Known]
    capacity_pupils: int | None = Field(description="Pupils that it is certified for.")
    capacity_adults: int | None = Field(description="Adults that it is certified for.")
    certified_capacity: int | None = Field(description="People that it may carry, pupils and adults.")
    first_registered_on: date | None
    owner: MaybeText
    operator_id: int
    school_id: int | None
    route_id: int | None
    archived_at: datetime | None


class BusChange(Change):
    """Fields of a bus that change."""

    plate: Line = omitted()
    vin: Line | None = omitted()
    engine_number: Line | None = omitted()
    make: Line | None = omitted()
    model: Line | None = omitted()
    bus_type: BusType | None = omitted()
    capacity_pupils: Count | None = omitted()
    capacity_adults: Count | None = omitted()
    first_registered_on: Day | None = omitted()
    owner: Line | None = omitted()
    operator_id: StrictId = omitted()
    school_id: StrictId | None = omitted()
    route_id: StrictId | None = omitted()


class NewBus(BusChange):
    """A bus to be put into the registry."""

    plate: Line
    operator_id: StrictId


class BusFilter(RecordFilter):
    """Which buses."""

    q: Annotated[Line | None, FilterLookup(["plate__icontains", "vin__icontains", "owner__icontains"])] = None
    operator_id: Id | None = None
    school_id: Id | None = None
    route_id: Id | None = None
    bus_type: BusType | None = None


def found_bus(person: User, pk: int, _action: Action | None = None) -> Bus:
    """A bus that a person may see; 404 otherwise."""
    return get_object_or_404(buses_for(person), pk=pk)


BUS = Owner("/buses", "bus", found_bus, READ, WRITE)


def details(request: HttpRequest, payload: BusChange) -> dict[str, Any]:
    """The details of a bus, with what it refers to."""
    person = person_of(request)
    reached = organisations_for(person, "vehicles.change_bus").current()
    return details_of(
        payload,
        Bus,
        {
            "operator": reached.filter(kind__in=EMPLOYERS),
            "school": reached.filter(kind=Kind.SCHOOL),
            "route": routes_for(person),
        },
    )


@router.get("", response=Page[BusAnswer])
def list_buses(
    request: HttpRequest,
    filters: Query[BusFilter],
    paging: Query[Paging],
    order: Literal["plate", "-plate", "first_registered_on", "-first_registered_on", "pk", "-pk"] = "plate",
) -> dict[str, Any]:
    """The buses that you may see."""
    return page_of(filters.filter(buses_for(person_of(request))), paging, order)


@router.get("/{pk}", response=BusAnswer)
def show_bus(request: HttpRequest, pk: Id) -> Bus:
    """One bus."""
    return found_bus(person_of(request), pk)


@router.post("", auth=writing(WRITE), response={201: BusAnswer})
def add_bus(request: HttpRequest, payload: NewBus) -> Status[Bus]:
    """Put a bus into the registry."""
    made = changes.create_bus(by=person_of(request), reason=payload.reason, **details(request, payload))
    return Status(201, made)


@router.patch("/{pk}", auth=writing(WRITE), response=BusAnswer)
def change_bus(request: HttpRequest, pk: Id, payload: BusChange) -> Bus:
    """Change the data of a bus."""
    bus = found_bus(person_of(request), pk)
    return changes.change_bus(bus, details(request, payload), by=person_of(request), reason=payload.reason)


@router.post("/{pk}/archive", auth=writing(WRITE), response=BusAnswer)
def archive_bus(request: HttpRequest, pk: Id, payload: WithReason) -> Bus:
    """Take a bus out of use."""
    bus = found_bus(person_of(request), pk)
    return changes.archive_bus(bus, by=person_of(request), reason=payload.reason)


@router.post("/{pk}/restore", auth=writing(WRITE), response=BusAnswer)
def restore_bus(request: HttpRequest, pk: Id, payload: WithReason) -> Bus:
    """Bring an archived bus back into use."""
    bus = found_bus(person_of(request), pk)
    return changes.restore_bus(bus, by=person_of(request), reason=payload.reason)
