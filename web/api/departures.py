"""When patterns are run and by which bus, and the dangerous stretches and speed limiters of their lines."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from fleet.routes import route_changes as changes
from fleet.routes.models import Departure, HazardKind, HazardousStretch, LimiterStretch
from fleet.routes.patterns import FASTEST_KMH, SLOWEST_KMH
from fleet.routes.route_changes import OfPattern
from fleet.vehicles.queries import buses_for
from web.api.auth import reading, writing
from web.api.fields import Clock, Flag, Id, Line, MaybeText, StrictId, omitted
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.patterns import READ, WRITE, DepartureAnswer, found_pattern
from web.api.payload import Change, WithReason, referred
from web.person import person_of

router = Router(tags=["routes"], auth=reading(READ))


class DepartureChange(Change):
    """Fields of a departure."""

    at: Clock = omitted()
    bus_id: StrictId | None = omitted()


class NewDeparture(DepartureChange):
    """A departure to be planned."""

    at: Clock
    bus_id: StrictId | None = None


class StretchAnswer(Schema):
    """A dangerous part of a pattern's line, where 20 km/h hold (校车安全管理条例 Art 28, 35)."""

    id: int
    pattern_id: int
    kind: HazardKind
    begins_m: float = Field(description="Along the pattern's line.")
    ends_m: float = Field(description="Along the pattern's line.")
    protected: bool = Field(description="Barriers and signs are there.")
    note: MaybeText
    archived_at: datetime | None


class NewStretch(Change):
    """A dangerous part of a line."""

    kind: HazardKind
    begins_m: float = Field(ge=0, strict=True, description="Along the pattern's line.")
    ends_m: float = Field(ge=0, strict=True, description="Along the pattern's line.")
    protected: Flag = False
    note: Line = ""


class LimiterAnswer(Schema):
    """A part of a pattern's line on which buses go slower than the law asks for (校车安全管理条例 Art 10)."""

    id: int
    pattern_id: int
    begins_m: float = Field(description="Along the pattern's line.")
    ends_m: float = Field(description="Along the pattern's line.")
    limit_kmh: int
    note: MaybeText
    since: datetime = Field(description="Driving before it is not held against it.")
    archived_at: datetime | None


class NewLimiter(Change):
    """A speed limiter on a part of a line."""

    begins_m: float = Field(ge=0, strict=True, description="Along the pattern's line.")
    ends_m: float = Field(ge=0, strict=True, description="Along the pattern's line.")
    limit_kmh: int = Field(ge=SLOWEST_KMH, le=FASTEST_KMH, strict=True)
    note: Line = ""


def found_part(model: type[OfPattern], request: HttpRequest, pk: int, record_pk: int) -> OfPattern:
    """A departure, dangerous stretch or speed limiter of a pattern that the person may see; 404 otherwise."""
    pattern = found_pattern(person_of(request), pk)
    found: OfPattern = get_object_or_404(
        model._default_manager.select_related("pattern__route"), pattern=pattern, pk=record_pk
    )
    return found


@router.get("/patterns/{pk}/departures", response=Page[DepartureAnswer])
def list_departures(
    request: HttpRequest, pk: Id, filters: Query[RecordFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """The departures of a way."""
    pattern = found_pattern(person_of(request), pk)
    return page_of(filters.filter(Departure.objects.filter(pattern=pattern)), paging, "at")


@router.get("/patterns/{pk}/departures/{record_pk}", response=DepartureAnswer)
def show_departure(request: HttpRequest, pk: Id, record_pk: Id) -> Departure:
    """One departure."""
    return found_part(Departure, request, pk, record_pk)


@router.post("/patterns/{pk}/departures", auth=writing(WRITE), response={201: DepartureAnswer})
def add_departure(request: HttpRequest, pk: Id, payload: NewDeparture) -> Status[Departure]:
    """Have a way run at a time of its days; the trips of the coming days follow."""
    person = person_of(request)
    pattern = found_pattern(person, pk)
    bus = referred(buses_for(person).filter(archived_at=None), payload.bus_id, "bus_id")
    made = changes.add_departure(pattern=pattern, at=payload.at, bus=bus, by=person, reason=payload.reason)
    return Status(201, made)


@router.patch("/patterns/{pk}/departures/{record_pk}", auth=writing(WRITE), response=DepartureAnswer)
def change_departure(request: HttpRequest, pk: Id, record_pk: Id, payload: DepartureChange) -> Departure:
    """Give a departure another time or bus."""
    person = person_of(request)
    departure = found_part(Departure, request, pk, record_pk)
    given, bus = payload.given(), departure.bus
    if "bus_id" in given:
        bus = referred(buses_for(person).filter(archived_at=None), payload.bus_id, "bus_id")
    return changes.change_departure(
        departure, at=given.get("at", departure.at), bus=bus, by=person, reason=payload.reason
    )


@router.post("/patterns/{pk}/departures/{record_pk}/archive", auth=writing(WRITE), response=DepartureAnswer)
def archive_departure(request: HttpRequest, pk: Id, record_pk: Id, payload: WithReason) -> Departure:
    """Take a departure out of use; its trips of the coming days are cancelled."""
    departure = found_part(Departure, request, pk, record_pk)
    return changes.archive_of_pattern(departure, by=person_of(request), reason=payload.reason)


@router.get("/patterns/{pk}/hazardous-stretches", response=Page[StretchAnswer])
def list_stretches(
    request: HttpRequest, pk: Id, filters: Query[RecordFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """The dangerous stretches of a way."""
    pattern = found_pattern(person_of(request), pk)
    return page_of(filters.filter(HazardousStretch.objects.filter(pattern=pattern)), paging, "begins_m")


@router.post("/patterns/{pk}/hazardous-stretches", auth=writing(WRITE), response={201: StretchAnswer})
def add_stretch(request: HttpRequest, pk: Id, payload: NewStretch) -> Status[HazardousStretch]:
    """Record a dangerous part of a way."""
    person = person_of(request)
    pattern = found_pattern(person, pk)
    made = changes.add_stretch(pattern=pattern, by=person, reason=payload.reason, **payload.given())
    return Status(201, made)


@router.post(
    "/patterns/{pk}/hazardous-stretches/{record_pk}/archive", auth=writing(WRITE), response=StretchAnswer
)
def archive_stretch(request: HttpRequest, pk: Id, record_pk: Id, payload: WithReason) -> HazardousStretch:
    """Take a dangerous stretch out of use that is none any more."""
    stretch = found_part(HazardousStretch, request, pk, record_pk)
    return changes.archive_of_pattern(stretch, by=person_of(request), reason=payload.reason)


@router.get("/patterns/{pk}/speed-limiters", response=Page[LimiterAnswer])
def list_limiters(
    request: HttpRequest, pk: Id, filters: Query[RecordFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """The stretches of a way that have a speed limiter."""
    pattern = found_pattern(person_of(request), pk)
    return page_of(filters.filter(LimiterStretch.objects.filter(pattern=pattern)), paging, "begins_m")


@router.post("/patterns/{pk}/speed-limiters", auth=writing(WRITE), response={201: LimiterAnswer})
def add_limiter(request: HttpRequest, pk: Id, payload: NewLimiter) -> Status[LimiterStretch]:
    """Have buses go slower on a part of a way, from now on."""
    person = person_of(request)
    pattern = found_pattern(person, pk)
    made = changes.add_limiter(pattern=pattern, by=person, reason=payload.reason, **payload.given())
    return Status(201, made)


@router.post("/patterns/{pk}/speed-limiters/{record_pk}/archive", auth=writing(WRITE), response=LimiterAnswer)
def archive_limiter(request: HttpRequest, pk: Id, record_pk: Id, payload: WithReason) -> LimiterStretch:
    """Take a speed limiter off; driving up to now stays held against it."""
    limiter = found_part(LimiterStretch, request, pk, record_pk)
    return changes.archive_of_pattern(limiter, by=person_of(request), reason=payload.reason)
