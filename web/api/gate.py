"""The dispatch gate: asked whether a trip may leave, its recorded checks, and overrides by two people."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, FilterLookup, FilterSchema, Query, Router, Schema, Status

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.dispatch import changes
from fleet.dispatch.models import ExceptionReason, GateCheck
from fleet.dispatch.plan import TripPlan
from fleet.dispatch.queries import attendants_for_trip, checks_for, drivers_for_trip
from fleet.dispatch.situation import Answer, Stage
from fleet.dispatch.words import cure_in_words, wrong_in_words
from fleet.people.models import User
from fleet.routes.queries import routes_for
from fleet.tokens.models import Scope
from fleet.vehicles.queries import buses_for
from web.api.auth import reading, writing
from web.api.fields import Count, GivenLine, GivenText, Id, Moment, StrictId, told_in_place
from web.api.paging import Page, Paging, page_of
from web.api.payload import Input, needed, referred
from web.person import person_of

READ, WRITE = Scope.GATE_READ, Scope.GATE_WRITE
router = Router(tags=["dispatch gate"], auth=reading(READ))

UNKNOWN = Answer.UNKNOWN

OfStage = Annotated[Stage, told_in_place(Stage)]


class RefusalAnswer(Schema):
    """One reason why a trip may not leave."""

    code: str
    wrong: str = Field(description="What is wrong, for people.")
    article: str
    cure: str = Field(description="Code of what would put it right.")
    cure_text: str
    unknown: bool = Field(description="Nothing is known of it, which counts as not met.")
    found: str | float | None
    limit: str | float | None


class OverrideAnswer(Schema):
    """Two people let a trip off its approved route (Art 30)."""

    exception: ExceptionReason
    reason: str
    requested_by_id: int
    requested_at: datetime
    confirmed_by_id: int | None
    confirmed_at: datetime | None = Field(description="From then on it counts.")


class GateCheckAnswer(Schema):
    """A question to the gate and its answer; never changed."""

    id: int
    bus_id: int
    driver_id: int | None
    attendant_id: int | None
    route_id: int | None
    starts_at: datetime
    allowed: bool
    may_leave: bool = Field(description="Allowed, or let go by two people.")
    refusals: list[RefusalAnswer]
    profile: str = Field(description="The regulation profile that it was held against.")
    override: OverrideAnswer | None
    checked_by_id: int
    checked_at: datetime


class Plan(Input):
    """What is to run, with what is known at departure only; what is left out is unknown.

    The gate adds the checks of the bus that were recorded on the day.
    """

    bus_id: StrictId
    starts_at: Moment
    route_id: StrictId | None = None
    driver_id: StrictId | None = None
    attendant_id: StrictId | None = None
    stops: Annotated[list[GivenLine] | None, Field(max_length=200)] = Field(
        None, description="Names of the stops to be served, where not all of the route's."
    )
    hazards_protected: Answer = UNKNOWN
    stages: Annotated[list[OfStage] | None, Field(max_length=3)] = Field(None, description="Of the pupils.")
    pupils: Count | None = Field(None, description="Aboard at most.")
    adults: Count | None = Field(None, description="Aboard at most, with the driver.")
    front_seat_free: Answer = UNKNOWN
    nobody_else_rides: Answer = UNKNOWN
    running_allowed: Answer = UNKNOWN


class OverrideInput(Input):
    """Why the bus must leave its approved route (Art 30)."""

    exception: ExceptionReason
    reason: GivenText


class CheckFilter(FilterSchema):
    """Which checks."""

    bus_id: Id | None = None
    driver_id: Id | None = None
    allowed: bool | None = None
    since: Annotated[Moment | None, FilterLookup("starts_at__gte")] = None
    before: Annotated[Moment | None, FilterLookup("starts_at__lt")] = None


def told(check: GateCheck) -> dict[str, Any]:
    """A check as it goes out."""
    override = getattr(check, "override", None)
    confirmation = getattr(override, "confirmation", None)
    own = {name: getattr(check, name) for name in GateCheckAnswer.model_fields if hasattr(check, name)}
    return own | {
        "may_leave": check.allowed or confirmation is not None,
        "refusals": [
            refusal | {"wrong": wrong_in_words(refusal), "cure_text": cure_in_words(refusal)}
            for refusal in check.refusals
        ],
        "override": override
        and {
            "exception": override.exception,
            "reason": override.reason,
            "requested_by_id": override.requested_by_id,
            "requested_at": override.requested_at,
            "confirmed_by_id": confirmation and confirmation.confirmed_by_id,
            "confirmed_at": confirmation and confirmation.confirmed_at,
        },
    }


def shown(person: User, checks: list[GateCheck], action: Action) -> list[dict[str, Any]]:
    """Checks as they go out, once the access log has the look at the people whom they judge."""
    judged = {one for check in checks for one in (check.driver, check.attendant) if one}
    record_access(by=person, action=action, objects=sorted(judged, key=lambda one: (one._meta.label, one.pk)))
    return [told(check) for check in checks]


def found_check(person: User, pk: int) -> GateCheck:
    """A check that a person may see; 404 otherwise."""
    return get_object_or_404(checks_for(person), pk=pk)


def plan_of(person: User, payload: Plan) -> TripPlan:
    """The plan in a body.

    Raises:
        ValidationError: naming a reference to what is not there, or may not be chosen.
    """
    bus = needed(buses_for(person).filter(archived_at=None), payload.bus_id, "bus_id")
    answers = payload.model_dump(
        exclude={"bus_id", "route_id", "driver_id", "attendant_id", "stops", "stages"}
    )
    return TripPlan(
        bus=bus,
        route=referred(routes_for(person), payload.route_id, "route_id"),
        driver=referred(drivers_for_trip(person, bus), payload.driver_id, "driver_id"),
        attendant=referred(attendants_for_trip(person, bus), payload.attendant_id, "attendant_id"),
        stops=None if payload.stops is None else frozenset(payload.stops),
        stages=None if payload.stages is None else frozenset(payload.stages),
        **answers,
    )


@router.get("/gate/checks", response=Page[GateCheckAnswer])
def list_checks(request: HttpRequest, filters: Query[CheckFilter], paging: Query[Paging]) -> dict[str, Any]:
    """The gate's checks of your buses, the newest first."""
    person = person_of(request)
    page = page_of(filters.filter(checks_for(person)), paging, "-checked_at")
    return page | {"items": shown(person, page["items"], Action.LIST)}


@router.get("/gate/checks/{pk}", response=GateCheckAnswer)
def show_check(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """One check."""
    person = person_of(request)
    return shown(person, [found_check(person, pk)], Action.VIEW)[0]


@router.post("/gate/checks", auth=writing(WRITE), response={201: GateCheckAnswer})
def check_trip(request: HttpRequest, payload: Plan) -> Status[dict[str, Any]]:
    """Ask whether a trip may leave. Question and answer are recorded; a refusal names every reason."""
    person = person_of(request)
    made = changes.check_trip(plan=plan_of(person, payload), by=person)
    return Status(201, shown(person, [found_check(person, made.pk)], Action.VIEW)[0])


@router.post("/gate/checks/{pk}/override", auth=writing(WRITE), response={201: GateCheckAnswer})
def request_override(request: HttpRequest, pk: Id, payload: OverrideInput) -> Status[dict[str, Any]]:
    """Ask to let a trip off its approved route; it counts once another person confirms it."""
    person = person_of(request)
    check = found_check(person, pk)
    changes.request_override(check=check, exception=payload.exception, reason=payload.reason, by=person)
    return Status(201, shown(person, [found_check(person, pk)], Action.VIEW)[0])


@router.post("/gate/checks/{pk}/override/confirm", auth=writing(WRITE), response=GateCheckAnswer)
def confirm_override(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """Be the second person for an override."""
    person = person_of(request)
    override = getattr(found_check(person, pk), "override", None)
    if override is None:
        raise Http404
    changes.confirm_override(override=override, by=person)
    return shown(person, [found_check(person, pk)], Action.VIEW)[0]
