"""Writes: what people do with trips; each step guarded, with who and why, and never twice at the same time.

Whoever acts has seen a version of the trip; where it has changed since, nothing is done and they are told.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.dispatch.changes import may_leave
from fleet.dispatch.models import GateCheck
from fleet.dispatch.plan import TripPlan, stages_of
from fleet.dispatch.queries import usual_crews
from fleet.evidence.changes import seal
from fleet.family.changed import family_changed
from fleet.ledger.findings import review
from fleet.ledger.queries import ledger_for
from fleet.ledger.words import gaps_in_words
from fleet.people.models import Attendant, Driver, User
from fleet.pupils.riders import most_aboard
from fleet.records import refuse_unless_allowed
from fleet.routes.models import RoutePattern
from fleet.trips.generation import crew_fields, store_visits
from fleet.trips.models import Trip, TripEvent, TripState
from fleet.trips.states import GateWord, Situation, State, Step, TransitionError, after
from fleet.trips.words import refusal_in_words
from fleet.vehicles.models import Bus
from telematics.rules.ledger import Gap

RUN, CHANGE = "trips.run_trip", "trips.change_trip"
RAN_UNLET = "ran_unlet"


class TripError(Exception):
    """A trip can't be changed in this way; the message says why, to people."""


class TripChangedError(TripError):
    """Somebody else has changed the trip meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("The trip has been changed meanwhile. Look at it again."))


class LedgerOpenError(TripError):
    """The child ledger does not balance: the trip can't close."""

    def __init__(self, gaps: tuple[Gap, ...]) -> None:
        super().__init__(gaps_in_words(gaps))
        self.gaps = gaps


@transaction.atomic
def add_trip(*, pattern: RoutePattern, starts_at: datetime, bus: Bus | None, reason: str, by: User) -> Trip:
    """Plan a run besides the timetable; generation leaves it alone.

    Raises:
        PermissionDenied: where the person may not change trips of the route's school or of the bus.
        TripError: without a reason, for a pattern without stops, or for a run that is planned already.
    """
    if not reason.strip():
        raise TripError(_("Say why the trip is added."))
    stops = list(pattern.pattern_stops.order_by("order"))
    if not stops:
        raise TripError(_("The route has no stops in this direction yet."))
    trip = Trip(
        pattern=pattern,
        service_date=timezone.localtime(starts_at).date(),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(seconds=stops[-1].offset_s),
        planned_bus=bus,
        bus=bus,
    )
    crews = usual_crews([bus.pk] if bus else [], trip.service_date)
    for name, member in crew_fields(crews, trip.bus_id, pattern.route_id).items():
        setattr(trip, name, member)
    refuse_unless_allowed(by, CHANGE, trip)
    same = Trip.objects.filter(pattern=pattern, starts_at=starts_at, bus=bus)
    if same.exclude(state=TripState.CANCELLED).exists():
        raise TripError(_("This run is planned already."))
    trip.save()
    store_visits([(trip, stops)])
    record(trip, "added", by=by, reason=reason)
    return trip


@transaction.atomic
def dispatch_trip(*, trip: Trip, by: User) -> Trip:
    """Let a trip go, on the newest word of the gate about its bus and departure.

    Where the trip names no driver or attendant yet, those whom the gate was asked about run it.

    Raises:
        PermissionDenied: for who may not run it.
        TripError: saying everything that is in the way.
        TripChangedError: where it was changed since `trip` was read.
    """
    refuse_unless_allowed(by, RUN, trip)
    current = locked(trip)
    check = newest_check(current)
    situation = Situation(has_bus=current.bus_id is not None, gate=gate_word(current, check))
    crew = {"driver": check.driver, "attendant": check.attendant} if check else {}
    return step_taken(current, Step.DISPATCH, situation, by=by, gate_check=check, **crew)


def plan_of(trip: Trip) -> TripPlan | None:
    """What the gate is asked about a trip, as far as the trip tells; None without a bus."""
    if trip.bus is None:
        return None
    return TripPlan(
        bus=trip.bus,
        starts_at=trip.starts_at,
        route=trip.pattern.route,
        driver=trip.driver,
        attendant=trip.attendant,
        stages=stages_of(trip.bus),
        pupils=most_aboard([trip], trip.service_date).get(trip.pk),
        ends_at=trip.ends_at,
    )


def newest_check(trip: Trip) -> GateCheck | None:
    """What the gate was asked last about a trip's bus at its departure."""
    if trip.bus_id is None:
        return None
    return GateCheck.objects.filter(bus=trip.bus_id, starts_at=trip.starts_at).order_by("pk").last()


def gate_word(trip: Trip, check: GateCheck | None) -> GateWord | None:
    """A check of the gate, compared with a trip."""
    if check is None:
        return None
    return GateWord(
        may_leave=may_leave(check),
        same_bus=check.bus_id == trip.bus_id,
        same_driver=trip.driver_id in (None, check.driver_id),
        same_attendant=trip.attendant_id in (None, check.attendant_id),
        same_route=check.route_id == trip.pattern.route_id,
        same_time=check.starts_at == trip.starts_at,
    )


@transaction.atomic
def move_trip(*, trip: Trip, step: Step, by: User, reason: str = "") -> Trip:
    """Take a step that needs no gate: start, arrive, close, cancel or call back. The child ledger guards the closing.

    Args:
        trip: as the person has seen it.
        step: the step.
        by: who takes it.
        reason: why; a cancellation needs one.

    Raises:
        PermissionDenied: for who may not.
        TripError: saying everything that is in the way.
        TripChangedError: where it was changed since `trip` was read.
    """
    refuse_unless_allowed(by, CHANGE if step in (Step.CANCEL, Step.RECALL) else RUN, trip)
    if step in (Step.DISPATCH, Step.PLAN_AGAIN):
        raise TripError(_("This is not done by hand."))
    current = locked(trip)
    if step is not Step.CLOSE:
        return step_taken(current, step, Situation(reason=reason), by=by)
    gaps = ledger_for(current).gaps
    if gaps and current.state == TripState.CLOSING:
        raise LedgerOpenError(gaps)
    closed = step_taken(current, step, Situation(balances=not gaps, reason=reason), by=by)
    review(closed, timezone.now())
    return closed


@transaction.atomic
def substitute(
    *,
    trip: Trip,
    by: User,
    reason: str,
    bus: Bus | None = None,
    driver: Driver | None = None,
    attendant: Attendant | None = None,
) -> Trip:
    """Have another bus, driver or attendant run a trip, in one action.

    A trip that was let go is called back: the gate has to be asked about the new bus and crew. One that runs goes on
    running, for children are aboard or wait; that the gate was not asked stays in its history. At its end somebody
    else can still take over from a driver or an attendant, for two people have to walk through the bus.

    Args:
        trip: as the person has seen it.
        by: who decides.
        reason: why.
        bus: the substitute; None leaves the bus.
        driver: the same.
        attendant: the same.

    Raises:
        PermissionDenied: for who may not.
        TripError: without a reason, without a change, for a trip that is over, or for somebody out of use.
        TripChangedError: where it was changed since `trip` was read.
    """
    refuse_unless_allowed(by, CHANGE, trip)
    given = {"bus": bus, "driver": driver, "attendant": attendant}
    new = {name: one for name, one in given.items() if one is not None}
    if not reason.strip():
        raise TripError(_("Say why."))
    current = locked(trip)
    changed = {name: one for name, one in new.items() if getattr(current, f"{name}_id") != one.pk}
    if not changed:
        raise TripError(_("This bus and crew run the trip already."))
    if archived := next((one for one in changed.values() if one.archived_at), None):
        raise TripError(_("“%(record)s” is archived. Bring it back first.") % {"record": archived})
    is_over = current.state not in (TripState.PLANNED, TripState.DISPATCHED, TripState.RUNNING)
    if is_over and (current.state != TripState.CLOSING or "bus" in changed):
        raise TripError(_("The trip is over."))
    refuse_unless_allowed(by, CHANGE, moved(current, changed))
    details = {name: [getattr(trip, f"{name}_id"), one.pk] for name, one in changed.items()}
    if current.state == TripState.DISPATCHED:
        current.state, current.gate_check = TripState.PLANNED, None
    kept(current, {"state": current.state, "gate_check": current.gate_check} | changed)
    record(current, "substituted", by=by, reason=reason, details=details)
    return current


@transaction.atomic
def explain_lateness(*, trip: Trip, reason: str, by: User) -> Trip:
    """Say why a trip is late; whoever waits for it is told.

    Raises:
        PermissionDenied: for who may not.
        TripError: without a reason.
        TripChangedError: where it was changed since `trip` was read.
    """
    refuse_unless_allowed(by, CHANGE, trip)
    if not reason.strip():
        raise TripError(_("Say why."))
    current = kept(locked(trip), {"late_reason": reason.strip()})
    record(current, "lateness_explained", by=by, reason=reason)
    return current


def moved(trip: Trip, changed: dict[str, Any]) -> Trip:
    """The trip with another bus or crew, not stored: what the permission at the new bus is asked of."""
    for name, one in changed.items():
        setattr(trip, name, one)
    return trip


def locked(trip: Trip) -> Trip:
    """The trip as it is now, locked until the transaction ends.

    Raises:
        TripChangedError: where it is not as it was seen.
    """
    rows = Trip.objects.select_for_update(of=("self",))
    rows = rows.select_related("pattern__route", "bus", "driver", "attendant")
    current = rows.filter(pk=trip.pk, version=trip.version).first()
    if current is None:
        raise TripChangedError
    return current


def step_taken(trip: Trip, step: Step, situation: Situation, *, by: User | None, **changes: Any) -> Trip:
    """Take a step, and record it.

    Raises:
        TripError: saying everything that is in the way.
        TripChangedError: where somebody was quicker.
    """
    try:
        state = after(State(trip.state), step, situation)
    except TransitionError as error:
        raise TripError(refusal_in_words(error)) from error
    now = timezone.now()
    if step is Step.START:
        changes.setdefault("started_at", now)
    elif step is Step.ARRIVE:
        changes.setdefault("ended_at", now)
    kept(trip, {"state": TripState(state)} | changes)
    record(trip, step, by=by, reason=situation.reason)
    return trip


def kept(trip: Trip, changes: dict[str, Any]) -> Trip:
    """Store changed fields if the trip is still of the version read.

    Raises:
        TripChangedError: where somebody was quicker.
    """
    stored = Trip.objects.filter(pk=trip.pk, version=trip.version).update(version=trip.version + 1, **changes)
    if not stored:
        raise TripChangedError
    trip.version += 1
    for name, value in changes.items():
        setattr(trip, name, value)
    family_changed([trip.pk])
    return trip


def record(
    trip: Trip, kind: str, *, by: User | None, reason: str = "", details: dict[str, Any] | None = None
) -> None:
    """Add to a trip's history; the system did what nobody did. A closing, which ends the ledger, is sealed."""
    event = TripEvent.objects.create(
        trip=trip, at=timezone.now(), kind=kind, by=by, reason=reason.strip(), details=details or {}
    )
    if kind == Step.CLOSE:
        seal([event])
