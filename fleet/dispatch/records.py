"""Reads what the registry holds for some trips of one day: as many queries for a hundred as for one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from fleet.dispatch.models import PreTripCheck
from fleet.dispatch.plan import TripPlan
from fleet.dispatch.times import local_day
from fleet.duty.queries import driving_left_at
from fleet.people.attendants import AttendantCheck
from fleet.people.checks import newest_checks
from fleet.people.facts import facts_of_all
from fleet.people.models import Attendant, Driver
from fleet.people.standing import DriverFacts
from fleet.permits.models import ApplicationDocument, CardState, PermitState, PlateCard, UsePermit
from fleet.routes.models import PatternStop
from fleet.routes.queries import patterns_on
from fleet.vehicles.models import (
    Defect,
    Equipment,
    Insurance,
    Maintenance,
    SeatCheck,
    VehicleInspection,
)
from fleet.vehicles.upkeep import BusRecord

Kept = TypeVar("Kept", bound=BusRecord)
ByBus = dict[int, list[Kept]]


@dataclass(frozen=True)
class Records:
    """What is recorded, by id of the bus, the driver, the attendant or the route; the oldest first.

    Attributes:
        day: that it is read for.
        cards: the plate cards that each bus has had, those in force on the day last.
        permits: that each bus is in.
        documents: the state of the newest of each kind for a permit that is not granted, by (permit, kind).
        pre_trip: the checks of the day, by (bus, driver).
        stops: names of those that each route serves on the day.
        driving_left_min: minutes that each driver may still drive at a start, by (driver, start).
    """

    day: date
    inspections: ByBus[VehicleInspection]
    insurances: ByBus[Insurance]
    equipment: ByBus[Equipment]
    seat_checks: ByBus[SeatCheck]
    maintenance: ByBus[Maintenance]
    blocking_defects: ByBus[Defect]
    cards: dict[int, list[PlateCard]]
    permits: dict[int, list[UsePermit]]
    documents: dict[tuple[int, str], str]
    pre_trip: dict[tuple[int, int], list[PreTripCheck]]
    drivers: dict[int, DriverFacts]
    attendants: dict[int, dict[str, AttendantCheck]]
    stops: dict[int, frozenset[str]]
    driving_left_min: dict[tuple[int, datetime], float]


def read_records(plans: Sequence[TripPlan], day: date) -> Records:
    """Read all that the gate needs for trips on one day."""
    buses = {plan.bus.pk for plan in plans}
    drivers = {plan.driver.pk for plan in plans if plan.driver}
    attendants = {plan.attendant.pk for plan in plans if plan.attendant}
    cards = cards_of(buses, day)
    permits = permits_of(buses)
    return Records(
        day=day,
        inspections=of_buses(VehicleInspection, buses, "inspected_on", inspected_on__lte=day),
        insurances=of_buses(Insurance, buses, "valid_until", valid_from__lte=day),
        equipment=of_buses(Equipment, buses, "expires_on"),
        seat_checks=of_buses(SeatCheck, buses, "checked_at"),
        maintenance=of_buses(Maintenance, buses, "done_on", next_due_on__isnull=False, done_on__lte=day),
        blocking_defects=of_buses(Defect, buses, "found_at", blocks_dispatch=True, released_at=None),
        cards=cards,
        permits=permits,
        documents=documents_of(permits, cards),
        pre_trip=pre_trip_checks(buses, day),
        drivers=facts_of_all(Driver.objects.filter(pk__in=drivers)),
        attendants=newest_checks(Attendant.objects.filter(pk__in=attendants), day),
        driving_left_min=driving_left_at({(plan.driver.pk, plan.starts_at) for plan in plans if plan.driver}),
        stops=stops_served({plan.route.pk for plan in plans if plan.route}, day),
    )


def of_buses(model: type[Kept], buses: Collection[int], order: str, **which: object) -> ByBus[Kept]:
    """What is recorded of one kind and not archived, by bus, in an order."""
    found: ByBus[Kept] = defaultdict(list)
    rows = model.objects.current().filter(bus__in=buses, **which).select_related("bus")
    for one in rows.order_by(order, "pk"):
        found[one.bus_id].append(one)
    return found


def cards_of(buses: Collection[int], day: date) -> dict[int, list[PlateCard]]:
    """The plate cards of each bus with their drivers, those in force on the day last."""
    found: dict[int, list[PlateCard]] = defaultdict(list)
    cards = PlateCard.objects.current().filter(bus__in=buses)
    cards = cards.select_related("permit").prefetch_related("drivers")

    def in_force(card: PlateCard) -> bool:
        return card.state == CardState.CURRENT and card.valid_from <= day <= card.valid_until

    for card in sorted(cards, key=lambda card: (in_force(card), card.pk)):
        found[card.bus_id].append(card)
    return found


def permits_of(buses: Collection[int]) -> dict[int, list[UsePermit]]:
    """The permits that each bus is in."""
    found_in = UsePermit.buses.through.objects.filter(bus__in=buses, usepermit__archived_at__isnull=True)
    pairs = found_in.values_list("bus_id", "usepermit_id")
    permits = UsePermit.objects.in_bulk({permit for _bus, permit in pairs})
    found: dict[int, list[UsePermit]] = defaultdict(list)
    for bus, permit in sorted(pairs):
        found[bus].append(permits[permit])
    return found


def documents_of(
    permits: dict[int, list[UsePermit]], cards: dict[int, list[PlateCard]]
) -> dict[tuple[int, str], str]:
    """The state of the newest document of each kind that a permit which is not granted rests on."""
    every = {*flat(permits), *(card.permit for card in flat(cards))}
    open_ones = [permit.pk for permit in every if permit.state != PermitState.GRANTED]
    rows = ApplicationDocument.objects.filter(archived_at=None, application__permit__in=open_ones)
    ordered = rows.order_by("pk").values_list("application__permit_id", "kind", "state")
    return {(permit, kind): state for permit, kind, state in ordered}


def flat(grouped: dict[int, list[Any]]) -> Iterable[Any]:
    """All that is in the lists."""
    return (one for group in grouped.values() for one in group)


def pre_trip_checks(buses: Collection[int], day: date) -> dict[tuple[int, int], list[PreTripCheck]]:
    """The checks of each bus with each driver on a local day."""
    found: dict[tuple[int, int], list[PreTripCheck]] = defaultdict(list)
    begins, ends = local_day(day)
    checks = PreTripCheck.objects.filter(bus__in=buses, checked_at__gte=begins, checked_at__lt=ends)
    for check in checks.order_by("checked_at", "pk"):
        found[check.bus_id, check.driver_id].append(check)
    return found


def stops_served(routes: Collection[int], day: date) -> dict[int, frozenset[str]]:
    """The names of the stops that each route serves on a day."""
    names: dict[int, set[str]] = {route: set() for route in routes}
    served = PatternStop.objects.filter(pattern__in=patterns_on(day).filter(route__in=routes))
    for route, name in served.values_list("pattern__route_id", "stop__name"):
        names[route].add(name)
    return {route: frozenset(found) for route, found in names.items()}
