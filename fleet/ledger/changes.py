"""Writes: what happened aboard, each once, never changed. What follows is found at once.

The key makes a record that is sent again the same one. A clock of a device that goes wrong is set right by whoever
takes its records; nothing is dated into the future.
"""

from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.evidence.changes import seal
from fleet.family.pupil_notices import tell_of_pupil, tell_taken_back
from fleet.ledger.findings import review
from fleet.ledger.models import (
    Correction,
    CountedWhat,
    CountingMachine,
    HeadCount,
    LedgerRecord,
    OccupancyReport,
    PupilDeed,
    PupilEvent,
    Source,
    Walker,
    WalkThrough,
)
from fleet.ledger.permissions import KEEP, REPORT_OCCUPANCY
from fleet.ledger.queries import roles_of
from fleet.people.models import User
from fleet.pupils.models import Pupil
from fleet.records import refuse_archived, refuse_unless_allowed
from fleet.trips.models import StopVisit, Trip, TripState
from fleet.trips.recount import counted, counted_by_machine
from fleet.vehicles.models import Bus

UNDO_ALONE = timedelta(minutes=5)
"""So long after a tap whoever made it may undo it; later it takes somebody else."""
LARGEST_COUNT = 300

R = TypeVar("R", bound=LedgerRecord)


class LedgerError(Exception):
    """Something can't be recorded in this way; the message says why, to people."""


@transaction.atomic
def record_pupil(
    *,
    trip: Trip,
    pupil: Pupil,
    deed: PupilDeed,
    by: User,
    key: UUID | None = None,
    at: datetime | None = None,
    order: int | None = None,
    to_trip: Trip | None = None,
    is_handed_over: bool = False,
    source: Source = Source.PAGE,
    is_last: bool = True,
) -> PupilEvent:
    """Record that a pupil boarded, got off, went on by another bus, or was not there.

    Args:
        trip: which.
        pupil: of the school that the trip serves.
        deed: what.
        by: who saw it.
        key: names the record; the same one again changes nothing.
        at: when; now where it is not given.
        order: of the stop in the trip.
        to_trip: by which trip a pupil goes on.
        is_handed_over: an authorised adult has taken over.
        source: by which way it comes.
        is_last: what follows is found now; of several records at once, after the last one.

    Raises:
        PermissionDenied: for who does not keep the trip's ledger.
        LedgerError: for a pupil of another school, a stop that is not the trip's, or a trip that is cancelled.
    """
    locked = locked_trip(trip, by)
    if pupil.school_id != locked.pattern.route.school_id:
        raise LedgerError(_("This pupil is of another school."))
    if (deed == PupilDeed.TRANSFER) != (to_trip is not None) or to_trip == locked:
        raise LedgerError(_("Say by which other trip the pupil goes on."))
    visit = None
    if order is not None:
        visit = StopVisit.objects.filter(trip=locked, order=order).first()
        if visit is None:
            raise LedgerError(_("The trip has no such stop."))
    made, is_new = kept(
        PupilEvent(
            pupil=pupil,
            deed=deed,
            stop_id=visit.stop_id if visit else None,
            order=order,
            to_trip=to_trip,
            is_handed_over=is_handed_over,
            **common(locked, by, key, at, source),
        )
    )
    if is_new:
        tell_of_pupil(locked, pupil, deed, made.at)
    if is_new and is_last:
        review_all(locked, to_trip)
    return made


@transaction.atomic
def record_count(
    *,
    trip: Trip,
    kind: CountedWhat,
    count: int,
    by: User,
    order: int | None = None,
    key: UUID | None = None,
    at: datetime | None = None,
    source: Source = Source.PAGE,
    instead_of: HeadCount | None = None,
    reason: str = "",
    is_last: bool = True,
) -> HeadCount:
    """Record how many pupils somebody has counted.

    Args:
        trip: which.
        kind: aboard on leaving a stop, or off in all.
        count: how many.
        by: who counted.
        order: of the stop that was left.
        key: as for pupils.
        at: the same.
        source: the same.
        instead_of: a count that this one corrects.
        reason: why it does.
        is_last: as for pupils.

    Raises:
        PermissionDenied: for who does not keep the trip's ledger.
        LedgerError: for a number that nobody can have counted, or a correction that somebody else has to make.
    """
    locked = locked_trip(trip, by)
    if not 0 <= count <= LARGEST_COUNT:
        raise LedgerError(_("This is no number of pupils."))
    if instead_of is not None:
        undo(locked, instead_of, instead_of.key, by=by, reason=reason or _("Counted again"), source=source)
    made, is_new = kept(HeadCount(kind=kind, count=count, order=order, **common(locked, by, key, at, source)))
    if is_new and is_last:
        review_all(locked)
    return made


@transaction.atomic
def record_walk(
    *,
    trip: Trip,
    by: User,
    is_empty: bool,
    role: Walker | None = None,
    note: str = "",
    key: UUID | None = None,
    at: datetime | None = None,
    source: Source = Source.PAGE,
    is_last: bool = True,
) -> WalkThrough:
    """Record that the driver or the attendant has walked to the rear seats.

    Args:
        trip: which.
        by: who walked.
        is_empty: found nobody.
        role: in which capacity; needs to be given only by who is both.
        note: what was found.
        key: as for pupils.
        at: the same.
        source: the same.
        is_last: the same.

    Raises:
        PermissionDenied: for who does not keep the trip's ledger.
        LedgerError: for who is neither driver nor attendant of the trip.
    """
    locked = locked_trip(trip, by)
    roles = roles_of(by, locked)
    if not roles or (role is not None and role not in roles):
        raise LedgerError(_("The driver and the attendant of the trip walk through the bus, each of them."))
    made, is_new = kept(
        WalkThrough(
            role=role or roles[0], is_empty=is_empty, note=note.strip(), **common(locked, by, key, at, source)
        )
    )
    if is_new and is_last:
        review_all(locked)
    return made


@transaction.atomic
def correct(
    *,
    trip: Trip,
    undoes: UUID,
    reason: str,
    by: User,
    key: UUID | None = None,
    at: datetime | None = None,
    source: Source = Source.PAGE,
    is_last: bool = True,
) -> Correction:
    """Undo a boarding, an alighting or a count; it stays in the ledger, with the reason.

    Args:
        trip: which.
        undoes: key of the record; it may not have arrived yet.
        reason: why.
        by: who corrects; after a few minutes somebody else than who recorded it.
        key: as for pupils.
        at: the same.
        source: the same.
        is_last: the same.

    Raises:
        PermissionDenied: for who does not keep the trip's ledger.
        LedgerError: without a reason, for a record of another trip, or where it takes somebody else.
    """
    locked = locked_trip(trip, by)
    kinds = (PupilEvent, HeadCount)
    found = next((one for kind in kinds if (one := kind.objects.filter(key=undoes).first())), None)
    made = undo(locked, found, undoes, by=by, reason=reason, key=key, at=at, source=source)
    if is_last:
        review_all(locked)
    return made


def undo(
    trip: Trip,
    found: PupilEvent | HeadCount | None,
    undoes: UUID,
    *,
    by: User,
    reason: str,
    key: UUID | None = None,
    at: datetime | None = None,
    source: Source,
) -> Correction:
    """Store a correction, and tell the family where it was told what is not so."""
    if not reason.strip():
        raise LedgerError(_("Say why."))
    if found is None and source == Source.PAGE:
        raise LedgerError(_("There is no such entry."))
    if found is not None and found.trip_id != trip.pk:
        raise LedgerError(_("This entry is of another trip."))
    if found is not None and found.by_id == by.pk and timezone.now() - found.received_at > UNDO_ALONE:
        raise LedgerError(_("After five minutes somebody else has to correct what you have recorded."))
    made, is_new = kept(Correction(undoes=undoes, reason=reason.strip(), **common(trip, by, key, at, source)))
    if is_new and found is not None:
        counted(trip.bus_id, trip.service_date, found.at)
    if is_new and isinstance(found, PupilEvent):
        tell_taken_back(trip, found.pupil, PupilDeed(found.deed), made.at)
    return made


@transaction.atomic
def report_occupancy(
    *, bus: Bus, source: CountingMachine, at: datetime, lowest: int, highest: int | None, by: User
) -> OccupancyReport:
    """Keep what a machine says of how many are aboard. Of one machine and moment there is one report, the first.

    Args:
        bus: which.
        source: what counted.
        at: when, by a clock that is right.
        lowest: people, adults too, at least.
        highest: at most; None where it can't tell.
        by: whose account the machine uses.

    Raises:
        PermissionDenied: for who does not run the bus and does not serve aboard.
        RecordError: where the bus is archived.
        LedgerError: for numbers that can't be, or a time that has not come yet.
    """
    refuse_unless_allowed(by, REPORT_OCCUPANCY, bus)
    refuse_archived(bus)
    if not 0 <= lowest <= (lowest if highest is None else highest) <= LARGEST_COUNT:
        raise LedgerError(_("This is no number of people."))
    if at > timezone.now():
        raise LedgerError(_("This time has not come yet."))
    stored, is_new = OccupancyReport.objects.get_or_create(
        bus=bus, source=source, at=at, defaults={"lowest": lowest, "highest": highest}
    )
    if is_new:
        counted_by_machine(bus.pk, at)
        seal([stored])
        under_way = Trip.objects.filter(bus=bus, state__in=(TripState.RUNNING, TripState.CLOSING))
        for trip in under_way.select_related("pattern__route", "bus", "driver", "attendant"):
            review(trip, timezone.now())
    return stored


def review_all(*trips: Trip | None) -> None:
    """Find what follows for trips and for those that pupils came from."""
    now = timezone.now()
    from_others = Trip.objects.filter(
        pk__in=PupilEvent.objects.filter(to_trip__in=[t for t in trips if t]).values("trip")
    )
    crew = from_others.select_related("pattern__route", "bus", "driver", "attendant")
    for trip in {one.pk: one for one in (*trips, *crew) if one is not None}.values():
        review(trip, now)


def locked_trip(trip: Trip, by: User) -> Trip:
    """The trip, locked, for who keeps its ledger.

    Raises:
        PermissionDenied: for everybody else.
        LedgerError: where it is cancelled.
    """
    refuse_unless_allowed(by, KEEP, trip)
    rows = Trip.objects.select_for_update(of=("self",))
    found = rows.select_related("pattern__route", "bus", "driver", "attendant").get(pk=trip.pk)
    if found.state == TripState.CANCELLED:
        raise LedgerError(_("The trip is cancelled."))
    return found


def common(trip: Trip, by: User, key: UUID | None, at: datetime | None, source: Source) -> dict[str, Any]:
    """What all records share."""
    return {"trip": trip, "by": by, "key": key or uuid4(), "at": not_in_future(at), "source": source}


def not_in_future(at: datetime | None) -> datetime:
    """The moment, or now."""
    now = timezone.now()
    return now if at is None else min(at, now)


def kept(record: R) -> tuple[R, bool]:
    """Store and seal a record, unless it is there; gives the one that is, and whether it is new.

    Raises:
        LedgerError: where its key names a record of another trip.
    """
    known = type(record)._default_manager.filter(key=record.key).first()
    if known is None:
        record.save()
        if isinstance(record, PupilEvent | HeadCount):
            counted(record.trip.bus_id, record.trip.service_date, record.at)
        seal([record])
        return record, True
    if known.trip_id != record.trip_id:
        raise LedgerError(_("This entry is of another trip."))
    return known, False
