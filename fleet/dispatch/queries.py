"""Reads: answers of the gate and checks before trips in reach, usual crews, and what the gate would say."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from fleet.dispatch.facts import facts_from
from fleet.dispatch.gate import GateDecision, check_dispatch
from fleet.dispatch.models import GateCheck, OverrideConfirmation, PreTripCheck
from fleet.dispatch.plan import TripPlan, stages_of
from fleet.dispatch.records import read_records
from fleet.dispatch.times import local_day
from fleet.people.models import Attendant, Driver, User
from fleet.people.queries import attendants_for, drivers_for
from fleet.pupils.riders import most_aboard
from fleet.regulations.profile import HERE
from fleet.regulations.queries import profile_for
from fleet.routes.models import Route
from fleet.trips.models import Trip, TripState
from fleet.vehicles.models import Bus, CrewAssignment
from fleet.vehicles.queries import buses_for

CONFIRMED = Exists(OverrideConfirmation.objects.filter(override__check_made=OuterRef("pk")))
"""Whether two people have let the trip of a check go."""


def buses_dispatched_by(person: User, permission: str = "dispatch.view_gatecheck") -> QuerySet[Bus]:
    """The buses in use for which a person has a permission of this app."""
    return buses_for(person, permission).filter(archived_at__isnull=True)


def checks_for(person: User, permission: str = "dispatch.view_gatecheck") -> QuerySet[GateCheck]:
    """The answers of the gate for which a person has a permission, with what became of each."""
    found = GateCheck.objects.filter(bus__in=buses_for(person, permission).order_by().values("pk"))
    found = found.select_related("bus", "driver", "attendant", "route", "override__confirmation")
    told: QuerySet[GateCheck] = found.annotate(confirmed=CONFIRMED)
    return told


def drivers_for_trip(person: User, bus: Bus) -> QuerySet[Driver]:
    """The drivers that a person may plan a trip of a bus with.

    They work for its operator or school, and its plate card or usual crew names them, or the person may see them.
    """
    named = Q(plate_cards__bus=bus) | Q(crew_assignments__bus=bus)
    return of_bus(
        Driver.objects.current(), bus, named | Q(pk__in=drivers_for(person).order_by().values("pk"))
    )


def attendants_for_trip(person: User, bus: Bus) -> QuerySet[Attendant]:
    """The attendants that a person may plan a trip of a bus with, as `drivers_for_trip`."""
    named, seen = Q(crew_assignments__bus=bus), attendants_for(person).order_by().values("pk")
    return of_bus(Attendant.objects.current(), bus, named | Q(pk__in=seen))


def of_bus(crew: QuerySet[Any], bus: Bus, which: Q) -> QuerySet[Any]:
    """Those who work for the operator or the school of a bus."""
    employers = [one for one in (bus.operator_id, bus.school_id) if one]
    return crew.filter(which, operator__in=employers).distinct()


def pre_trip_checks_for(person: User) -> QuerySet[PreTripCheck]:
    """The checks before trips that a person may see."""
    buses = buses_for(person, "dispatch.view_gatecheck").order_by().values("pk")
    return PreTripCheck.objects.filter(bus__in=buses).select_related(
        "bus", "driver", "attendant", "checked_by"
    )


def pre_trip_checks_on(bus: Bus, day: date) -> QuerySet[PreTripCheck]:
    """The checks of a bus on a local day, the newest first."""
    begins, ends = local_day(day)
    found = PreTripCheck.objects.filter(bus=bus, checked_at__gte=begins, checked_at__lt=ends)
    return found.select_related("driver", "attendant", "checked_by")


class Crews(NamedTuple):
    """The usual crews of a bus on a day: for one route, and for all others."""

    by_route: dict[int | None, CrewAssignment]

    def on(self, route: int | None) -> CrewAssignment | None:
        """Who runs a route: those assigned to it, else those assigned to any."""
        return self.by_route.get(route) or self.by_route.get(None)


def usual_crews(buses: Collection[int], day: date) -> dict[int, Crews]:
    """The usual crews on a day, by bus."""
    in_force = CrewAssignment.objects.current().filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=day), bus__in=buses, valid_from__lte=day
    )
    crews = {bus: Crews({}) for bus in buses}
    for one in in_force.select_related("driver", "attendant"):
        crews[one.bus_id].by_route[one.route_id] = one
    return crews


class Run(NamedTuple):
    """From when to when, local times, a plate card lets a bus run a route."""

    bus: int
    route: int
    first: time
    last: time


def pupils_planned(runs: Collection[Run], day: date) -> dict[Run, int]:
    """How many pupils are planned aboard at once at most on the trip that begins within each run of a day.

    A run without a trip, or with one of which it is not known, is left out.
    """
    found = Trip.objects.filter(bus__in={run.bus for run in runs}, service_date=day)
    trips = list(found.exclude(state=TripState.CANCELLED).select_related("pattern__route"))
    most = most_aboard(trips, day)
    by_run: dict[tuple[int | None, int], list[Trip]] = defaultdict(list)
    for trip in trips:
        by_run[trip.bus_id, trip.pattern.route_id].append(trip)
    planned = {}
    for run in runs:
        within = [most.get(trip.pk) for trip in by_run[run.bus, run.route] if begins_within(run, trip)]
        known = [number for number in within if number is not None]
        if known and len(known) == len(within):
            planned[run] = max(known)
    return planned


def begins_within(run: Run, trip: Trip) -> bool:
    """Whether a trip of the run's bus on its route begins in its time."""
    return run.first <= timezone.localtime(trip.starts_at).time() <= run.last


def usual_plan(
    bus: Bus, starts_at: datetime, route: Route | None, crews: Crews, pupils: int | None = None
) -> TripPlan:
    """A trip of a bus with those who usually run its route, the pupils of its school, and how many are planned."""
    crew = crews.on(route.pk if route else None)
    return TripPlan(
        bus=bus,
        starts_at=starts_at,
        route=route,
        driver=crew.driver if crew else None,
        attendant=crew.attendant if crew else None,
        stages=stages_of(bus),
        pupils=pupils,
    )


def preview(plans: Sequence[TripPlan], day: date, jurisdiction: str = HERE) -> list[GateDecision]:
    """What the gate would say of trips on one day, with nothing recorded.

    Raises:
        NoProfileError: where no regulation profile holds on that day.
    """
    numbers = profile_for(jurisdiction, day).values
    records = read_records(plans, day)
    return [check_dispatch(facts_from(records, plan, numbers), numbers) for plan in plans]
