"""Reads: on-time performance and ride times by route, school or operator, from the record of stops."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Q, QuerySet
from django.db.models.functions import Coalesce

from fleet.people.models import User
from fleet.trips.models import StopVisit, Trip, TripState, VisitState
from fleet.trips.punctuality import EARLY_AT, LATE_AT
from fleet.trips.queries import VIEW, trips_for

GROUPS = {
    "route": ("pattern__route_id", "pattern__route__name"),
    "school": ("pattern__route__school_id", "pattern__route__school__name"),
    "operator": ("bus__operator_id", "bus__operator__name"),
}
"""What can be compared: the field that names it, and its name."""


@dataclass(frozen=True)
class Punctuality:
    """How punctual a group's trips were.

    Attributes:
        name: of the route, school or operator.
        trips: that ran.
        stops: that they should have served.
        early: of these, known to be more than a minute early.
        on_time: neither early nor late.
        late: more than five minutes late.
        missed: known to be skipped.
        unknown: of which nothing is known.
        mean_delay: of those known.
        planned_ride: mean from first to last stop.
        ride: as it was.
        longest_ride: the longest.
    """

    name: str
    trips: int
    stops: int
    early: int
    on_time: int
    late: int
    missed: int
    unknown: int
    mean_delay: timedelta | None
    planned_ride: timedelta | None
    ride: timedelta | None
    longest_ride: timedelta | None

    @property
    def known(self) -> int:
        """Stops at which the time is known."""
        return self.early + self.on_time + self.late

    @property
    def on_time_share(self) -> float | None:
        """Of the stops at which the time is known, 0 to 1."""
        return self.on_time / self.known if self.known else None


def punctuality(
    person: User, group: str, first: date, last: date, permission: str = VIEW
) -> list[Punctuality]:
    """How punctual the trips in a person's reach were, the worst first.

    Args:
        person: who looks.
        group: of `GROUPS`.
        first: service day.
        last: service day, included.
        permission: that reaches the trips.
    """
    ended = trips_for(person, permission).filter(
        service_date__range=(first, last), state__in=(TripState.CLOSING, TripState.CLOSED)
    )
    return punctuality_of(ended, group)


def punctuality_of(ended: QuerySet[Trip], group: str) -> list[Punctuality]:
    """How punctual some trips were that have ended, by group of `GROUPS`, the worst first."""
    key, name = GROUPS[group]
    rides = rides_by(ended, key)
    rows = visits_by(ended, key, name)
    found = [row_of(row, rides.get(row["group"], {})) for row in rows]
    return sorted(found, key=lambda row: (row.on_time_share is None, row.on_time_share or 0.0, row.name))


def visits_by(trips: QuerySet[Trip], key: str, name: str) -> Iterable[Any]:
    """Stops of some trips, counted by group."""
    seen = Coalesce("arrived_at", "departed_at")
    delay = ExpressionWrapper(seen - F("planned_at"), output_field=DurationField())
    return (
        StopVisit.objects.filter(trip__in=trips.values("pk"))
        .annotate(delay=delay)
        .values(group=F(f"trip__{key}"), name=F(f"trip__{name}"))
        .annotate(
            trips=Count("trip", distinct=True),
            stops=Count("pk"),
            early=Count("pk", filter=Q(delay__lt=EARLY_AT)),
            on_time=Count("pk", filter=Q(delay__gte=EARLY_AT, delay__lte=LATE_AT)),
            late=Count("pk", filter=Q(delay__gt=LATE_AT)),
            missed=Count("pk", filter=Q(state=VisitState.SKIPPED)),
            unknown=Count("pk", filter=Q(delay__isnull=True) & ~Q(state=VisitState.SKIPPED)),
            mean_delay=Avg("delay"),
        )
        .order_by("group")
    )


def rides_by(trips: QuerySet[Trip], key: str) -> dict[int, dict[str, Any]]:
    """How long some trips took, by group."""
    taken = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
    planned = ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())
    rows = (
        Trip.objects.filter(pk__in=trips.values("pk"), started_at__isnull=False, ended_at__isnull=False)
        .annotate(taken=taken, planned=planned)
        .values(group=F(key))
        .annotate(ride=Avg("taken"), longest_ride=Max("taken"), planned_ride=Avg("planned"))
        .order_by("group")
    )
    return {row["group"]: dict(row) for row in rows}


def row_of(counted: dict[str, Any], rides: dict[str, Any]) -> Punctuality:
    """A group's figures."""
    times = {name: rides.get(name) for name in ("ride", "longest_ride", "planned_ride")}
    named = {key: value for key, value in counted.items() if key != "group"}
    return Punctuality(**named | times)
