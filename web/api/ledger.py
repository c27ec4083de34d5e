"""The child ledger of a trip: read, and written in batches by onboard units that may send the same again."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema
from pydantic import StringConstraints
from rules import has_perm

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.ledger import batches
from fleet.ledger.models import CountedWhat, PupilDeed
from fleet.ledger.permissions import VIEW
from fleet.ledger.queries import ledger_for
from fleet.ledger.words import cure_in_words, wrong_in_words
from fleet.people.models import User
from fleet.pupils.models import Pupil
from fleet.tokens.models import Scope
from fleet.trips.models import Trip
from fleet.trips.queries import trips_for
from telematics.rules.ledger import GapKind, PupilState
from web.api.auth import reading, writing
from web.api.fields import PRINTABLE, SAYING_SOMETHING, Count, Flag, Id, Moment, StrictId
from web.api.payload import Input
from web.person import person_of

READ, WRITE = Scope.LEDGER_READ, Scope.LEDGER_WRITE
router = Router(tags=["child ledger"], auth=reading(READ))

MOST_ENTRIES = 500
Order = Annotated[
    Count | None, Field(description="Of the stop in the trip; null where it is not one of them.")
]
Reason = Annotated[str, StringConstraints(max_length=200, pattern=SAYING_SOMETHING)]
Note = Annotated[str, StringConstraints(max_length=200, pattern=PRINTABLE)]


class LedgerLineAnswer(Schema):
    """A pupil of a trip."""

    pupil_id: int
    name: str
    state: PupilState
    stop_order: int | None = Field(description="By the roster; null for who is not on it.")
    is_unexpected: bool
    boarded_at: datetime | None
    left_at: datetime | None


class GapAnswer(Schema):
    """Something that keeps the trip from closing."""

    kind: GapKind
    pupil_id: int | None
    wrong: str
    cure: str


class LedgerAnswer(Schema):
    """The ledger of a trip as it stands."""

    trip_id: int
    balances: bool = Field(description="Only then the trip may close.")
    aboard: int
    left: int
    pupils: list[LedgerLineAnswer]
    gaps: list[GapAnswer]


class LedgerEntry(Input):
    """What all entries share."""

    key: UUID = Field(description="Made by the device; the same entry sent again is one.")
    at: Moment = Field(description="By the device's clock.")


class PupilEntry(LedgerEntry):
    """A pupil boarded, got off, went on by another trip, or was not there."""

    type: Literal["pupil"]
    pupil_id: StrictId
    deed: PupilDeed
    stop_order: Order = None
    to_trip_id: StrictId | None = None
    is_handed_over: Flag = Field(False, description="An authorised adult has taken over.")


class CountEntry(LedgerEntry):
    """A head count."""

    type: Literal["count"]
    kind: CountedWhat
    count: Count
    stop_order: Order = None


class WalkEntry(LedgerEntry):
    """The token's person, driver or attendant of the trip, has walked to the rear seats."""

    type: Literal["walk"]
    is_empty: Flag = Field(description="Nobody was found.")
    note: Note = ""


class CorrectionEntry(LedgerEntry):
    """Undoes an entry, which may be sent later."""

    type: Literal["correction"]
    undoes: UUID
    reason: Reason


AnyEntry = Annotated[PupilEntry | CountEntry | WalkEntry | CorrectionEntry, Field(discriminator="type")]


class LedgerBatch(Input):
    """What a device has recorded of a trip."""

    clock: Moment | None = Field(None, description="The device's clock as it sends; its error is taken off.")
    entries: Annotated[list[AnyEntry], Field(min_length=1, max_length=MOST_ENTRIES)]


class TakenAnswer(Schema):
    """What became of an entry."""

    key: UUID
    kept: bool
    problem: str = Field(description="Why it can't be kept, for people; empty where it is.")


class LedgerBatchAnswer(Schema):
    """What became of each entry, in their order, and the ledger after them."""

    entries: list[TakenAnswer]
    ledger: LedgerAnswer


def trip_with(person: User, pk: int) -> Trip:
    """A trip whose ledger the person may see.

    Raises:
        Http404: where there is none.
    """
    found = trips_for(person).select_related("pattern__route", "bus", "driver", "attendant").distinct()
    trip: Trip = get_object_or_404(found, pk=pk)
    if not has_perm(VIEW, person, trip):
        raise Http404
    return trip


def told(trip: Trip, person: User) -> dict[str, Any]:
    """The ledger as it goes out; the access log has whom it shows."""
    ledger = ledger_for(trip)
    pupils = Pupil.objects.in_bulk([line.pupil for line in ledger.lines])
    record_access(by=person, action=Action.LIST, objects=pupils.values(), purpose=str(trip))
    return {
        "trip_id": trip.pk,
        "balances": ledger.balances,
        "aboard": ledger.aboard,
        "left": ledger.left,
        "pupils": [
            {
                "pupil_id": line.pupil,
                "name": pupils[line.pupil].name,
                "state": line.state,
                "stop_order": line.stop,
                "is_unexpected": line.is_unexpected,
                "boarded_at": line.boarded_at,
                "left_at": line.left_at,
            }
            for line in ledger.lines
        ],
        "gaps": [
            {
                "kind": gap.kind,
                "pupil_id": gap.pupil,
                "wrong": wrong_in_words(gap),
                "cure": cure_in_words(gap),
            }
            for gap in ledger.gaps
        ],
    }


@router.get("/trips/{pk}/ledger", response=LedgerAnswer)
@transaction.atomic
def show_ledger(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """Where each pupil of a trip is, and what keeps the trip from closing."""
    person = person_of(request)
    return told(trip_with(person, pk), person)


@router.post("/trips/{pk}/ledger/entries", response=LedgerBatchAnswer, auth=writing(WRITE))
@transaction.atomic
def add_entries(request: HttpRequest, pk: Id, payload: LedgerBatch) -> dict[str, Any]:
    """Keep what a device has recorded; what was sent before is kept once. Each entry is kept or refused by itself."""
    person = person_of(request)
    trip = trip_with(person, pk)
    taken = batches.take_batch(
        trip=trip, entries=[entry_of(one) for one in payload.entries], by=person, clock=payload.clock
    )
    return {
        "entries": [{"key": one.key, "kept": not one.problem, "problem": one.problem} for one in taken],
        "ledger": told(trip, person),
    }


def entry_of(sent: PupilEntry | CountEntry | WalkEntry | CorrectionEntry) -> batches.Entry:
    """An entry as changes take it."""
    match sent:
        case PupilEntry():
            return batches.PupilEntry(
                sent.key,
                sent.at,
                sent.pupil_id,
                PupilDeed(sent.deed),
                sent.stop_order,
                sent.to_trip_id,
                sent.is_handed_over,
            )
        case CountEntry():
            return batches.CountEntry(sent.key, sent.at, CountedWhat(sent.kind), sent.count, sent.stop_order)
        case WalkEntry():
            return batches.WalkEntry(sent.key, sent.at, sent.is_empty, sent.note)
        case CorrectionEntry():
            return batches.CorrectionEntry(sent.key, sent.at, sent.undoes, sent.reason)
