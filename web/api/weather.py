"""Low visibility: for programs that know the weather, such as a weather service's feed."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from fleet.organisations.directory import organisations_for
from fleet.routes import weather_changes as changes
from fleet.routes.models import LowVisibility, Weather
from fleet.routes.queries import low_visibility_for
from fleet.tokens.models import Scope
from web.api.auth import reading, writing
from web.api.fields import Id, Known, Line, MaybeText, Moment, StrictId, Text
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.payload import Change, WithReason, details_of
from web.person import person_of

READ, WRITE = Scope.REGISTRY_READ, Scope.REGISTRY_WRITE
router = Router(tags=["weather"], auth=reading(READ))


class LowVisibilityAnswer(Schema):
    """Low visibility in the area of an organisation and all below it."""

    id: int
    organisation_id: int
    weather: Annotated[Weather, Known]
    since: datetime
    until: datetime | None = Field(description="Null where it holds until it is ended.")
    note: MaybeText
    archived_at: datetime | None


class NewLowVisibility(Change):
    """Low visibility to be declared: from now on where `since` is left out, never in the past."""

    organisation_id: StrictId
    weather: Weather
    since: Moment | None = None
    until: Moment | None = None
    note: Line = ""
    reason: Text = ""


class LowVisibilityFilter(RecordFilter):
    """Which times."""

    organisation_id: Id | None = None
    weather: Weather | None = None


def found(request: HttpRequest, pk: int) -> LowVisibility:
    """One that the person may see; 404 otherwise."""
    one: LowVisibility = get_object_or_404(low_visibility_for(person_of(request)), pk=pk)
    return one


@router.get("", response=Page[LowVisibilityAnswer])
def list_low_visibility(
    request: HttpRequest,
    filters: Query[LowVisibilityFilter],
    paging: Query[Paging],
    order: Literal["since", "-since", "pk", "-pk"] = "-since",
) -> dict[str, Any]:
    """The times of low visibility that you may see."""
    return page_of(filters.filter(low_visibility_for(person_of(request))), paging, order)


@router.get("/{pk}", response=LowVisibilityAnswer)
def show_low_visibility(request: HttpRequest, pk: Id) -> LowVisibility:
    """One time of low visibility."""
    return found(request, pk)


@router.post("", auth=writing(WRITE), response={201: LowVisibilityAnswer})
def declare_low_visibility(request: HttpRequest, payload: NewLowVisibility) -> Status[LowVisibility]:
    """Declare low visibility: with pupils aboard 20 km/h hold while it lasts."""
    person = person_of(request)
    reached = organisations_for(person, changes.CHANGE).current()
    details = details_of(payload, LowVisibility, {"organisation": reached})
    return Status(201, changes.declare_low_visibility(by=person, reason=payload.reason, **details))


@router.post("/{pk}/end", auth=writing(WRITE), response=LowVisibilityAnswer)
def end_low_visibility(request: HttpRequest, pk: Id, payload: WithReason) -> LowVisibility:
    """Let low visibility end now."""
    return changes.end_low_visibility(found(request, pk), by=person_of(request), reason=payload.reason)
