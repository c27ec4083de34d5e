"""Writes: days of buses that are judged anew because somebody counted late who was aboard.

A count that comes before the rules asked about its time changes nothing that was judged. One that comes after it has
the day begun anew: by the bus's next report, or within a minute.
"""

from datetime import date, datetime, timedelta

from django.utils import timezone

from fleet.trips.follow import follow_bus, lock_trips_of
from fleet.trips.models import Tracking
from fleet.trips.predictor import Predictor

LOOKED_BACK = timedelta(days=7)
"""A unit may have been without a network for so long."""
OTHER_TRIPS: list[int] = []
"""As if the day had been matched against others: it begins anew."""


def counted(bus: int | None, day: date, at: datetime) -> None:
    """Have a day judged anew where it was judged without a count that is stored now.

    Whoever calls it has locked the count's trip, or all of the day: the day can't be judged meanwhile.

    Args:
        bus: its id; None where a trip has none.
        day: the service day.
        at: when it was counted; of a count that was undone, when that had been.
    """
    if bus is not None:
        Tracking.objects.filter(bus=bus, service_date=day, asked_at__gte=at).update(trips=OTHER_TRIPS)


def counted_by_machine(bus: int, at: datetime) -> None:
    """The same for a machine, whose word is no trip's."""
    day = timezone.localtime(at).date()
    lock_trips_of(bus, day)
    counted(bus, day, at)


def follow_recounted(now: datetime) -> int:
    """Judge the days that wait for it, of buses that may report no more; gives how many."""
    waiting = Tracking.objects.filter(
        trips=OTHER_TRIPS, asked_at__isnull=False, service_date__gte=(now - LOOKED_BACK).date()
    )
    days = list(waiting.order_by("service_date", "bus").values_list("bus", "service_date"))
    predictor = Predictor()
    if days:
        predictor.refresh()
    for bus, day in days:
        follow_bus(bus, day, predictor, now)
    return len(days)
