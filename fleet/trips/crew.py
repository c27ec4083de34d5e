"""Who runs a departure as a rule: whoever ran it last, so that a plan begins with a crew that can be changed."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from fleet.trips.models import Trip


class Crew(NamedTuple):
    """Ids of who drives and who looks after the pupils; None where nobody is named."""

    driver_id: int | None = None
    attendant_id: int | None = None


NOBODY = Crew()


def last_crews(departures: Collection[int], before: date) -> dict[int, Crew]:
    """The crew of each departure's last trip before a day that had a driver; without those who were archived."""
    named = Q(driver__isnull=False, driver__archived_at__isnull=True)
    trips = Trip.objects.filter(named, departure__in=departures, service_date__lt=before)
    newest = trips.order_by("service_date", "pk").values_list(
        "departure_id", "driver_id", "attendant_id", "attendant__archived_at"
    )
    return {
        departure: Crew(driver, None if archived else attendant)
        for departure, driver, attendant, archived in newest
    }
