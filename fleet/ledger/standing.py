"""Reads: when a bus came to the end of a trip, by what was seen of it; the engine's own word is seldom known."""

from datetime import datetime, timedelta

from fleet.ledger.models import PupilEvent
from fleet.positions.models import Fix, LastPosition, State
from fleet.trips.models import Trip, TripEvent, TripState
from fleet.trips.states import Step
from fleet.vehicles.models import DeviceAssignment

MOVING = (State.DRIVING, State.SPEEDING)
MOVING_MPS = 1.5
SEEN_WITHIN = timedelta(minutes=5)
UNSEEN = timedelta(minutes=20)
"""So late a bus may be of which nothing is seen."""


def ended_at(trip: Trip, now: datetime) -> datetime | None:
    """When a trip came to its end; None while it is under way.

    It is the arrival at the last stop. Where that was not seen, and the planned end is past, it is since when the
    bus has not moved, nor anybody recorded a pupil; a bus that nobody sees may be so late.
    """
    if trip.state in (TripState.CLOSING, TripState.CLOSED):
        end: datetime = trip.ended_at or step_at(trip) or trip.ends_at
        return end
    if trip.state != TripState.RUNNING or now <= trip.ends_at:
        return None
    return standing_since(trip, now)


def step_at(trip: Trip) -> datetime | None:
    """When it was recorded that the trip had come to its end."""
    event = TripEvent.objects.filter(trip=trip, kind=Step.ARRIVE).order_by("pk").last()
    return event.at if event else None


def standing_since(trip: Trip, now: datetime) -> datetime | None:
    """Since when a bus has stood after the planned end of its trip; None while it is seen to move."""
    last = LastPosition.objects.filter(bus=trip.bus_id, time__gte=trip.starts_at).first()
    after = PupilEvent.objects.filter(trip=trip, at__gt=trip.ends_at).order_by("-at")
    tapped: list[datetime] = list(after.values_list("at", flat=True)[:1])
    if last is None:
        unseen_until: datetime = trip.ends_at + UNSEEN
        return max([unseen_until, *tapped])
    if last.state in MOVING and last.heard_at and now - last.heard_at <= SEEN_WITHIN:
        return None
    devices = DeviceAssignment.objects.filter(bus=trip.bus_id, since__lte=now).values_list(
        "device", flat=True
    )
    moved: list[datetime] = [
        time
        for device in devices
        for time in Fix.objects.filter(
            device=device, time__gt=trip.ends_at, time__lte=now, speed_mps__gt=MOVING_MPS
        )
        .order_by("-time")
        .values_list("time", flat=True)[:1]
    ]
    ends_at: datetime = trip.ends_at
    return max([ends_at, *moved, *tapped])
