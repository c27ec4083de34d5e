"""Writes: trips whose bus is not on them while another of the operator is, noted with the evidence.

Nothing is changed by itself: the gate has to be asked about the other bus, and a person confirms it in one action.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from fleet.duty.queries import bus_of_driver
from fleet.positions.models import LastPosition
from fleet.trips.changes import record
from fleet.trips.models import StopVisit, Trip, TripEvent, TripState, VisitState
from fleet.trips.queries import SUBSTITUTE_SEEN
from fleet.trips.reports import reports_of_bus
from fleet.trips.substitutes import Candidate, substitute_among
from fleet.trips.timetables import planned_trip
from telematics.line import Line
from telematics.match import Call, Candidates, MatchState, step
from telematics.timetable import PlannedTrip

OVERDUE = timedelta(minutes=4)
"""A trip is looked after once it should have left so long ago."""
WATCHED = timedelta(minutes=90)
EARLIER = timedelta(minutes=10)
FRESH = timedelta(minutes=3)
NEAR_M = 60.0
MOST_CANDIDATES = 20


def detect(now: datetime) -> int:
    """Look for the substitutes of all trips whose bus does not come; gives how many were found."""
    begun = StopVisit.objects.filter(trip=OuterRef("pk")).exclude(state=VisitState.AHEAD)
    noted = TripEvent.objects.filter(trip=OuterRef("pk"), kind=SUBSTITUTE_SEEN)
    waiting = (
        Trip.objects.filter(
            state__in=(TripState.PLANNED, TripState.DISPATCHED),
            starts_at__range=(now - WATCHED, now - OVERDUE),
            bus__isnull=False,
        )
        .exclude(Exists(begun))
        .exclude(Exists(noted))
        .select_related("bus", "pattern")
    )
    free = free_buses(now)
    return sum(look_after(trip, free[trip.bus.operator_id], now) for trip in waiting if trip.bus)


def free_buses(now: datetime) -> dict[int, list[LastPosition]]:
    """The buses that report, and have no trip of their own now; by operator."""
    busy = Trip.objects.filter(bus=OuterRef("bus"), starts_at__lte=now + EARLIER, ends_at__gte=now - EARLIER)
    reporting = LastPosition.objects.filter(
        bus__archived_at__isnull=True, time__gte=now - FRESH, position__isnull=False
    ).exclude(Exists(busy.exclude(state=TripState.CANCELLED)))
    found: dict[int, list[LastPosition]] = defaultdict(list)
    for last in reporting.select_related("bus"):
        if last.bus:
            found[last.bus.operator_id].append(last)
    return found


def look_after(trip: Trip, free: list[LastPosition], now: datetime) -> bool:
    """Look for the substitute of a trip; whether one was found."""
    planned = planned_trip(trip, trip.visits.order_by("order"))
    line = Line(planned.pattern.line)
    near = [one for one in free if one.position and line.places(one.position.y, one.position.x, NEAR_M)]
    if not near or trip.bus_id is None:
        return False
    wheel = bus_of_driver(trip.driver_id, now)
    near.sort(key=lambda one: one.bus_id != wheel)
    own = candidate(trip.bus_id, trip, planned, line, now)
    others = [
        replace(candidate(one.bus_id, trip, planned, line, now), is_signed=one.bus_id == wheel)
        for one in near[:MOST_CANDIDATES]
        if one.bus_id
    ]
    found = substitute_among(own, others)
    if found is None:
        return False
    plate = next(one.bus.plate for one in near if one.bus and one.bus_id == found.bus)
    details = {
        "bus": found.bus,
        "plate": plate,
        "stops": found.stops,
        "confidence": round(found.confidence, 3),
        "share_on_line": round(found.share_on_line, 3),
        "driver_signed_in": found.is_signed,
        "evidence": list(found.evidence),
    }
    record(trip, SUBSTITUTE_SEEN, by=None, details=details)
    return True


def candidate(bus: int, trip: Trip, planned: PlannedTrip, line: Line, now: datetime) -> Candidate:
    """How well a bus's reports follow a trip."""
    candidates = Candidates([planned], lambda _planned: line)
    state, on_line, since_first = MatchState(), 0, 0
    seen: dict[int, tuple[float, str]] = {}
    for fix in reports_of_bus(bus, trip.starts_at - EARLIER, now, None):
        state, position, calls = step(state, fix, candidates)
        is_on = position is not None and position.trip_id is not None
        on_line += is_on
        since_first += is_on or on_line > 0
        for call in calls:
            if call.call in (Call.ARRIVED, Call.DEPARTED):
                seen[call.stop] = (call.confidence, call.evidence[1].time.isoformat())
    share = on_line / since_first if since_first else 0.0
    confidence = sum(one[0] for one in seen.values()) / len(seen) if seen else 0.0
    return Candidate(bus, len(seen), confidence, share, tuple(time for _, time in seen.values()))
