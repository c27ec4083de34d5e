"""What lapses when: buses, drivers, attendants and permits."""

from collections.abc import Iterator
from datetime import date

from fleet.people.models import User
from fleet.people.queries import lapses_of_crew
from fleet.permits.queries import lapses_of_permits
from fleet.records import Lapse
from fleet.vehicles.queries import lapses_of_buses


def expiring(person: User, until: date) -> Iterator[Lapse]:
    """What lapses up to a day, or has lapsed already, of all that a person may see.

    Args:
        person: who looks.
        until: the last day that counts.
    """
    yield from lapses_of_buses(person, until)
    yield from lapses_of_crew(person, until)
    yield from lapses_of_permits(person, until)
