"""A bus that stands: at an approved stop, or where it may not, and in which order it takes its stops.

State machine, for each sound report of a trip that is under way::

    moving ──slow──▶ standing ──away from every stop, for `min_standing`, or `min_door_open` with a door open──▶ found
      ▲                 │  │                                                                                       │
      │                 │  └──at one stop and no other, for `min_call`: it is served                               │
      │                 │        before it came a later one, but not it: wrong order                               │
      └──fast, or elsewhere, or a silence, or the trip is over ────────────────────────────────────────────────────┘
                                                                                              the episode ends

A light or a jam is shorter than `min_standing`; where the unit tells of the door, an open one needs no such patience.
"""

from datetime import timedelta

import msgspec

from telematics.geometry import distance_m
from telematics.rules.episode import ReportKey, Severity
from telematics.rules.trip.plan import ROUTE_ARTICLE, STOP_ARTICLE, Found, Placed, Plan

UNAPPROVED_STOP, WRONG_ORDER = "unapproved_stop", "wrong_order"


class StandingLimits(msgspec.Struct, frozen=True):
    """What the rules compare with; rules of the service, for the law gives no number.

    Attributes:
        slow_mps: a slower bus stands.
        same_place_m: so far apart reports of a standing bus may lie.
        min_standing: longer than two cycles of a slow light, and than most of a jam between two moves.
        min_door_open: with a door open: long enough for a child to alight.
        near_stop_m: so near to a stop the bus is at it.
        stop_apart_m: where another stop is this near, nobody knows which of them it is at.
        terminal_m: around the first and the last stop buses wait where they find room.
        min_call: so long it stands at a stop that it serves.
        min_confidence: less likely places decide nothing.
        max_gap: after a longer silence nothing is known of what happened in it.
    """

    slow_mps: float = 1.0
    same_place_m: float = 30.0
    min_standing: timedelta = timedelta(minutes=4)
    min_door_open: timedelta = timedelta(seconds=10)
    near_stop_m: float = 60.0
    stop_apart_m: float = 120.0
    terminal_m: float = 200.0
    min_call: timedelta = timedelta(seconds=10)
    min_confidence: float = 0.8
    max_gap: timedelta = timedelta(minutes=5)


class Standing(msgspec.Struct, frozen=True):
    """Reports of one place.

    Attributes:
        first: the first of them.
        last: the newest.
        lat: where, degrees.
        lon: where, degrees.
        along_m: how far along the line, at the first report that was on it.
        is_sure: whether the matching is sure of that.
        reports: so many.
        door_since: the first of those, without one between, that had a door open.
        is_open: whether it is found.
        with_door: whether an open door showed it.
    """

    first: ReportKey
    last: ReportKey
    lat: float
    lon: float
    along_m: float | None
    is_sure: bool
    reports: int
    door_since: ReportKey | None
    is_open: bool = False
    with_door: bool = False


class StandingState(msgspec.Struct, frozen=True):
    """What is remembered of a trip: where the bus stands, and the numbers of the stops that it has served."""

    standing: Standing | None = None
    served: tuple[int, ...] = ()


def step(state: StandingState, placed: Placed, limits: StandingLimits) -> tuple[StandingState, list[Found]]:
    """Take the next sound report of a trip under way; gives what is remembered, and what has opened or ended."""
    standing, ended = state.standing, list[Found]()
    if standing is not None and not stays(standing, placed, limits):
        standing, ended = None, over(standing, placed.plan, limits)
    if not is_slow(placed, limits):
        return StandingState(None, state.served), ended
    standing = stood(standing, placed, limits)
    served, wrong = call_at(standing, state.served, placed.plan, limits)
    if standing.is_open or not may_stand_here(standing, placed.plan, limits):
        standing = judged(standing, limits)
    opened = [found(standing, placed.plan, limits, is_over=False)] if standing.is_open else []
    return StandingState(standing, served), [*ended, *wrong, *opened]


def is_slow(placed: Placed, limits: StandingLimits) -> bool:
    """Whether a bus stands, as far as its speed tells."""
    return placed.fix.speed_mps is not None and placed.fix.speed_mps < limits.slow_mps


def stays(standing: Standing, placed: Placed, limits: StandingLimits) -> bool:
    """Whether a report is of a bus that stands where it stood."""
    fix = placed.fix
    if not is_slow(placed, limits) or placed.key.time - standing.last.time > limits.max_gap:
        return False
    return distance_m(standing.lat, standing.lon, fix.lat or 0.0, fix.lon or 0.0) <= limits.same_place_m


def stood(standing: Standing | None, placed: Placed, limits: StandingLimits) -> Standing:
    """A standing bus after one more report."""
    key, fix = placed.key, placed.fix
    is_sure = placed.along_m is not None and placed.confidence >= limits.min_confidence
    if standing is None:
        door = key if fix.door_open else None
        return Standing(key, key, fix.lat or 0.0, fix.lon or 0.0, placed.along_m, is_sure, 1, door)
    door = (standing.door_since or key) if fix.door_open else None
    if fix.door_open is None:
        door = standing.door_since
    knows = standing.is_sure or not is_sure
    return msgspec.structs.replace(
        standing,
        last=key,
        along_m=standing.along_m if knows else placed.along_m,
        is_sure=standing.is_sure or is_sure,
        reports=standing.reports + 1,
        door_since=door,
    )


def may_stand_here(standing: Standing, plan: Plan, limits: StandingLimits) -> bool:
    """Whether a bus is at a stop, or near enough to the first or the last."""
    for number, at_m in enumerate(plan.stops_m):
        lat, lon = plan.line.point_at(at_m)
        is_terminal = number in (0, len(plan.stops_m) - 1)
        reach_m = limits.terminal_m if is_terminal else limits.near_stop_m
        if distance_m(standing.lat, standing.lon, lat, lon) <= reach_m:
            return True
    return False


def judged(standing: Standing, limits: StandingLimits) -> Standing:
    """A bus that stands where it may not, found once it has stood long enough."""
    door = standing.door_since
    with_door = door is not None and standing.last.time - door.time >= limits.min_door_open
    lasts = standing.last.time - standing.first.time >= limits.min_standing
    return msgspec.structs.replace(
        standing,
        is_open=standing.is_open or lasts or with_door,
        with_door=standing.with_door or with_door,
    )


def call_at(
    standing: Standing, served: tuple[int, ...], plan: Plan, limits: StandingLimits
) -> tuple[tuple[int, ...], list[Found]]:
    """The stops served, with the one that the bus stands at; and that it is one that should have come before."""
    along_m = standing.along_m
    if along_m is None or not standing.is_sure or standing.last.time - standing.first.time < limits.min_call:
        return served, []
    near = [n for n, at_m in enumerate(plan.stops_m) if abs(at_m - along_m) <= limits.near_stop_m]
    if len(near) != 1 or near[0] in served or not is_alone(near[0], standing, plan, limits):
        return served, []
    number = near[0]
    later = [one for one in served if one > number]
    return (*served, number), [wrong_order(standing, number, min(later), plan)] if later else []


def is_alone(number: int, standing: Standing, plan: Plan, limits: StandingLimits) -> bool:
    """Whether the bus is at this stop and near no other."""
    for other, at_m in enumerate(plan.stops_m):
        away_m = distance_m(standing.lat, standing.lon, *plan.line.point_at(at_m))
        if other == number and away_m > limits.near_stop_m:
            return False
        if other != number and away_m < limits.stop_apart_m:
            return False
    return True


def over(standing: Standing | None, plan: Plan, limits: StandingLimits) -> list[Found]:
    """What ends as a bus moves on, where it stood where it may not."""
    return [found(standing, plan, limits, is_over=True)] if standing is not None and standing.is_open else []


def found(standing: Standing, plan: Plan, limits: StandingLimits, *, is_over: bool) -> Found:
    """The stop that a bus makes where it may not."""
    limit = limits.min_door_open if standing.with_door else limits.min_standing
    return Found(
        rule=UNAPPROVED_STOP,
        trip_id=plan.trip_id,
        first=standing.first,
        peak_key=standing.last,
        last=standing.last,
        is_over=is_over,
        lat=standing.lat,
        lon=standing.lon,
        reports=standing.reports,
        peak=(standing.last.time - standing.first.time).total_seconds(),
        limit=limit.total_seconds(),
        unit="s",
        limit_source="approved_route",
        article=STOP_ARTICLE,
        severity=Severity.HIGH if standing.with_door else Severity.MEDIUM,
        details={"door_open": True} if standing.with_door else {},
    )


def wrong_order(standing: Standing, number: int, later: int, plan: Plan) -> Found:
    """A stop that is served after one that comes behind it."""
    return Found(
        rule=WRONG_ORDER,
        trip_id=plan.trip_id,
        first=standing.first,
        peak_key=standing.last,
        last=standing.last,
        is_over=True,
        lat=standing.lat,
        lon=standing.lon,
        reports=standing.reports,
        limit_source="approved_route",
        article=ROUTE_ARTICLE,
        details={"stop": number + 1, "after_stop": later + 1},
    )
