"""What a person sees when the live map opens: every bus in their reach, where it was last, and recent alarms."""

from datetime import datetime
from typing import Any

from django.utils import timezone, translation

from fleet.alarms.queries import alarms_for, changed_since, queue_of
from fleet.people.models import User
from fleet.positions.models import LastPosition
from fleet.positions.queries import live_row_of, milliseconds
from fleet.vehicles.models import Bus
from fleet.vehicles.permissions import WATCH_BUS
from fleet.vehicles.queries import buses_for, districts_of_buses
from web.live.drivers import DriversShown
from web.live.words import alarm_message

MOST_ALARMS = 200


def districts_in_reach(person: User) -> set[int]:
    """The districts in which a person may watch any bus."""
    districts = districts_of_buses()
    return {districts[bus] for bus in bus_ids_in_reach(person)}


def bus_ids_in_reach(person: User) -> frozenset[int]:
    """Ids of the buses that a person may watch: what every live message is checked against."""
    return frozenset(buses_for(person, WATCH_BUS).values_list("pk", flat=True))


def snapshot(person: User, language: str, drivers: DriversShown | None = None) -> dict[str, Any]:
    """The snapshot message, with names in `language`.

    Args:
        person: who watches.
        language: of the screen.
        drivers: that the screen has named before; None for a screen that opens.
    """
    buses = buses_for(person, WATCH_BUS).select_related(
        "operator", "school", "route", "last_position__device"
    )
    now = timezone.now()
    on_duty = (drivers or DriversShown(person)).read()
    with translation.override(language):
        described = [described_bus(bus, on_duty.get(bus.pk)) for bus in buses]
    return {
        "type": "snapshot",
        "now": milliseconds(now),
        "buses": described,
        "alarms": [alarm_message(one, language) for one in queue_of(alarms_for(person))[:MOST_ALARMS]],
    }


def alarms_changed(person: User, language: str, since: datetime) -> list[dict[str, Any]]:
    """The alarms in a person's reach that have changed since, those that left the queue too."""
    return [alarm_message(one, language) for one in changed_since(alarms_for(person), since)]


def described_bus(bus: Bus, driver: str | None) -> dict[str, Any]:
    """A bus as the live map lists it, with who drives it now."""
    last: LastPosition | None = getattr(bus, "last_position", None)
    return {
        "id": bus.pk,
        "plate": bus.plate,
        "operator": str(bus.operator),
        "school": str(bus.school) if bus.school else None,
        "route": str(bus.route) if bus.route else None,
        "device": last is not None,
        "driver": driver,
        "row": live_row_of(bus.pk, last),
    }
