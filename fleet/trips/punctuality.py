"""What is on time, and how late a trip is: pure.

On time is up to a minute early and up to five minutes late (Transit Capacity and Quality of Service Manual, 3rd ed.,
chapter 5: on-time performance), at every stop.
"""

from datetime import datetime, timedelta

from fleet.trips.models import Progress, StopVisit, Trip, TripState

EARLY_AT = timedelta(minutes=-1)
LATE_AT = timedelta(minutes=5)


def delay_of(visit: StopVisit) -> timedelta | None:
    """How late a bus came to a stop, negative for early; None where that is not known.

    Nobody sees a bus come to its first stop, where it waits for its time: its departure counts there.
    """
    at = visit.arrived_at or visit.departed_at
    return at - visit.planned_at if at else None


def lateness(trip: Trip, progress: Progress | None, now: datetime) -> timedelta:
    """How late a trip is, at its end or as it is predicted; never negative, and nothing where nothing is known.

    Args:
        trip: in any state.
        progress: where it is, if anywhere.
        now: the present.
    """
    none = timedelta(0)
    if trip.state in (TripState.CLOSING, TripState.CLOSED):
        return max(trip.ended_at - trip.ends_at, none) if trip.ended_at else none
    if trip.state == TripState.CANCELLED:
        return none
    if progress and progress.predictions:
        expected_s = progress.predictions[-1]["median"]
        return max(timedelta(seconds=expected_s - trip.ends_at.timestamp()), none)
    due = trip.ends_at if trip.state == TripState.RUNNING else trip.starts_at
    return max(now - due, none) if trip.ends_at + timedelta(hours=2) > now else none
