"""Reads: what a timetable from elsewhere would add to a school's routes and change in them; nothing is written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from django.utils import timezone

from fleet.organisations.models import Organisation
from fleet.regulations.calendars import china_calendar
from fleet.routes.gtfs_calendar import Days, calendar_of
from fleet.routes.models import Direction, ExceptionalDay, Route, RoutePattern, Stop, Term
from fleet.routes.queries import SAME_PLACE_M, patterns_from
from fleet.routes.stop_states import stops_near
from telematics.geometry import distance_m
from telematics.transit.schedule import LatLon, Schedule
from telematics.transit.schedule import Stop as FeedStop
from telematics.transit.ways import RoutePlan, Runs, WayPlan, ways_of

SAME_LINE_M = 1.0


@dataclass(frozen=True)
class Choices:
    """What whoever imports decides.

    Attributes:
        school: whose the routes are to be.
        keeper: who is to keep the stops that are new.
        zero_is: which way trips go whose `direction_id` is 0, or is not told.
        with_calendar: whether the school's calendar is taken from the feed.
        same: stops of the feed that are the stop of ours near them, by their ids; None for those that bear its name.
    """

    school: Organisation
    keeper: Organisation
    zero_is: Direction = Direction.TO_SCHOOL
    with_calendar: bool = True
    same: frozenset[str] | None = None

    def direction(self, direction_id: int) -> Direction:
        """Which way trips of a `direction_id` go."""
        ways = [self.zero_is, *(one for one in Direction if one != self.zero_is)]
        return ways[direction_id]


@dataclass(frozen=True)
class StopPlan:
    """A stop of the feed.

    Attributes:
        near: the stop of ours within 30 m, if any.
        is_same: whether it is that one.
    """

    stop: FeedStop
    near: Stop | None = None
    metres: float = 0.0
    is_same: bool = False

    @property
    def existing(self) -> Stop | None:
        """The stop of ours that it is."""
        return self.near if self.is_same else None


@dataclass(frozen=True)
class WayChange:
    """A way of the feed, and what it means for the route.

    Attributes:
        pattern: the way of ours that it is, if any.
        replaces: the ways of ours that it takes the place of.
        departures: times that are new.
        first: first day.
        last: last day; None where the feed's days are over, and nothing is known.
    """

    way: WayPlan
    direction: Direction
    first: date
    last: date | None
    pattern: RoutePattern | None = None
    replaces: tuple[RoutePattern, ...] = ()
    departures: tuple[time, ...] = ()


@dataclass(frozen=True)
class RouteChange:
    """A route of the feed, and the route of ours that it is, if any."""

    plan: RoutePlan
    existing: Route | None
    ways: tuple[WayChange, ...]

    @property
    def is_new(self) -> bool:
        """Whether there is no such route yet."""
        return self.existing is None

    @property
    def is_changed(self) -> bool:
        """Whether anything of a route that is there would be otherwise."""
        return not self.is_new and any(one.pattern is None or one.departures for one in self.ways)


@dataclass
class FeedPlan:
    """All that an import would do.

    Attributes:
        days: of the school's calendar; None where it stays as it is.
        is_over: the feed's days are over, and its routes would hold from today on.
        keeps_calendar: the school has other terms in these days already, and they stay.
        over: ways that are left out, for their days are over.
    """

    stops: dict[str, StopPlan] = field(default_factory=dict)
    routes: list[RouteChange] = field(default_factory=list)
    days: Days | None = None
    is_over: bool = False
    keeps_calendar: bool = False
    over: int = 0


def plan_import(schedule: Schedule, choices: Choices) -> FeedPlan:
    """What importing a timetable would do.

    Args:
        schedule: without faults.
        choices: of whoever imports.
    """
    today = timezone.localdate()
    is_over = all(max(one.days(), default=date.min) < today for one in schedule.services.values())
    ways = ways_of(schedule, held_from=today if is_over else None)
    plan = FeedPlan(is_over=is_over)
    used = {stop for route in ways.routes for way in route.ways for stop in way.stops}
    plan.stops = planned_stops([one for key, one in schedule.stops.items() if key in used], choices)
    ours = {one.name: one for one in Route.objects.current().filter(school=choices.school).order_by("-pk")}
    for route in ways.routes:
        valid = tuple(way for way in route.ways if way.last >= today)
        plan.over += len(route.ways) - len(valid)
        if valid:
            existing = ours.get(route.name)
            known = ways_known(existing, today)
            changes = tuple(planned_way(way, known, plan.stops, choices, today) for way in valid)
            plan.routes.append(RouteChange(route, existing, changes))
    if choices.with_calendar and not is_over and ways.runs:
        plan_calendar(plan, ways.runs, choices.school)
    return plan


def planned_stops(stops: Sequence[FeedStop], choices: Choices) -> dict[str, StopPlan]:
    """Each stop with the nearest of ours; of two that could be one of ours, only the nearer one is."""
    near = {one.stop_id: nearest(one) for one in stops}
    taken: set[int] = set()
    plans: dict[str, StopPlan] = {}
    for one in sorted(stops, key=lambda stop: (near[stop.stop_id][0], stop.stop_id)):
        metres, other = near[one.stop_id]
        is_same = other is not None and other.pk not in taken and is_wanted(one, other, choices)
        if other is not None and is_same:
            taken.add(other.pk)
        plans[one.stop_id] = StopPlan(one, other, metres, is_same)
    return {one.stop_id: plans[one.stop_id] for one in stops}


def nearest(stop: FeedStop) -> tuple[float, Stop | None]:
    """The stop of ours within 30 m, with how far away it is: one of that name, or else the nearest."""
    near = stops_near(Stop.objects.current(), stop.lat, stop.lon, SAME_PLACE_M)
    return min(near, key=lambda one: (one[1].name != stop.name, one[0]), default=(0.0, None))


def is_wanted(stop: FeedStop, ours: Stop, choices: Choices) -> bool:
    """Whether a stop is to be the one of ours near it, which the school or who keeps the new ones must keep."""
    if ours.organisation_id not in (choices.keeper.pk, choices.school.pk):
        return False
    return stop.name == ours.name if choices.same is None else stop.stop_id in choices.same


def ways_known(route: Route | None, today: date) -> list[RoutePattern]:
    """The ways of a route that hold today or later, with their stops."""
    if route is None:
        return []
    return list(patterns_from(today).filter(route=route).prefetch_related("pattern_stops", "departures"))


def planned_way(
    way: WayPlan,
    known: Sequence[RoutePattern],
    stops: Mapping[str, StopPlan],
    choices: Choices,
    today: date,
) -> WayChange:
    """What a way means for its route: it is there, or takes the place of others, or comes besides them."""
    direction = choices.direction(way.direction)
    last = None if way.last == date.max else way.last
    there = [one for one in known if one.direction == direction and holds_with(one, way)]
    same = next((one for one in there if is_same_way(one, way, stops, max(way.first, today))), None)
    if same is not None:
        missing = Counter(clock_of(at_s) for at_s in way.departures_s)
        missing -= Counter(one.at for one in same.departures.all() if one.archived_at is None)
        return WayChange(way, direction, same.valid_from, last, same, (), tuple(sorted(missing.elements())))
    first = max(way.first, today + timedelta(days=1)) if there else way.first
    times = tuple(clock_of(at_s) for at_s in way.departures_s)
    return WayChange(way, direction, first, last, None, tuple(there), times)


def holds_with(pattern: RoutePattern, way: WayPlan) -> bool:
    """Whether a way of ours and one of the feed hold on one day."""
    return (
        bool(pattern.weekdays & way.weekdays)
        and pattern.valid_from <= way.last
        and (pattern.valid_until is None or pattern.valid_until >= way.first)
    )


def is_same_way(pattern: RoutePattern, way: WayPlan, stops: Mapping[str, StopPlan], first: date) -> bool:
    """Whether a way of ours is that of the feed, on all the days that are left of it."""
    served = list(pattern.pattern_stops.all())
    existing = [stops[key].existing for key in way.stops]
    return (
        pattern.weekdays == way.weekdays
        and pattern.valid_from <= first
        and (pattern.valid_until or date.max) >= way.last
        and [one.stop_id for one in served] == [one.pk if one else None for one in existing]
        and [one.offset_s - served[0].offset_s for one in served] == [arrival for arrival, _ in way.profile]
        and is_same_line([(lat, lon) for lon, lat, *_ in pattern.line.coords], way.line)
    )


def is_same_line(one: Sequence[LatLon], other: Sequence[LatLon]) -> bool:
    """Whether two lines have the same points, to a metre."""
    one, other = without_repeats(one), without_repeats(other)
    return len(one) == len(other) and all(
        distance_m(*point, *compared) < SAME_LINE_M for point, compared in zip(one, other, strict=True)
    )


def without_repeats(line: Sequence[LatLon]) -> list[LatLon]:
    """A line without points that are there twice running."""
    return [point for number, point in enumerate(line) if number == 0 or point != line[number - 1]]


def clock_of(at_s: int) -> time:
    """A time of the day."""
    return time(at_s // 3600, at_s // 60 % 60, at_s % 60)


def plan_calendar(plan: FeedPlan, runs: Sequence[Runs], school: Organisation) -> None:
    """Take the days of the feed, unless the school has told other terms; days that it has told itself stay."""
    days = calendar_of(runs, china_calendar())
    first, last = days.terms[0][0], days.terms[-1][1]
    there = Term.objects.current().filter(school=school, valid_from__lte=last, valid_until__gte=first)
    known = list(there.order_by("valid_from").values_list("valid_from", "valid_until"))
    if known and known != list(days.terms):
        plan.keeps_calendar = True
        return
    own = ExceptionalDay.objects.current().filter(school=school, day__range=(first, last))
    told = set(own.values_list("day", flat=True))
    terms = [] if known else days.terms
    exceptions = {day: weekday for day, weekday in days.exceptions.items() if day not in told}
    plan.days = Days(terms, exceptions, days.lost)
