"""Writes: what an onboard unit recorded without a network, taken at once; each record once, however often it is sent.

A record that can't be taken is told by itself, and holds nothing else up: evidence is never lost for its neighbour.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.ledger.changes import (
    LedgerError,
    correct,
    record_count,
    record_pupil,
    record_walk,
    review_all,
)
from fleet.ledger.models import CountedWhat, PupilDeed, Source
from fleet.ledger.permissions import KEEP
from fleet.people.models import User
from fleet.pupils.models import Pupil
from fleet.records import refuse_unless_allowed
from fleet.trips.models import Trip

SAME_CLOCK = timedelta(seconds=5)
"""A clock that is wrong by less is right: the message was on its way so long."""


@dataclass(frozen=True)
class PupilEntry:
    """A boarding, an alighting, a transfer or a no-show of a batch."""

    key: UUID
    at: datetime
    pupil: int
    deed: PupilDeed
    order: int | None = None
    to_trip: int | None = None
    is_handed_over: bool = False


@dataclass(frozen=True)
class CountEntry:
    """A head count of a batch."""

    key: UUID
    at: datetime
    kind: CountedWhat
    count: int
    order: int | None = None


@dataclass(frozen=True)
class WalkEntry:
    """A walk-through of a batch."""

    key: UUID
    at: datetime
    is_empty: bool
    note: str = ""


@dataclass(frozen=True)
class CorrectionEntry:
    """A correction of a batch."""

    key: UUID
    at: datetime
    undoes: UUID
    reason: str


Entry = PupilEntry | CountEntry | WalkEntry | CorrectionEntry


@dataclass(frozen=True)
class Taken:
    """What became of a record: kept, or refused with the reason."""

    key: UUID
    problem: str = ""


@transaction.atomic
def take_batch(
    *, trip: Trip, entries: Sequence[Entry], by: User, clock: datetime | None = None
) -> list[Taken]:
    """Take the records of a trip from a device.

    Args:
        trip: which.
        entries: in any order, some of them perhaps again.
        by: who recorded them, and has signed in on the device.
        clock: the device's clock as it sends them; its error is taken off every time.

    Raises:
        PermissionDenied: for who does not keep the trip's ledger.

    Returns:
        What became of each, in their order.
    """
    refuse_unless_allowed(by, KEEP, trip)
    error = clock - timezone.now() if clock else timedelta(0)
    if abs(error) < SAME_CLOCK:
        error = timedelta(0)
    taken = [Taken(one.key, problem_with(partial(take, trip, one, by, one.at - error))) for one in entries]
    review_all(Trip.objects.select_related("pattern__route", "bus", "driver", "attendant").get(pk=trip.pk))
    return taken


def problem_with(write: Callable[[], object]) -> str:
    """Why a record can't be taken; nothing where it is."""
    try:
        with transaction.atomic():
            write()
    except (LedgerError, PermissionDenied) as error:
        return str(error)
    return ""


def take(trip: Trip, entry: Entry, by: User, at: datetime) -> None:
    """Keep one record."""
    match entry:
        case PupilEntry():
            take_pupil(trip, entry, by, at)
        case CountEntry():
            record_count(
                trip=trip, kind=entry.kind, count=entry.count, order=entry.order, by=by, key=entry.key, at=at,
                source=Source.UNIT, is_last=False,
            )  # fmt: skip
        case WalkEntry():
            record_walk(
                trip=trip, by=by, is_empty=entry.is_empty, note=entry.note, key=entry.key, at=at,
                source=Source.UNIT, is_last=False,
            )  # fmt: skip
        case CorrectionEntry():
            correct(
                trip=trip, undoes=entry.undoes, reason=entry.reason, by=by, key=entry.key, at=at,
                source=Source.UNIT, is_last=False,
            )  # fmt: skip


def take_pupil(trip: Trip, entry: PupilEntry, by: User, at: datetime) -> None:
    """Keep what a pupil did."""
    pupil = Pupil.objects.filter(pk=entry.pupil).first()
    other = (
        Trip.objects.select_related("pattern__route").filter(pk=entry.to_trip).first()
        if entry.to_trip
        else None
    )
    if pupil is None or (entry.to_trip and other is None):
        raise LedgerError(_("There is no such pupil or trip."))
    record_pupil(
        trip=trip,
        pupil=pupil,
        deed=entry.deed,
        by=by,
        key=entry.key,
        at=at,
        order=entry.order,
        to_trip=other,
        is_handed_over=entry.is_handed_over,
        source=Source.UNIT,
        is_last=False,
    )
