"""Where what the gate found wrong is put right: a page for each cure, for those who may open it."""

from collections.abc import Callable

import rules
from django.urls import reverse
from django.utils.translation import gettext as _

from fleet.dispatch.models import GateCheck
from fleet.people.models import User
from web.registry.sections import Link

Place = Callable[[GateCheck, User], Link | None]


def bus_page(section: str) -> Place:
    """A section of the bus's page."""

    def place(check: GateCheck, person: User) -> Link | None:
        if not rules.has_perm("vehicles.view_bus", person, check.bus):
            return None
        return Link(f"{reverse('bus_detail', args=[check.bus_id])}#{section}", _("Open the bus"))

    return place


def permits_of_bus(check: GateCheck, person: User) -> Link | None:
    """The permits that name the bus."""
    if not rules.has_perm("permits.view_usepermit", person):
        return None
    return Link(f"{reverse('permit_list')}?q={check.bus.plate}", _("Open the use permit"))


def driver_page(check: GateCheck, person: User) -> Link | None:
    """The driver's record."""
    if check.driver is None:
        return gate_page(check, person)
    if not rules.has_perm("people.view_driver", person, check.driver):
        return None
    return Link(reverse("driver_detail", args=[check.driver_id]), _("Open the driver's record"))


def attendant_page(check: GateCheck, person: User) -> Link | None:
    """The attendant's record."""
    if check.attendant is None:
        return gate_page(check, person)
    if not rules.has_perm("people.view_attendant", person, check.attendant):
        return None
    return Link(reverse("attendant_detail", args=[check.attendant_id]), _("Open the attendant's record"))


def pre_trip_page(check: GateCheck, person: User) -> Link | None:
    """The check before the trip."""
    if not rules.has_perm("vehicles.check_bus", person, check.bus):
        return None
    return Link(reverse("dispatch_pre_trip", args=[check.bus_id]), _("Check the bus"))


def gate_page(check: GateCheck, person: User) -> Link | None:
    """The gate, to ask again with another answer."""
    if not rules.has_perm("dispatch.check_trip", person, check.bus):
        return None
    return Link(reverse("dispatch_gate", args=[check.bus_id]), _("Ask again"))


def board_page(_check: GateCheck, _person: User) -> Link | None:
    """The board, where another bus is found."""
    return Link(reverse("dispatch_board"), _("Open the board"))


PLACES: dict[str, Place] = {
    "other_bus": board_page,
    "dedicated_bus": board_page,
    "register_bus": bus_page("data"),
    "conforming_bus": permits_of_bus,
    "restore_seats": bus_page("seat-checks"),
    "inspect_bus": bus_page("inspections"),
    "insure_bus": bus_page("insurances"),
    "fit_equipment": bus_page("equipment"),
    "maintain_bus": bus_page("maintenance"),
    "release_defects": bus_page("defects"),
    "apply_for_permit": permits_of_bus,
    "complete_permit": permits_of_bus,
    "apply_for_card": permits_of_bus,
    "display_card": pre_trip_page,
    "change_card": permits_of_bus,
    "listed_driver": permits_of_bus,
    "approved_time": permits_of_bus,
    "approved_route": gate_page,
    "approved_stops": permits_of_bus,
    "protect_hazards": gate_page,
    "qualified_driver": driver_page,
    "renew_licence": driver_page,
    "review_driver": driver_page,
    "medical_certificate": driver_page,
    "train_driver": driver_page,
    "other_driver": gate_page,
    "rest_driver": gate_page,
    "assign_attendant": bus_page("crews"),
    "train_attendant": attendant_page,
    "check_attendant": attendant_page,
    "fewer_aboard": gate_page,
    "clear_front_seat": gate_page,
    "only_pupils": gate_page,
    "wait": gate_page,
    "check_bus": pre_trip_page,
    "mend_bus": bus_page("defects"),
}
"""By the code of the cure."""


def place_of(cure: str, check: GateCheck, person: User) -> Link | None:
    """Where a cure is found; None where the person may not open that page."""
    return PLACES[cure](check, person)
