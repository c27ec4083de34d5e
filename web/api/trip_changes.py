"""What is done with trips: let go through the gate, moved on by hand, substituted, cancelled, explained.

Each body carries the `version` that was seen. Where the trip has changed since, nothing is done and the answer is
409; so a request that is sent twice does its work once.
"""

from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router

from fleet.dispatch.queries import attendants_for_trip, drivers_for_trip
from fleet.people.models import User
from fleet.trips import changes
from fleet.trips.models import Trip
from fleet.trips.states import Step
from web.api.auth import writing
from web.api.fields import Id, StrictId
from web.api.payload import Input, referred
from web.api.trips import WRITE, TripDetail, Why, found_trip, usable_buses
from web.person import person_of

router = Router(tags=["trips"], auth=writing(WRITE))

Version = Annotated[
    int, Field(ge=0, le=2**31 - 1, strict=True, description="Of the trip, as you have seen it.")
]


class Seen(Input):
    """A step with a trip."""

    version: Version


class SeenWithReason(Seen):
    """A step that needs a reason."""

    reason: Why


class Substitute(SeenWithReason):
    """Who runs a trip instead; what is left out stays."""

    bus_id: StrictId | None = None
    driver_id: StrictId | None = None
    attendant_id: StrictId | None = None


def seen_trip(person: User, pk: int, version: int) -> Trip:
    """A trip as the person has seen it; 404 where they may see none."""
    trip = found_trip(person, pk, None)
    trip.version = version
    return trip


@router.post("/trips/{pk}/dispatch", response=TripDetail)
def dispatch_trip(request: HttpRequest, pk: Id, payload: Seen) -> Trip:
    """Let a trip go, on the newest word of the gate about its bus and departure; 409 says all that is in the way."""
    person = person_of(request)
    changes.dispatch_trip(trip=seen_trip(person, pk, payload.version), by=person)
    return found_trip(person, pk)


@router.post("/trips/{pk}/start", response=TripDetail)
def start_trip(request: HttpRequest, pk: Id, payload: Seen) -> Trip:
    """Say that a trip has left its first stop, where no report does."""
    return moved(request, pk, Step.START, payload.version)


@router.post("/trips/{pk}/arrive", response=TripDetail)
def arrive(request: HttpRequest, pk: Id, payload: Seen) -> Trip:
    """Say that a trip has reached its last stop, where no report does."""
    return moved(request, pk, Step.ARRIVE, payload.version)


@router.post("/trips/{pk}/close", response=TripDetail)
def close_trip(request: HttpRequest, pk: Id, payload: Seen) -> Trip:
    """Close a trip whose child ledger balances; 409 says all that is in the way."""
    return moved(request, pk, Step.CLOSE, payload.version)


@router.post("/trips/{pk}/recall", response=TripDetail)
def recall_trip(request: HttpRequest, pk: Id, payload: SeenWithReason) -> Trip:
    """Call a trip back that was let go: the gate has to be asked again."""
    return moved(request, pk, Step.RECALL, payload.version, reason=payload.reason)


@router.post("/trips/{pk}/cancel", response=TripDetail)
def cancel_trip(request: HttpRequest, pk: Id, payload: SeenWithReason) -> Trip:
    """Cancel a trip that has not left; its families are told."""
    return moved(request, pk, Step.CANCEL, payload.version, reason=payload.reason)


def moved(request: HttpRequest, pk: int, step: Step, version: int, *, reason: str = "") -> Trip:
    """A trip after a step."""
    person = person_of(request)
    trip = seen_trip(person, pk, version)
    changes.move_trip(trip=trip, step=step, by=person, reason=reason)
    return found_trip(person, pk)


@router.post("/trips/{pk}/substitute", response=TripDetail)
def substitute(request: HttpRequest, pk: Id, payload: Substitute) -> Trip:
    """Have another bus, driver or attendant run a trip, in one action.

    A trip that was let go is called back to the gate; one that runs goes on running.
    """
    person = person_of(request)
    trip = seen_trip(person, pk, payload.version)
    bus = referred(usable_buses(person), payload.bus_id, "bus_id")
    of = bus or trip.bus
    if of is None:
        raise changes.TripError(_("No bus is named."))
    changes.substitute(
        trip=trip,
        by=person,
        reason=payload.reason,
        bus=bus,
        driver=referred(drivers_for_trip(person, of), payload.driver_id, "driver_id"),
        attendant=referred(attendants_for_trip(person, of), payload.attendant_id, "attendant_id"),
    )
    return found_trip(person, pk)


@router.put("/trips/{pk}/late-reason", response=TripDetail)
def explain_lateness(request: HttpRequest, pk: Id, payload: SeenWithReason) -> Trip:
    """Say why a trip is late; whoever waits for it is told."""
    person = person_of(request)
    trip = seen_trip(person, pk, payload.version)
    changes.explain_lateness(trip=trip, reason=payload.reason, by=person)
    return found_trip(person, pk)
