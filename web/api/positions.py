"""Devices, where buses were last, and what the rules found; for reading."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, FilterLookup, FilterSchema, Query, Router, Schema

from fleet.findings.models import Finding, LimitSource, Rule
from fleet.findings.queries import findings_for
from fleet.people.models import User
from fleet.positions.models import LastPosition, State
from fleet.tokens.models import Scope
from fleet.vehicles.models import Bus, Device, DeviceAssignment
from fleet.vehicles.permissions import WATCH_BUS
from fleet.vehicles.queries import assignable_devices, assignments_for, buses_for, may_assign_devices
from web.api.auth import reading
from web.api.fields import Id, Line, Moment
from web.api.paging import Page, Paging, page_of
from web.api.places import Place, place_of
from web.person import person_of

router = Router(tags=["positions"], auth=reading(Scope.POSITIONS_READ))

StateName = Literal["unknown", "driving", "standing", "no_fix", "speeding"]


class DeviceAnswer(Schema):
    """An onboard unit."""

    id: int
    identifier: str
    protocol: str
    first_seen_at: datetime


class AssignmentAnswer(Schema):
    """A device's time in a bus."""

    id: int
    device_id: int
    bus_id: int
    since: datetime
    until: datetime | None


class PositionAnswer(Schema):
    """Where a bus was last; nothing is known of one that has never reported."""

    bus_id: int
    plate: str
    state: StateName
    place: Place | None
    measured_at: datetime | None = Field(description="When the bus was there, by the receiver's clock.")
    age_s: float | None = Field(description="How long ago that was.")
    heard_at: datetime | None = Field(description="When the device was last heard, with or without a place.")
    speed_mps: float | None
    course_deg: float | None = Field(description="Degrees true.")


class FindingAnswer(Schema):
    """An episode that a rule found."""

    id: int
    bus_id: int | None
    device_id: int | None
    rule: Rule
    started_at: datetime
    last_at: datetime = Field(description="The last report that bears it out.")
    ended_at: datetime | None
    peak: float | None = Field(description="Nothing is measured of what people did, such as an override.")
    limit: float | None
    unit: str = Field(description="Of peak and limit.")
    limit_source: LimitSource
    article: str
    profile: str
    place: Place | None = Field(description="Of the peak.")
    found_live: bool = Field(description="Found as it happened, not from late reports.")
    withdrawn_at: datetime | None

    @staticmethod
    def resolve_place(finding: Finding) -> dict[str, float] | None:
        """Where the peak was."""
        return place_of(finding.place)


class DeviceFilter(FilterSchema):
    """Which devices."""

    q: Annotated[Line | None, FilterLookup("identifier__icontains")] = None


class AssignmentFilter(FilterSchema):
    """Which assignments."""

    bus_id: Id | None = None
    device_id: Id | None = None
    is_current: bool | None = None

    def filter_is_current(self, value: bool | None) -> Q:
        """Those that go on, or those that have ended."""
        return Q() if value is None else Q(until__isnull=value)


class BusOfPosition(FilterSchema):
    """Of which buses."""

    q: Annotated[Line | None, FilterLookup("plate__icontains")] = None
    operator_id: Id | None = None
    school_id: Id | None = None


class FindingFilter(FilterSchema):
    """Which findings."""

    bus_id: Id | None = None
    rule: Rule | None = None
    since: Annotated[Moment | None, FilterLookup("started_at__gte")] = None
    before: Annotated[Moment | None, FilterLookup("started_at__lt")] = None
    withdrawn: bool = Field(False, description="Those as well that later reports did not bear out.")

    def filter_withdrawn(self, value: bool) -> Q:
        """Leave out what is withdrawn unless it is asked for."""
        return Q() if value else Q(withdrawn_at__isnull=True)


def devices_told(person: User) -> Any:
    """The devices that a person may give to buses."""
    return assignable_devices(person) if may_assign_devices(person) else Device.objects.none()


@router.get("/devices", response=Page[DeviceAnswer])
def list_devices(
    request: HttpRequest,
    filters: Query[DeviceFilter],
    paging: Query[Paging],
    order: Literal["identifier", "-identifier", "first_seen_at", "-first_seen_at"] = "identifier",
) -> dict[str, Any]:
    """The devices that you may give to buses: those in yours, and those in none."""
    return page_of(filters.filter(devices_told(person_of(request))), paging, order)


@router.get("/devices/{pk}", response=DeviceAnswer)
def show_device(request: HttpRequest, pk: Id) -> Device:
    """One device."""
    found: Device = get_object_or_404(devices_told(person_of(request)), pk=pk)
    return found


@router.get("/device-assignments", response=Page[AssignmentAnswer])
def list_assignments(
    request: HttpRequest, filters: Query[AssignmentFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """Which device was in which of your buses when, the newest first."""
    return page_of(filters.filter(assignments_for(person_of(request))), paging, "-since")


@router.get("/device-assignments/{pk}", response=AssignmentAnswer)
def show_assignment(request: HttpRequest, pk: Id) -> DeviceAssignment:
    """One assignment."""
    return get_object_or_404(assignments_for(person_of(request)), pk=pk)


@router.get("/positions", response=Page[PositionAnswer])
def list_positions(
    request: HttpRequest, filters: Query[BusOfPosition], paging: Query[Paging]
) -> dict[str, Any]:
    """Where the buses that you may watch were last, by plate."""
    watched = buses_for(person_of(request), WATCH_BUS).filter(archived_at=None)
    page = page_of(filters.filter(watched).select_related("last_position"), paging, "plate")
    now = timezone.now()
    return page | {"items": [position(bus, now) for bus in page["items"]]}


@router.get("/buses/{pk}/position", response=PositionAnswer)
def show_position(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """Where a bus was last."""
    watched = buses_for(person_of(request), WATCH_BUS).select_related("last_position")
    return position(get_object_or_404(watched, pk=pk), timezone.now())


@router.get("/findings", response=Page[FindingAnswer])
def list_findings(
    request: HttpRequest, filters: Query[FindingFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """What the rules found of the buses that you may watch, the newest first."""
    return page_of(filters.filter(findings_for(person_of(request))), paging, "-started_at")


@router.get("/findings/{pk}", response=FindingAnswer)
def show_finding(request: HttpRequest, pk: Id) -> Finding:
    """One finding."""
    return get_object_or_404(findings_for(person_of(request)), pk=pk)


def position(bus: Bus, now: datetime) -> dict[str, Any]:
    """Where a bus was last, with its age."""
    last: LastPosition = getattr(bus, "last_position", None) or LastPosition()
    return {
        "bus_id": bus.pk,
        "plate": bus.plate,
        "state": State(last.state).name.lower(),
        "place": place_of(last.position),
        "measured_at": last.time,
        "age_s": (now - last.time).total_seconds() if last.time else None,
        "heard_at": last.heard_at,
        "speed_mps": last.speed_mps,
        "course_deg": last.course_deg,
    }
