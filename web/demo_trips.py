"""The demo's trips: a timetable as the simulator drives, and the runs that it drives now, let go by the gate.

The timetable has a morning and an afternoon run for each bus. Simulated buses drive at any hour, to and fro; so extra
runs are planned from now on, with the simulator's own pauses, and the gate is asked about each. It refuses the buses
that it refuses on the dispatch board, too: those are seen to run without having been let go.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from fleet.dispatch.changes import check_trip, may_leave
from fleet.dispatch.plan import TripPlan
from fleet.dispatch.situation import Answer
from fleet.people.models import User
from fleet.permits.models import PlateCard
from fleet.permits.queries import cards_in_force
from fleet.routes.models import Departure, Direction, PatternStop, RoutePattern
from fleet.trips.changes import add_trip, dispatch_trip, plan_of
from fleet.trips.generation import generate_ahead
from fleet.trips.models import Trip
from fleet.vehicles.models import Bus
from telematics.simulator import model
from telematics.simulator.dice import dice
from telematics.simulator.driving import Driver, Ride
from telematics.simulator.school_days import DEPARTURES

DIRECTIONS = {"morning": Direction.TO_SCHOOL, "afternoon": Direction.TO_HOME}
SPARE = 1.04
"""A timetable leaves a little more time than a drive takes."""
STEP_S = 0.5
PAUSE_S = 105.0
"""Mean of the simulator's pauses at the ends of the line."""
READY_S = 20.0
"""The simulator starts so long after the database is filled, at least."""
RUNS = 4
REASON = "演示：模拟车辆此刻的车次"


def fill_trips(simulated: model.District, *, by: User, now: datetime) -> None:
    """Plan the coming week, and let go what the simulator is about to drive.

    Args:
        simulated: the district that is driven.
        by: who may do all of it.
        now: the simulator starts right after.
    """
    buses = {bus.plate: bus for bus in Bus.objects.select_related("route", "school", "operator")}
    patterns = {
        (one.route_id, one.direction): one for one in RoutePattern.objects.current().select_related("route")
    }
    driven = [(buses[one.plate], simulated.routes[one.route]) for one in simulated.buses]
    if not Departure.objects.exists():
        for bus, route in driven:
            for drawn in (route.morning, route.afternoon):
                pattern = patterns[bus.route_id, DIRECTIONS[drawn.direction]]
                time_stops(pattern, drawn)
                Departure.objects.create(pattern=pattern, at=DEPARTURES[drawn.direction], bus=bus)
    generate_ahead(now)
    trips = [
        trip
        for bus, _route in driven
        if not Trip.objects.filter(bus=bus, starts_at__lte=now, ends_at__gte=now, departure=None).exists()
        for trip in plan_runs(
            bus, [patterns[bus.route_id, direction] for direction in DIRECTIONS.values()], by=by, now=now
        )
    ]
    let_go(trips, by=by)


def time_stops(pattern: RoutePattern, drawn: model.RoutePattern) -> None:
    """Plan a pattern's stops as the simulator drives it, in whole half minutes."""
    chance = dice("timetable", pattern.pk)
    ride, taken_s = Ride(drawn, Driver("normal", chance), chance), 0.0
    while not ride.over:
        ride.step(STEP_S)
        taken_s += STEP_S
    stops = list(pattern.pattern_stops.order_by("order"))
    share = taken_s * SPARE / max(stops[-1].offset_s, 1)
    for stop in stops:
        stop.offset_s = round(stop.offset_s * share / 30) * 30
    PatternStop.objects.bulk_update(stops, ("offset_s",))


def plan_runs(bus: Bus, patterns: Sequence[RoutePattern], *, by: User, now: datetime) -> Iterable[Trip]:
    """Plan a bus's runs from now on, to school and home by turns, as far as its plate card names the time."""
    card = cards_in_force(timezone.localtime(now).date()).filter(bus=bus).first()
    starts_at = next_minute(now + timedelta(seconds=READY_S))
    for number in range(RUNS):
        pattern = patterns[number % len(patterns)]
        is_today = timezone.localtime(starts_at).date() == timezone.localtime(now).date()
        if card is None or not is_today or not names_time(card, starts_at):
            return
        if Trip.objects.filter(pattern=pattern, starts_at=starts_at, bus=bus).exists():
            return
        trip = add_trip(pattern=pattern, starts_at=starts_at, bus=bus, reason=REASON, by=by)
        yield trip
        starts_at = next_minute(trip.ends_at + timedelta(seconds=PAUSE_S))


def next_minute(moment: datetime) -> datetime:
    """The first whole minute from a moment on."""
    return (moment + timedelta(seconds=59)).replace(second=0, microsecond=0)


def names_time(card: PlateCard, starts_at: datetime) -> bool:
    """Whether a plate card names the time of a departure."""
    clock = f"{timezone.localtime(starts_at):%H:%M}"
    return any(first <= clock <= last for first, last in card.times)


def let_go(trips: Iterable[Trip], *, by: User) -> None:
    """Ask the gate about each trip, and let go those that it allows."""
    for trip in trips:
        plan = plan_of(trip)
        if plan is None:
            continue
        check = check_trip(plan=as_told(plan), by=by)
        if may_leave(check):
            dispatch_trip(trip=trip, by=by)


def as_told(plan: TripPlan) -> TripPlan:
    """The plan with what only people at the bus can say."""
    bus = plan.bus
    return TripPlan(
        bus=bus,
        starts_at=plan.starts_at,
        route=plan.route,
        driver=plan.driver,
        attendant=plan.attendant,
        stages=plan.stages,
        pupils=(bus.capacity_pupils or 0) * 9 // 10,
        adults=2 if plan.attendant else 1,
        front_seat_free=Answer.MET,
        nobody_else_rides=Answer.MET,
        running_allowed=Answer.MET,
    )
