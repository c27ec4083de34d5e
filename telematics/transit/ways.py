"""What of a timetable becomes routes: trips that stop at the same places in the same order are departures of one way.

A way has one running time. Trips whose times between stops differ from those of most by five minutes at most, which
is still on time, are departures of the same way; others are another way.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

import msgspec

from telematics.stops_on_line import StopPlace, places_along
from telematics.transit.schedule import LatLon, Schedule, Service, Trip

DAY_S = 86_400
ON_TIME_S = 300
WEEK = 7
FORTNIGHT = timedelta(days=14)
Profile = tuple[tuple[int, int], ...]
"""Arrival at each stop after the departure from the first, and standing time there, in seconds."""


class Runs(msgspec.Struct, frozen=True):
    """The days of a service, on which trips start that begin so many days after midnight of the service day.

    Attributes:
        weekdays: bit 0 is Monday.
        first: day of the range in which the weekdays hold.
        last: the same.
        days: every day on which it runs; none where only the weekdays hold.
    """

    weekdays: int
    first: date
    last: date
    days: frozenset[date]


class WayPlan(msgspec.Struct, frozen=True):
    """How a route would run.

    Attributes:
        direction: 0 or 1.
        line: from the shape, or from stop to stop.
        departures_s: times of the day; one that is there twice is a double run.
        is_straight: the line goes from stop to stop, for there is no shape that passes them in their order.
        weekdays: bit 0 is Monday.
    """

    direction: int
    stops: tuple[str, ...]
    profile: Profile
    line: tuple[LatLon, ...]
    departures_s: tuple[int, ...]
    weekdays: int
    first: date
    last: date
    is_straight: bool = False


class RoutePlan(msgspec.Struct, frozen=True):
    """A route, and the ways that it would run; no two of one direction on one day.

    Attributes:
        worst_s: how far a time at a stop would be from the one in the feed.
    """

    name: str
    name_en: str
    ways: tuple[WayPlan, ...]
    worst_s: int = 0


class Ways(msgspec.Struct, frozen=True):
    """The routes of a timetable, and the days on which their departures run."""

    routes: tuple[RoutePlan, ...]
    runs: tuple[Runs, ...]


class _Group(msgspec.Struct):
    """Trips of one way, with where the day of each begins."""

    profile: Profile
    trips: list[Trip]
    worst_s: int = 0


def ways_of(schedule: Schedule, held_from: date | None = None) -> Ways:
    """The routes that a timetable would become.

    Args:
        schedule: the timetable.
        held_from: for a timetable whose days are over, the day from which the weekdays of its last fortnight are to
            hold again, without an end.
    """
    numbers: dict[tuple[str, int], int] = {}
    runs: list[Runs] = []
    services = services_taken(schedule, only_last=held_from is not None)
    by_way: dict[tuple[str, int, tuple[str, ...], str], list[Trip]] = defaultdict(list)
    for trip in schedule.trips.values():
        if trip.service_id not in services:
            continue
        key = (trip.service_id, starts_s(trip) // DAY_S)
        if key not in numbers:
            numbers[key] = len(runs)
            own = runs_of(services[trip.service_id], key[1])
            runs.append(Runs(own.weekdays, held_from, date.max, frozenset()) if held_from else own)
        stops = tuple(call.stop_id for call in trip.calls)
        by_way[trip.route_id, trip.direction or 0, stops, trip.shape_id].append(trip)
    ways: dict[str, list[WayPlan]] = defaultdict(list)
    worst: dict[str, int] = defaultdict(int)
    for (route, direction, stops, shape), trips in by_way.items():
        line, is_straight = line_of(schedule, stops, shape)
        for group in grouped(trips):
            worst[route] = max(worst[route], group.worst_s)
            for weekdays, first, last, times in timed(group.trips, numbers, runs):
                way = WayPlan(
                    direction, stops, group.profile, line, times, weekdays, first, last, is_straight
                )
                ways[route].append(way)
    routes = []
    for route_id, found in ways.items():
        of = schedule.routes[route_id]
        for number, slot in enumerate(without_clashes(found), start=1):
            more = f" ({number})" if number > 1 else ""
            name_en = of.name_en + more if of.name_en else ""
            routes.append(RoutePlan(of.name + more, name_en, tuple(slot), worst[route_id]))
    return Ways(tuple(routes), tuple(runs))


def services_taken(schedule: Schedule, *, only_last: bool) -> dict[str, Service]:
    """The services that run at all, or in the last fortnight of the timetable."""
    days = {key: one.days() for key, one in schedule.services.items()}
    last = max((max(one) for one in days.values() if one), default=date.max)
    since = last - FORTNIGHT if only_last else date.min
    return {key: one for key, one in schedule.services.items() if days[key] and max(days[key]) > since}


def line_of(schedule: Schedule, stops: tuple[str, ...], shape: str) -> tuple[tuple[LatLon, ...], bool]:
    """The line of a way, and whether it had to be drawn from stop to stop."""
    places = tuple((schedule.stops[stop].lat, schedule.stops[stop].lon) for stop in stops)
    line = schedule.shapes.get(shape)
    if line is None:
        return places, True
    try:
        places_along(line, [StopPlace(*place) for place in places])
    except ValueError:
        return places, True
    return line, False


def starts_s(trip: Trip) -> int:
    """When a trip leaves its first stop."""
    return trip.calls[0].departure_s


def runs_of(service: Service, later: int) -> Runs:
    """The days on which trips start of a service, so many days later than its service days.

    Weekdays that the feed does not tell are those on which it runs at least every other time.
    """
    days = frozenset(day + timedelta(days=later) for day in service.days())
    if service.weekdays and service.first and service.last:
        first, last = (day + timedelta(days=later) for day in (service.first, service.last))
        rotated = service.weekdays << later % WEEK
        return Runs((rotated | rotated >> WEEK) & 0b1111111, first, last, days)
    first, last = min(days), max(days)
    run = Counter(day.weekday() for day in days)
    range_days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    there = Counter(day.weekday() for day in range_days)
    weekdays = sum(1 << day for day, count in run.items() if 2 * count >= there[day])
    return Runs(weekdays or 1 << first.weekday(), first, last, days)


def profile_of(trip: Trip) -> Profile:
    """The times of a trip after its departure; stops that the feed gives one time are a second apart."""
    arrivals = [0]
    for call in trip.calls[1:]:
        arrivals.append(max(call.arrival_s - starts_s(trip), arrivals[-1] + 1))
    dwells = [
        min(max(call.departure_s - starts_s(trip) - arrival, 0), after - arrival)
        for call, (arrival, after) in zip(trip.calls[1:], pairwise(arrivals[1:]), strict=False)
    ]
    return tuple(zip(arrivals, [0, *dwells, 0], strict=True))


def grouped(trips: Sequence[Trip]) -> list[_Group]:
    """Trips of one way by their running times: with the most common first."""
    by_profile: dict[Profile, list[Trip]] = defaultdict(list)
    for trip in trips:
        by_profile[profile_of(trip)].append(trip)
    groups: list[_Group] = []
    for profile, same in sorted(by_profile.items(), key=lambda item: (-len(item[1]), item[0])):
        apart = [(apart_s(group.profile, profile), number) for number, group in enumerate(groups)]
        nearest_s, number = min(apart, default=(ON_TIME_S + 1, 0))
        if nearest_s > ON_TIME_S:
            groups.append(_Group(profile, list(same)))
        else:
            groups[number].trips += same
            groups[number].worst_s = max(groups[number].worst_s, nearest_s)
    return groups


def apart_s(one: Profile, other: Profile) -> int:
    """The most by which two running times differ at a stop."""
    return max(abs(arrival - compared) for (arrival, _), (compared, _) in zip(one, other, strict=True))


def timed(
    trips: Iterable[Trip], numbers: Mapping[tuple[str, int], int], runs: Sequence[Runs]
) -> Iterator[tuple[int, date, date, tuple[int, ...]]]:
    """The departures of one way: weekdays that have the same ones go together."""
    by_range: dict[tuple[date, date], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for trip in trips:
        one = runs[numbers[trip.service_id, starts_s(trip) // DAY_S]]
        for weekday in range(WEEK):
            if one.weekdays >> weekday & 1:
                by_range[one.first, one.last][weekday].append(starts_s(trip) % DAY_S)
    for (first, last), by_weekday in sorted(by_range.items()):
        alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for weekday, departures in sorted(by_weekday.items()):
            alike[tuple(sorted(departures))].append(weekday)
        for times, weekdays in alike.items():
            yield sum(1 << weekday for weekday in weekdays), first, last, times


def without_clashes(ways: Iterable[WayPlan]) -> list[list[WayPlan]]:
    """Ways shared out so that no two of one direction hold on one day; those with most departures come first."""
    slots: list[list[WayPlan]] = []
    for way in sorted(ways, key=lambda one: (-len(one.departures_s), one.direction, one.first, one.weekdays)):
        free = (slot for slot in slots if not any(clash(way, other) for other in slot))
        slot = next(free, None)
        if slot is None:
            slots.append([way])
        else:
            slot.append(way)
    return slots


def clash(one: WayPlan, other: WayPlan) -> bool:
    """Whether two ways of one direction hold on one day."""
    return (
        one.direction == other.direction
        and bool(one.weekdays & other.weekdays)
        and one.first <= other.last
        and other.first <= one.last
    )
