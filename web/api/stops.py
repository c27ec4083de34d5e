"""Stops: where they are, their approval, their markings to GB 24315, and what inspectors find there."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, FilterLookup, Query, Router, Schema, Status

from fleet.audit.models import Action
from fleet.organisations.directory import organisations_for
from fleet.organisations.models import Kind
from fleet.people.models import User
from fleet.routes import stop_changes as changes
from fleet.routes.models import SideOfRoad, Stop, StopKind, StopMarking
from fleet.routes.queries import stops_for
from fleet.routes.stop_states import StopState, with_state
from fleet.tokens.models import Scope
from web.api.auth import reading, writing
from web.api.fields import Day, GivenLine, Id, Known, Line, MaybeText, StrictId, omitted
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.payload import Change, WithReason, details_of
from web.api.places import GivenPlace, Place, place_of
from web.api.records import Owner
from web.api.stop_records import MarkingAnswer
from web.person import person_of

READ, WRITE = Scope.REGISTRY_READ, Scope.ROUTES_WRITE
router = Router(tags=["stops"], auth=reading(READ))

Heading = Annotated[
    float, Field(ge=0, lt=360, strict=True, description="Heading of the bus that arrives, degrees true.")
]


class StopAnswer(Schema):
    """A stop (校车安全管理条例 Art 28, 32)."""

    id: int
    name: str
    name_en: MaybeText
    place: Place
    approach_deg: float | None = Field(description="Heading of the bus that arrives, degrees true.")
    side: Annotated[SideOfRoad | None, Known]
    kind: Annotated[StopKind | None, Known]
    organisation_id: int
    school_id: int | None
    approval_number: MaybeText
    approved_on: date | None
    approved_until: date | None
    state: StopState = Field(alias="stop_state", description="What is the matter with it, the most urgent.")
    archived_at: datetime | None

    @staticmethod
    def resolve_place(stop: Stop) -> dict[str, float] | None:
        """Where it is."""
        return place_of(stop.place)


class StopDetail(StopAnswer):
    """A stop with its markings."""

    markings: list[MarkingAnswer]

    @staticmethod
    def resolve_markings(stop: Stop) -> list[StopMarking]:
        """Those that are in use."""
        return list(stop.markings.all())


class StopChange(Change):
    """Fields of a stop; one that is moved farther than 30 m is no longer approved."""

    name: GivenLine = omitted()
    name_en: Line | None = omitted()
    place: GivenPlace = omitted()
    approach_deg: Heading | None = omitted()
    side: SideOfRoad | None = omitted()
    kind: StopKind | None = omitted()
    organisation_id: StrictId = omitted()
    school_id: StrictId | None = omitted()


class NewStop(StopChange):
    """A stop to be put into the registry; it is not approved yet."""

    name: GivenLine
    place: GivenPlace
    organisation_id: StrictId = Field(description="Who keeps it.")


class Approval(Change):
    """The approval of a stop where it lies (Art 15, 28)."""

    approval_number: Annotated[GivenLine, Field(max_length=60)]
    approved_on: Day
    approved_until: Day | None = None


class StopFilter(RecordFilter):
    """Which stops."""

    q: Annotated[
        Line | None, FilterLookup(["name__icontains", "name_en__icontains", "approval_number__icontains"])
    ] = None
    school_id: Id | None = None
    organisation_id: Id | None = None
    state: Annotated[StopState | None, FilterLookup("stop_state")] = None


def stops_told(person: User) -> QuerySet[Stop]:
    """The stops that a person may see, each with its state today."""
    return with_state(stops_for(person), timezone.localdate())


def found_stop(person: User, pk: int, _action: Action | None = None) -> Stop:
    """A stop that a person may see, with its markings; 404 otherwise."""
    markings = Prefetch("markings", StopMarking.objects.current())
    return get_object_or_404(stops_told(person).prefetch_related(markings), pk=pk)


STOP = Owner("/stops", "stop", found_stop, READ, WRITE)


def details(request: HttpRequest, payload: StopChange) -> dict[str, Any]:
    """The details of a stop, with the organisations that it refers to."""
    reached = organisations_for(person_of(request), changes.CHANGE).current()
    found = details_of(payload, Stop, {"organisation": reached, "school": reached.filter(kind=Kind.SCHOOL)})
    return found | ({"place": payload.place.point} if "place" in found else {})


@router.get("", response=Page[StopAnswer])
def list_stops(
    request: HttpRequest,
    filters: Query[StopFilter],
    paging: Query[Paging],
    order: Literal["name", "-name", "pk", "-pk"] = "name",
) -> dict[str, Any]:
    """The stops that you may see."""
    return page_of(filters.filter(stops_told(person_of(request))), paging, order)


@router.get("/{pk}", response=StopDetail)
def show_stop(request: HttpRequest, pk: Id) -> Stop:
    """One stop, with its markings."""
    return found_stop(person_of(request), pk)


@router.post("", auth=writing(WRITE), response={201: StopDetail})
def add_stop(request: HttpRequest, payload: NewStop) -> Status[Stop]:
    """Put a stop into the registry."""
    person = person_of(request)
    made = changes.create_stop(by=person, reason=payload.reason, **details(request, payload))
    return Status(201, found_stop(person, made.pk))


@router.patch("/{pk}", auth=writing(WRITE), response=StopDetail)
def change_stop(request: HttpRequest, pk: Id, payload: StopChange) -> Stop:
    """Change a stop, or move it."""
    person = person_of(request)
    changes.change_stop(found_stop(person, pk), details(request, payload), by=person, reason=payload.reason)
    return found_stop(person, pk)


@router.post("/{pk}/approve", auth=writing(WRITE), response=StopDetail)
def approve_stop(request: HttpRequest, pk: Id, payload: Approval) -> Stop:
    """Approve a stop where it lies, for an authority."""
    person = person_of(request)
    changes.approve_stop(
        stop=found_stop(person, pk),
        number=payload.approval_number,
        approved_on=payload.approved_on,
        approved_until=payload.approved_until,
        by=person,
        reason=payload.reason,
    )
    return found_stop(person, pk)


@router.post("/{pk}/archive", auth=writing(WRITE), response=StopDetail)
def archive_stop(request: HttpRequest, pk: Id, payload: WithReason) -> Stop:
    """Take a stop out of use that no route serves any more."""
    person = person_of(request)
    changes.archive_stop(found_stop(person, pk), by=person, reason=payload.reason)
    return found_stop(person, pk)


@router.post("/{pk}/restore", auth=writing(WRITE), response=StopDetail)
def restore_stop(request: HttpRequest, pk: Id, payload: WithReason) -> Stop:
    """Bring an archived stop back into use."""
    person = person_of(request)
    changes.restore_stop(found_stop(person, pk), by=person, reason=payload.reason)
    return found_stop(person, pk)
