"""Pure: from days of driving of a bus to the routes that it runs: stops in order, direction, times, and the line."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from operator import itemgetter

import msgspec

from telematics.fix import Fix
from telematics.geometry import distance_m
from telematics.learning.drives import Drive, Spot, drives_of, nights_of, spots_of, standings_of
from telematics.learning.learned import SAME_PLACE_M, Heading, LearnedWay, clock_s, learned_way
from telematics.learning.stops import (
    KNOWN_M,
    Alike,
    Knowledge,
    KnownStop,
)
from telematics.learning.ways import LatLon, Trace, points_of

NOON_S = 12 * 3600
LIKE = 0.6
"""So much of two drives runs along each other, at least, where they drive one way."""
LEAST_LIKE = 0.4
SAME_TIME_OF_DAY_S = 90 * 60
STANDS_AT_SCHOOL_S = 45.0


class DrivenDay(msgspec.Struct, frozen=True):
    """What a bus reported on a day.

    Attributes:
        day: local.
        fixes: its reports of that day, in any order.
        boarded_at: when pupils boarded or alighted, where that was recorded.
    """

    day: date
    fixes: Sequence[Fix]
    boarded_at: Sequence[datetime] = ()


@dataclass(frozen=True)
class Learned:
    """What days of driving tell.

    Attributes:
        ways: to school first.
        school: (lat, lon) where the bus was seen at the school; None where no such place was found.
        driven_days: days on which it drove at all.
    """

    ways: Sequence[LearnedWay]
    school: LatLon | None
    driven_days: Sequence[date]


def learn_routes(
    days: Sequence[DrivenDay],
    zone: tzinfo,
    known: Sequence[KnownStop] = (),
    school: LatLon | None = None,
) -> Learned:
    """The ways that a bus runs, from days of its driving.

    A way counts that was driven on two days, or on the only one that is given; what was driven once is a holiday, an
    outing or a detour.

    Args:
        days: of one bus.
        zone: in which clocks are read.
        known: stops that are recorded; one within 30 m is taken for the same.
        school: where the school's gate is; found from the driving where it is not given.
    """
    spots = [spots_of(one.fixes) for one in days]
    depots = nights_of([one for one in spots if one])
    if school is None:
        school = likely_school([one for one in spots if one], depots, zone)
    depots = [one for one in depots if school is None or distance_m(*one, *school) > SAME_PLACE_M]
    drives = [
        drive
        for number, one in enumerate(spots)
        for drive in (drives_of(number, one, school, depots) if one else ())
    ]
    knowledge = Knowledge(known, [[moment.timestamp() for moment in one.boarded_at] for one in days])
    dates = [one.day for one in days]
    driven = sorted({drive.day for drive in drives})
    ways = [
        way
        for heading in Heading
        for together in by_time_of_day([one for one in drives if heading_of(one, zone) is heading], zone)
        for group in alike(together, min(2, len(driven)))
        if (way := learned_way(heading, group, dates, zone, knowledge))
    ]
    return Learned(merged(ways), school, [dates[number] for number in driven])


def likely_school(days: Sequence[Sequence[Spot]], depots: Sequence[LatLon], zone: tzinfo) -> LatLon | None:
    """Where a bus stands both before noon and after it on the most days, and longest of such places; no depot."""
    places: list[_Haunt] = []
    for number, spots in enumerate(days):
        for one in standings_of(spots):
            at_depot = any(distance_m(one.lat, one.lon, *place) <= SAME_PLACE_M for place in depots)
            if at_depot or one.lasted_s < STANDS_AT_SCHOOL_S:
                continue
            near = (
                haunt for haunt in places if distance_m(one.lat, one.lon, *haunt.place) <= SAME_PLACE_M / 2
            )
            haunt = next(near, None)
            if haunt is None:
                haunt = _Haunt((one.lat, one.lon))
                places.append(haunt)
            haunt.lasted_s += one.lasted_s
            haunt.halves |= {(number, clock_s(at_s, zone) < NOON_S) for at_s in (one.came_s, one.left_s)}
    return max(places, key=lambda haunt: (len(haunt.halves), haunt.lasted_s)).place if places else None


@dataclass
class _Haunt:
    """A place where a bus stands now and then: on which halves of which days, and how long in all."""

    place: LatLon
    halves: set[tuple[int, bool]] = field(default_factory=set)
    lasted_s: float = 0.0


def heading_of(drive: Drive, zone: tzinfo) -> Heading | None:
    """Which way the children go on a drive; from school to school it is told by the time of day."""
    if drive.from_school and drive.to_school:
        before_noon = clock_s(drive.spots[0].at_s, zone) < NOON_S
        return Heading.TO_SCHOOL if before_noon else Heading.TO_HOME
    if drive.to_school:
        return Heading.TO_SCHOOL
    return Heading.TO_HOME if drive.from_school else None


def by_time_of_day(drives: Sequence[Drive], zone: tzinfo) -> list[list[Drive]]:
    """Drives that begin at about the same time of day: a bus may serve stops by day, and pass them empty at night."""
    found: list[list[Drive]] = []
    before_s = -math.inf
    for begun_s, one in sorted(
        ((clock_s(one.spots[0].at_s, zone), one) for one in drives), key=itemgetter(0)
    ):
        if begun_s - before_s > SAME_TIME_OF_DAY_S:
            found.append([])
        found[-1].append(one)
        before_s = begun_s
    return found


def merged(ways: Sequence[LearnedWay]) -> list[LearnedWay]:
    """Ways with the same stops as one, with the departures of all."""
    kept: list[LearnedWay] = []
    for way in ways:
        same = next((number for number, one in enumerate(kept) if serve_the_same(one, way)), None)
        if same is None:
            kept.append(way)
        else:
            one = kept[same]
            kept[same] = replace(
                one,
                departures=sorted({*one.departures, *way.departures}),
                days=sorted({*one.days, *way.days}),
                drives=one.drives + way.drives,
            )
    return kept


def serve_the_same(one: LearnedWay, other: LearnedWay) -> bool:
    """Whether two ways serve the same stops in the same direction."""
    stops, others = ([stop for stop in way.stops if stop.is_proposed] for way in (one, other))
    return (
        one.heading is other.heading
        and len(stops) == len(others)
        and all(
            distance_m(stop.lat, stop.lon, same.lat, same.lon) <= KNOWN_M
            for stop, same in zip(stops, others, strict=True)
        )
    )


def alike(drives: Sequence[Drive], fewest_days: int) -> list[Alike]:
    """Drives of one way together, those of the most days first; ways of fewer days are left out."""
    traces = [Trace(points_of(one)) for one in drives]
    likeness = [[like(one, other) for other in traces] for one in traces]
    left, found = set(range(len(drives))), []
    while left:
        near = {one: [other for other in left if likeness[one][other] >= LIKE] for one in left}
        middle = max(
            sorted(left),
            key=lambda one: (
                len({drives[other].day for other in near[one]}),
                sum(likeness[one][other] for other in near[one]),
            ),
        )
        group = sorted(near[middle], key=lambda other: (other != middle, other))
        left -= {middle, *group}
        if len({drives[one].day for one in group}) >= fewest_days:
            others = [likeness[middle][other] for other in group if other != middle]
            found.append(
                Alike(
                    [drives[one] for one in group],
                    [traces[one] for one in group],
                    sum(others) / len(others) if others else 1.0,
                )
            )
    return found


def like(one: Trace, other: Trace) -> float:
    """How much two ways run along each other; nothing, where one of them has hardly any part in the other."""
    if one is other:
        return 1.0
    shares = one.share_on(other), other.share_on(one)
    return sum(shares) / 2 if min(shares) >= LEAST_LIKE else 0.0
