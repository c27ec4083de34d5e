"""Reads: who rides which trip: the pupils by stop with absences, capacity against them, and a pupil's bus now."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.people.models import User
from fleet.pupils.models import Absence, Pupil, StopAssignment
from fleet.pupils.periods import WEEKDAYS
from fleet.pupils.queries import (
    absences_on,
    assignments_on,
    assignments_served,
    pupils_at_school_for,
    service_weekday,
    service_weekdays,
)
from fleet.records import refuse_unless_allowed
from fleet.routes.models import Departure, Direction, RoutePattern, Stop
from fleet.routes.school_days import runs_on
from fleet.trips.models import OPEN_STATES, Trip, TripState
from fleet.vehicles.models import Bus

FIRST_SHOWN = timedelta(days=1)
"""So long before a trip its crew may see whom it carries; after its day nobody needs to."""
SHORTEST_SEARCH = 2
MOST_FOUND = 20
"""Of pupils whose names begin alike; a search is not a way to list the register."""


@dataclass(frozen=True)
class Rider:
    """A pupil of a trip.

    Attributes:
        pupil: who rides.
        absence: reported for the day, if any.
        is_late: whether the absence was reported after the trip's departure.
    """

    pupil: Pupil
    absence: Absence | None = None
    is_late: bool = False


@dataclass(frozen=True)
class StopRiders:
    """The pupils of a stop of a trip, by name.

    Attributes:
        order: of the stop in the pattern.
        stop: where they board or alight.
        riders: absent ones too.
    """

    order: int
    stop: Stop
    riders: list[Rider]

    @property
    def expected(self) -> int:
        """How many are not absent."""
        return sum(rider.absence is None for rider in self.riders)


def riders_of(pattern: RoutePattern, day: date, departs_at: datetime | None = None) -> list[StopRiders]:
    """The pupils of a pattern on a day by stop, in the order of the stops; those who are absent are marked.

    Args:
        pattern: one direction of a route.
        day: local.
        departs_at: of the trip, against which it is judged whether an absence was reported late.
    """
    weekday = service_weekday(pattern.route.school_id, day)
    served: list[StopAssignment] = []
    if weekday is not None:
        found = assignments_served(day, weekday).filter(pattern=pattern).order_by("pupil__name", "pupil_id")
        served = list(found.select_related("pupil__school_class"))
    absences = absences_by_pupil(day, pattern.direction, served)
    at_stop: dict[int, list[Rider]] = defaultdict(list)
    for one in served:
        absence = absences.get(one.pupil_id)
        is_late = bool(absence and departs_at and absence.reported_at > departs_at)
        at_stop[one.stop_id].append(Rider(one.pupil, absence, is_late))
    places = pattern.pattern_stops.select_related("stop").order_by("order")
    return [StopRiders(place.order, place.stop, at_stop.pop(place.stop_id, [])) for place in places]


def absences_by_pupil(day: date, direction: str, assignments: Iterable[StopAssignment]) -> dict[int, Absence]:
    """The absence of each pupil that holds on a day in a direction."""
    pupils = {one.pupil_id for one in assignments}
    found = absences_on(day).filter(pupil__in=pupils, direction__in=("", direction))
    return {one.pupil_id: one for one in found}


@transaction.atomic
def pupils_of_trip(person: User, trip: Trip) -> list[StopRiders]:
    """Whom a trip carries, for who runs it; the access log has it.

    Raises:
        PermissionDenied: where the person does not run the trip, or it is not near enough in time.
    """
    refuse_unless_allowed(person, "trips.run_trip", trip)
    today = timezone.localdate()
    if not trip.service_date - FIRST_SHOWN <= today <= trip.service_date:
        raise PermissionDenied(_("The pupils of a trip are shown from the day before until its end."))
    found = riders_of(trip.pattern, trip.service_date, trip.starts_at)
    riders = [rider.pupil for stop in found for rider in stop.riders]
    record_access(by=person, action=Action.LIST, objects=riders, purpose=str(trip))
    return found


def most_aboard(trips: Iterable[Trip], day: date) -> dict[int, int]:
    """How many pupils each of some trips of a day has aboard at once at most, as planned; in four queries.

    All who ride are aboard together, before the school or behind it; those who are reported absent don't ride. It is
    not known, and left out, where a pattern has no pupils on that day, or more trips than one to carry them: nobody
    says who rides on which.

    Args:
        trips: of that day, with their patterns and routes.
        day: local.
    """
    by_pattern = {trip.pattern_id: trip for trip in trips}
    alone = Trip.objects.filter(pattern__in=by_pattern, service_date=day).exclude(state=TripState.CANCELLED)
    runs = Counter(alone.values_list("pattern", flat=True))
    weekdays = service_weekdays({trip.pattern.route.school_id for trip in by_pattern.values()}, day)
    held = assignments_on(day).filter(
        pattern__in=[pattern for pattern, number in runs.items() if number == 1]
    )
    away = set(absences_on(day).filter(pupil__in=held.values("pupil")).values_list("pupil", "direction"))
    riders: dict[int, set[int]] = defaultdict(set)
    for pattern, pupil, bits in held.values_list("pattern", "pupil", "weekdays"):
        trip = by_pattern[pattern]
        weekday = weekdays[trip.pattern.route.school_id]
        if weekday is not None and runs_on(bits, weekday):
            is_away = not away.isdisjoint({(pupil, ""), (pupil, trip.pattern.direction)})
            riders[trip.pk].update(() if is_away else (pupil,))
    return {trip: len(pupils) for trip, pupils in riders.items()}


def riders_by_weekday(pattern: RoutePattern, day: date) -> dict[int, int]:
    """How many pupils a pattern carries on each weekday, Monday is 0, by the stops that hold on a day."""
    held = assignments_on(day).filter(pattern=pattern).values_list("weekdays", flat=True)
    counts = list(held)
    return {weekday: sum(bits >> weekday & 1 for bits in counts) for weekday in WEEKDAYS}


def capacity_of(pattern: RoutePattern) -> int | None:
    """How many pupils the buses of a pattern may carry; None where that is not known of one, or there is none."""
    seats = [
        departure.bus.capacity_pupils if departure.bus else None
        for departure in Departure.objects.current().filter(pattern=pattern).select_related("bus")
    ]
    known = [seat for seat in seats if seat is not None]
    return sum(known) if seats and len(known) == len(seats) else None


def too_many(pattern: RoutePattern, day: date) -> str:
    """What is to be said where a pattern has more pupils on a weekday than its buses may carry; else nothing.

    It warns and does not refuse: a coordinator moves pupils before adding a bus, and the gate judges each trip.
    """
    capacity = capacity_of(pattern)
    most = max(riders_by_weekday(pattern, day).values())
    if capacity is None or most <= capacity:
        return ""
    return _("%(pattern)s has %(most)d pupils on one day, and its buses may carry %(capacity)d.") % {
        "pattern": pattern,
        "most": most,
        "capacity": capacity,
    }


def departures_of(pupil: Pupil, day: date, direction: str = "") -> Iterator[datetime]:
    """When the trips of a pupil depart on a day: as the trips are planned, or else as the patterns are."""
    weekday = service_weekday(pupil.school_id, day)
    if weekday is None:
        return
    wanted = [direction] if direction else list(Direction)
    held = assignments_served(day, weekday).filter(pupil=pupil, pattern__direction__in=wanted)
    for pattern in held.values_list("pattern", flat=True):
        planned = Trip.objects.filter(pattern=pattern, service_date=day).values_list("starts_at", flat=True)
        if planned:
            yield from planned
            continue
        times = Departure.objects.current().filter(pattern=pattern).values_list("at", flat=True)
        yield from (timezone.make_aware(datetime.combine(day, at)) for at in times)


class PupilsBuses(NamedTuple):
    """The buses that carry the pupils of a name now.

    Attributes:
        buses: by plate.
        is_vague: more pupils have a name that begins so than are looked up at once: somebody has to say more of it.
    """

    buses: list[Bus]
    is_vague: bool = False


@transaction.atomic
def buses_of_pupils(person: User, name: str) -> PupilsBuses:
    """The buses of the pupils of a name: of the trip that each is on now, or else of its next one today.

    Nothing else of the pupils is told; the access log has each who was found.

    Args:
        person: who searches; their pupils only are found.
        name: the whole name of a pupil, or its beginning, of two characters or more.
    """
    wanted = name.strip()
    if len(wanted) < SHORTEST_SEARCH:
        return PupilsBuses([])
    found = pupils_at_school_for(person).current().filter(name__startswith=wanted)
    pupils = list(found.order_by("pk")[: MOST_FOUND + 1])
    if len(pupils) > MOST_FOUND:
        return PupilsBuses([], is_vague=True)
    record_access(by=person, action=Action.LIST, objects=pupils, purpose=_("Search on the live map"))
    trips = trips_now(pupils, timezone.localdate()).values()
    buses = [trip.bus_id for trip in trips if trip.bus_id is not None]
    return PupilsBuses(list(Bus.objects.filter(pk__in=buses).order_by("plate")))


def trips_now(pupils: Sequence[Pupil], today: date) -> dict[int, Trip]:
    """The trip of each pupil that has one left today: the one under way, or else the next; by the pupil's id."""
    weekdays = service_weekdays({one.school_id for one in pupils}, today)
    patterns: dict[int, set[int]] = defaultdict(set)
    for one in assignments_on(today).filter(pupil__in=pupils).select_related("pupil"):
        weekday = weekdays[one.pupil.school_id]
        if weekday is not None and one.period.holds_on(today, weekday):
            patterns[one.pupil_id].add(one.pattern_id)
    served = set[int]().union(*patterns.values())
    trips = Trip.objects.filter(pattern__in=served, service_date=today, state__in=OPEN_STATES)
    in_order = sorted(
        trips.exclude(bus=None), key=lambda trip: (trip.state == TripState.PLANNED, trip.starts_at, trip.pk)
    )
    found = {}
    for pupil, ways in patterns.items():
        if trip := next((trip for trip in in_order if trip.pattern_id in ways), None):
            found[pupil] = trip
    return found
