"""Reads: a family's day: each child's trips, and of the bus only what the window of its trip lets them see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from fleet.family.models import DriverName, FamilyPreferences
from fleet.family.names import surname_of
from fleet.family.privacy import privacies_of, privacy_of, usual_preferences
from fleet.family.stages import LATE_AFTER, WITH_BUS, Call, Facts, Stage, stage_of, turns_of
from fleet.people.models import User
from fleet.positions.models import LastPosition
from fleet.pupils.models import Absence, Pupil, StopAssignment
from fleet.pupils.queries import absences_on, assignments_on, children_of, service_weekdays
from fleet.routes.models import Direction
from fleet.routes.school_days import runs_on
from fleet.trips.models import Progress, StopVisit, Trip
from fleet.trips.states import State

SHOWN_AFTER = timedelta(hours=1)
"""So long after its planned end a trip stays the one that is shown first."""


class Prediction(NamedTuple):
    """When the bus is expected at the stop: the time said, and the 80 % range."""

    median: datetime
    low: datetime
    high: datetime


class Whereabouts(NamedTuple):
    """Where the bus was, degrees WGS-84, and when that was."""

    lon: float
    lat: float
    course_deg: float | None
    at: datetime


@dataclass(frozen=True)
class Leg:
    """A child's trip on a day. What the stage does not let the family see is None.

    Attributes:
        visit: the bus at the child's stop: planned, and as far as known.
        school_visit: the bus at the school.
        absence: why the child does not ride, if it does not.
        prediction: while the bus is shown and not at the stop.
        whereabouts: while the bus is shown.
        stops_away: 1 where the child's stop is the next.
        plate: of the bus, while it is shown and if the school allows.
        driver: the name, as far as the school allows.
        walking: the family's way to the stop.
    """

    trip: Trip
    pupil: Pupil
    visit: StopVisit
    school_visit: StopVisit
    stage: Stage
    facts: Facts
    absence: Absence | None
    prediction: Prediction | None
    whereabouts: Whereabouts | None
    stops_away: int | None
    plate: str
    driver: str
    walking: timedelta

    @property
    def direction(self) -> Direction:
        """To school, or home."""
        return Direction(self.trip.pattern.direction)

    @property
    def is_shown(self) -> bool:
        """Whether the bus may be seen now."""
        return self.stage in WITH_BUS

    @property
    def is_substituted(self) -> bool:
        """Whether the family should look out for another bus than usual."""
        return self.is_shown and self.trip.planned_bus_id is not None and self.trip.is_substituted

    @property
    def leave_at(self) -> datetime | None:
        """When to leave home, so as to be at the stop even if the bus comes early; only on the way to school."""
        if self.direction != Direction.TO_SCHOOL or self.stage not in (Stage.PLANNED, Stage.COMING):
            return None
        return (self.prediction.low if self.prediction else self.visit.planned_at) - self.walking

    @property
    def late_by(self) -> timedelta | None:
        """How late the bus is expected, where that is worth telling."""
        if self.prediction is None:
            return None
        late = self.prediction.median - self.visit.planned_at
        return late if late >= LATE_AFTER else None


@dataclass(frozen=True)
class ChildToday:
    """A child and its trips of a day, the first to depart first.

    Attributes:
        telephone: of the school, where it gives families one.
    """

    pupil: Pupil
    legs: list[Leg]
    now: datetime
    telephone: str = ""

    @property
    def present_leg(self) -> Leg | None:
        """The trip that matters now."""
        for leg in self.legs:
            if leg.is_shown or self.now < leg.facts.ends_at + SHOWN_AFTER:
                return leg
        return self.legs[-1] if self.legs else None

    @property
    def other_legs(self) -> list[Leg]:
        """The other ones of the day."""
        return [leg for leg in self.legs if leg is not self.present_leg]


@dataclass(frozen=True)
class FamilyDay:
    """What a family sees now.

    Attributes:
        turns_at: when the clock alone changes it next.
    """

    children: list[ChildToday]
    turns_at: datetime


class Plan(NamedTuple):
    """Which trips a day of some pupils is made of."""

    pupils: list[Pupil]
    assignments: list[StopAssignment]
    trips: list[int]


def plan_of(pupils: Iterable[Pupil], now: datetime) -> Plan:
    """Which trips serve pupils today, by their stops and the calendars of their schools."""
    riders = list(pupils)
    assignments = assignments_today(riders, now)
    found = Trip.objects.filter(
        pattern__in={one.pattern_id for one in assignments}, service_date=timezone.localtime(now).date()
    )
    return Plan(riders, assignments, list(found.values_list("pk", flat=True)))


def family_day(guardian: User, now: datetime) -> FamilyDay:
    """What a guardian sees of all their children; checked anew at each call."""
    return day_of(plan_of(children_of(guardian), now), now, preferences_of(guardian))


def preferences_of(guardian: User) -> FamilyPreferences:
    """What a guardian has chosen; where they have chosen nothing, what the school of the first child says."""
    if found := FamilyPreferences.objects.filter(guardian=guardian).first():
        return found
    child = children_of(guardian).first()
    return (
        usual_preferences(guardian.pk, privacy_of(child.school_id))
        if child
        else FamilyPreferences(guardian=guardian)
    )


def day_of(plan: Plan, now: datetime, preferences: FamilyPreferences) -> FamilyDay:
    """The trips of pupils today, in a number of queries that does not grow with their number."""
    pupils, assignments, _trips = plan
    found = Trip.objects.filter(pk__in=plan.trips).order_by("starts_at", "pk")
    trips = list(found.select_related("pattern__route", "bus", "planned_bus", "driver"))
    reader = Reader(pupils, trips, now, timedelta(minutes=preferences.walking_minutes))
    children = [
        ChildToday(
            pupil,
            [
                leg
                for trip in trips
                for one in assignments
                if one.pupil_id == pupil.pk and one.pattern_id == trip.pattern_id
                if (leg := reader.leg(pupil, one, trip))
            ],
            now,
            reader.privacies[pupil.school_id].telephone,
        )
        for pupil in pupils
    ]
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    turns = [turn for child in children for leg in child.legs for turn in turns_of(leg.facts) if turn > now]
    return FamilyDay(children, min([midnight, *turns]))


def assignments_today(pupils: Iterable[Pupil], now: datetime) -> list[StopAssignment]:
    """Where pupils board and alight today, by the calendars of their schools."""
    today = timezone.localtime(now).date()
    weekdays = service_weekdays({one.school_id for one in pupils}, today)
    held = assignments_on(today).filter(pupil__in=[one.pk for one in pupils]).select_related("pupil", "stop")
    return [
        one
        for one in held
        if (weekday := weekdays[one.pupil.school_id]) is not None and runs_on(one.weekdays, weekday)
    ]


class Reader:
    """Reads at once what the legs of some pupils on some trips need."""

    def __init__(self, pupils: list[Pupil], trips: list[Trip], now: datetime, walking: timedelta) -> None:
        self._now, self._walking = now, walking
        self._visits: dict[int, list[StopVisit]] = {}
        for visit in StopVisit.objects.filter(trip__in=trips).select_related("stop").order_by("order"):
            self._visits.setdefault(visit.trip_id, []).append(visit)
        self._progress = Progress.objects.in_bulk([trip.pk for trip in trips])
        buses = {trip.bus_id for trip in trips} - {None}
        self._positions = {one.bus_id: one for one in LastPosition.objects.filter(bus__in=buses)}
        self._absences: dict[int, list[Absence]] = {}
        for absence in absences_on(timezone.localtime(now).date()).filter(
            pupil__in=[one.pk for one in pupils]
        ):
            self._absences.setdefault(absence.pupil_id, []).append(absence)
        self.privacies = privacies_of({one.school_id for one in pupils})

    def leg(self, pupil: Pupil, assignment: StopAssignment, trip: Trip) -> Leg | None:
        """A pupil's leg on a trip; None where the trip does not serve the stop after all."""
        visits = self._visits.get(trip.pk, [])
        visit = next((one for one in visits if one.stop_id == assignment.stop_id), None)
        if visit is None:
            return None
        is_to_school = trip.pattern.direction == Direction.TO_SCHOOL
        school_visit = visits[-1] if is_to_school else visits[0]
        absence = next(
            (
                one
                for one in self._absences.get(pupil.pk, [])
                if one.direction in ("", trip.pattern.direction)
            ),
            None,
        )
        facts = Facts(
            state=State(trip.state),
            starts_at=trip.starts_at,
            ends_at=trip.ends_at,
            call=Call(visit.state),
            reached_school=is_to_school and school_visit.arrived_at is not None,
            is_absent=absence is not None,
            shown_before=self.privacies[pupil.school_id].shown_before,
        )
        stage = stage_of(facts, self._now)
        is_shown = stage in WITH_BUS
        return Leg(
            trip=trip,
            pupil=pupil,
            visit=visit,
            school_visit=school_visit,
            stage=stage,
            facts=facts,
            absence=absence,
            prediction=self._prediction(trip, visit) if stage == Stage.COMING else None,
            whereabouts=self._whereabouts(trip, facts) if is_shown else None,
            stops_away=stops_away(visits, visit) if stage == Stage.COMING else None,
            plate=self._plate(pupil, trip) if is_shown else "",
            driver=self._driver(pupil, trip) if is_shown else "",
            walking=self._walking,
        )

    def _prediction(self, trip: Trip, visit: StopVisit) -> Prediction | None:
        return predictions_of(self._progress.get(trip.pk)).get(visit.order)

    def _whereabouts(self, trip: Trip, facts: Facts) -> Whereabouts | None:
        last = self._positions.get(trip.bus_id)
        if last is None or last.position is None or last.time is None or last.time < next(turns_of(facts)):
            return None
        lon, lat = last.position.coords
        return Whereabouts(lon, lat, last.course_deg, last.time)

    def _plate(self, pupil: Pupil, trip: Trip) -> str:
        return str(trip.bus.plate) if trip.bus and self.privacies[pupil.school_id].shows_plate else ""

    def _driver(self, pupil: Pupil, trip: Trip) -> str:
        shown = self.privacies[pupil.school_id].driver_name
        if trip.driver is None or shown == DriverName.NONE:
            return ""
        return str(trip.driver.name) if shown == DriverName.FULL else surname_of(trip.driver.name)


def predictions_of(progress: Progress | None) -> dict[int, Prediction]:
    """What is predicted of a trip, by the order of the stop."""
    told: list[dict[str, Any]] = progress.predictions if progress else []
    return {
        one["order"]: Prediction(*(datetime.fromtimestamp(one[name], UTC) for name in Prediction._fields))
        for one in told
    }


def stops_away(visits: Iterable[StopVisit], own: StopVisit) -> int:
    """How many stops the bus has before it, up to the own one: 1 where that is the next."""
    return sum(one.state == Call.AHEAD for one in visits if one.order <= own.order)
