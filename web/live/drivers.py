"""Who drives which bus now, as the live map tells it: by trips that the person may see, each driver logged once."""

from django.db import transaction
from django.utils import timezone

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.people.models import Driver, User
from fleet.trips.queries import drivers_on_duty


class DriversShown:
    """The drivers that one screen names: it is read again and again, and each name is logged once for it."""

    def __init__(self, person: User) -> None:
        self._person = person
        self._told: dict[int, str] = {}
        self._logged: set[int] = set()

    def read(self) -> dict[int, str]:
        """The name of the driver by the bus's id, of the buses that a trip has under way."""
        self._told = self._read()
        return self._told

    def read_changes(self) -> list[tuple[int, str | None]]:
        """The buses whose driver is another one than was told last, each with the name; None for nobody."""
        before, now = self._told, self.read()
        return [(bus, now.get(bus)) for bus in sorted({*before, *now}) if before.get(bus) != now.get(bus)]

    @transaction.atomic
    def _read(self) -> dict[int, str]:
        on_duty = drivers_on_duty(self._person, timezone.localdate())
        fresh: dict[int, Driver] = {one.pk: one for one in on_duty.values() if one.pk not in self._logged}
        record_access(by=self._person, action=Action.LIST, objects=fresh.values())
        self._logged |= fresh.keys()
        return {bus: driver.name for bus, driver in on_duty.items()}
