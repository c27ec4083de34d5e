"""What a person may do with buses on the registry's pages, by the rules of `fleet.vehicles.permissions`."""

import rules
from django.db.models import QuerySet

from fleet.people.models import User
from fleet.vehicles.models import Bus
from fleet.vehicles.queries import buses_for


def seen_buses(person: User) -> QuerySet[Bus]:
    """The buses that a person may see."""
    return buses_for(person, "vehicles.view_bus")


def changeable_buses(person: User) -> QuerySet[Bus]:
    """The buses that a person may change."""
    return buses_for(person, "vehicles.change_bus")


def exportable_buses(person: User) -> QuerySet[Bus]:
    """The buses that a person may take away as a file."""
    return buses_for(person, "vehicles.export_bus")


def may_add_buses(person: User) -> bool:
    """Whether a person may add buses to some organisation."""
    return bool(rules.has_perm("vehicles.change_bus", person))


def may_export_buses(person: User) -> bool:
    """Whether a person may export buses of some organisation."""
    return bool(rules.has_perm("vehicles.export_bus", person))
