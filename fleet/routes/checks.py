"""Pure: what is questionable about a way that a route runs. It tells, and refuses nothing: the gate judges trips."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from telematics.geometry import angle_between_deg, bearing_deg, distance_m
from telematics.line import Line
from telematics.stops_on_line import OffLineError, StopOrderError, StopPlace, places_along

LONGEST_RIDE_S = 60 * 60
"""An hour aboard, as school districts commonly plan at most; no law says a number."""
SAME_PLACE_M = 30.0
MOVED_M = 30.0
WRONG_WAY_DEG = 90.0
ASIDE_M = 3.0
"""Nearer to the middle of the road, its sides can't be told apart."""
U_TURN_DEG = 150.0
U_TURN_STEP_M = 40.0


class Code(StrEnum):
    """What is questionable, the gravest first."""

    TOO_MANY_RIDERS = "too_many_riders"
    STOP_LAPSED = "stop_lapsed"
    STOP_UNAPPROVED = "stop_unapproved"
    UNPROTECTED = "unprotected"
    WRONG_WAY = "wrong_way"
    WRONG_SIDE = "wrong_side"
    OFF_LINE = "off_line"
    OUT_OF_ORDER = "out_of_order"
    MOVED = "moved"
    SAME_PLACE = "same_place"
    LONG_RIDE = "long_ride"
    U_TURN = "u_turn"
    CAPACITY_UNKNOWN = "capacity_unknown"
    WALK_UNKNOWN = "walk_unknown"


@dataclass(frozen=True)
class ServedStop:
    """A stop of a way.

    Attributes:
        stop: its id.
        lat: degrees WGS-84.
        lon: degrees WGS-84.
        approach_deg: course of a bus that comes to it; None where it is not known.
        is_off_road: whether it lies on a place of its own, where children cross no road.
        distance_m: where the way has it, along the line.
        approved_on: first day of its approval; None where it has none.
        approved_until: last day of it; None where no end is known.
    """

    stop: int
    lat: float
    lon: float
    approach_deg: float | None
    is_off_road: bool
    distance_m: float
    approved_on: date | None
    approved_until: date | None


@dataclass(frozen=True)
class Stretch:
    """A dangerous part of the line."""

    begins_m: float
    ends_m: float
    protected: bool


@dataclass(frozen=True)
class WayFacts:
    """What is known of a way.

    Attributes:
        line: (lat, lon) in degrees, as the bus drives.
        stops: in order.
        ride_s: planned, from the first stop to the last.
        stretches: the dangerous ones.
        most_riders: pupils on the fullest weekday.
        capacity: pupils that its buses may carry; None where that is not known.
        pupils_without_home: of how many pupils it is not known how far they walk.
    """

    line: Sequence[tuple[float, float]]
    stops: Sequence[ServedStop]
    ride_s: int
    stretches: Sequence[Stretch]
    most_riders: int
    capacity: int | None
    pupils_without_home: int


@dataclass(frozen=True)
class Concern:
    """Something questionable.

    Attributes:
        code: what.
        stops: ids of the stops that it is about.
        number: how much: pupils over, minutes, metres along the line, degrees.
    """

    code: Code
    stops: tuple[int, ...] = ()
    number: float = 0.0


def check_way(facts: WayFacts, today: date) -> list[Concern]:
    """Everything questionable about a way on a day, the gravest first."""
    found = [
        *riders(facts),
        *approvals(facts.stops, today),
        *(Concern(Code.UNPROTECTED, number=one.begins_m) for one in facts.stretches if not one.protected),
        *order_along_line(facts),
        *sides(facts),
        *same_places(facts.stops),
        *u_turns(Line(facts.line)),
    ]
    if facts.ride_s > LONGEST_RIDE_S:
        found.append(Concern(Code.LONG_RIDE, number=facts.ride_s / 60))
    if facts.pupils_without_home:
        found.append(Concern(Code.WALK_UNKNOWN, number=facts.pupils_without_home))
    order = list(Code)
    return sorted(found, key=lambda concern: order.index(concern.code))


def riders(facts: WayFacts) -> Iterator[Concern]:
    """Pupils against what the buses may carry."""
    if facts.capacity is None:
        yield Concern(Code.CAPACITY_UNKNOWN)
    elif facts.most_riders > facts.capacity:
        yield Concern(Code.TOO_MANY_RIDERS, number=facts.most_riders - facts.capacity)


def approvals(stops: Sequence[ServedStop], today: date) -> Iterator[Concern]:
    """Stops at which a bus may not stop (校车安全管理条例 Art 32)."""
    for one in stops:
        if one.approved_until and one.approved_until < today:
            yield Concern(Code.STOP_LAPSED, (one.stop,))
        elif one.approved_on is None or one.approved_on > today:
            yield Concern(Code.STOP_UNAPPROVED, (one.stop,))


def order_along_line(facts: WayFacts) -> Iterator[Concern]:
    """Whether the stops still lie on the line where the way has them, in this order."""
    places = [StopPlace(one.lat, one.lon, one.approach_deg) for one in facts.stops]
    try:
        found = places_along(facts.line, places)
    except OffLineError as error:
        yield Concern(Code.OFF_LINE, tuple(facts.stops[number].stop for number in error.stops))
    except StopOrderError as error:
        yield Concern(Code.OUT_OF_ORDER, (facts.stops[error.stop].stop,))
    else:
        for one, place in zip(facts.stops, found, strict=True):
            if abs(one.distance_m - place.along_m) > MOVED_M:
                yield Concern(Code.MOVED, (one.stop,), abs(one.distance_m - place.along_m))


def sides(facts: WayFacts) -> Iterator[Concern]:
    """Stops that a bus comes to from the wrong direction, or that lie over the road (traffic keeps to the right)."""
    line = Line(facts.line)
    for one in facts.stops:
        heading = line.bearing_at(one.distance_m)
        if one.approach_deg is not None and angle_between_deg(heading, one.approach_deg) > WRONG_WAY_DEG:
            yield Concern(Code.WRONG_WAY, (one.stop,), angle_between_deg(heading, one.approach_deg))
        elif not one.is_off_road and left_of_line_m(line, one, heading) > ASIDE_M:
            yield Concern(Code.WRONG_SIDE, (one.stop,))


def left_of_line_m(line: Line, stop: ServedStop, heading: float) -> float:
    """How far to the left of the line a stop lies; negative to the right."""
    lat, lon = line.point_at(stop.distance_m)
    aside = math.radians(bearing_deg(lat, lon, stop.lat, stop.lon) - heading)
    return -math.sin(aside) * distance_m(lat, lon, stop.lat, stop.lon)


def same_places(stops: Sequence[ServedStop]) -> Iterator[Concern]:
    """Different stops, one after the other, that are so near that they may be the same."""
    for one, other in pairwise(stops):
        apart = distance_m(one.lat, one.lon, other.lat, other.lon)
        if one.stop != other.stop and apart < SAME_PLACE_M:
            yield Concern(Code.SAME_PLACE, (one.stop, other.stop), apart)


def u_turns(line: Line) -> Iterator[Concern]:
    """Places where the bus turns round on the road."""
    at_m = U_TURN_STEP_M
    while at_m < line.length_m:
        turned = angle_between_deg(line.bearing_at(at_m - U_TURN_STEP_M), line.bearing_at(at_m))
        if turned > U_TURN_DEG:
            yield Concern(Code.U_TURN, number=at_m)
            at_m += U_TURN_STEP_M
        at_m += U_TURN_STEP_M / 4
