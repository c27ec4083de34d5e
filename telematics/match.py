"""Where a bus is: on which trip, how far along it, in which phase, and what that says about the stops it passed.

A hidden Markov model in the manner of Newson and Krumm (Hidden Markov Map Matching Through Noise and Sparseness, ACM
GIS 2009): each report may stand at any place where the line of a candidate trip comes near, or off every line. A
place costs by its distance, by heading and by how late the trip would be; a move costs by how far the way along
the line differs from the way through the air. The few cheapest hypotheses are carried on, so that a report is
judged at once and a wrong first guess is given up when the next reports contradict it.

`step` is pure: state and report in, state and events out. The state is a cache of the log: reports that come late
are taken by stepping through the past again, which gives what their order by event time gives.
"""

import enum
import math
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from telematics.fix import UNFIT_FOR_RULES, Fix
from telematics.geometry import angle_between_deg, distance_m
from telematics.line import Line
from telematics.rules.episode import ReportKey
from telematics.timetable import PlannedTrip


class Phase(enum.StrEnum):
    """What a bus is doing with respect to its trip."""

    OFF_ROUTE = "off_route"
    """On no line: deadhead, depot, detour."""
    BEFORE_START = "before_start"
    """At the first stop, before it has left."""
    RUNNING = "running"
    DONE = "done"
    """At the last stop, or past it."""


class Call(enum.StrEnum):
    """What became of a stop."""

    ARRIVED = "arrived"
    DEPARTED = "departed"
    SKIPPED = "skipped"
    """The bus was seen off the line while its way led past the stop."""
    UNKNOWN = "unknown"
    """Nothing was heard for so long that nobody knows."""


class MatchLimits(msgspec.Struct, frozen=True):
    """What receivers, buses and drivers do.

    Attributes:
        reach_m: a position further from a line than this is not on it.
        noise_m: standard deviation of a position across the road: receiver and drawing together.
        turn_deg: standard deviation of a receiver's heading about the line's.
        detour_m: scale of the difference between way and air line from one report to the next.
        back_m: so far a standing bus seems to go back.
        top_speed_mps: faster than a bus on its route.
        late_s: scale of how late a trip is likely to be.
        off_cost: cost of a report being on no line: that of some 3.5 standard deviations.
        switch_cost: cost of a bus changing from one trip to another, or leaving or joining a line.
        silence_s: over a longer gap no arrival and no departure is told.
        strays: so many reports off the line make the stops between skipped.
        hypotheses: so many are carried on.
        terminal_m: so near to its first or last stop a bus stands there.
        begin_m: so near to its first stop, before its time, a bus has surely come from there.
        stop_m: so far before and after a stop the bus is at it.
    """

    reach_m: float = 60.0
    noise_m: float = 12.0
    turn_deg: float = 30.0
    detour_m: float = 30.0
    back_m: float = 40.0
    top_speed_mps: float = 25.0
    late_s: float = 900.0
    off_cost: float = 6.0
    switch_cost: float = 5.0
    silence_s: float = 300.0
    strays: int = 2
    hypotheses: int = 8
    terminal_m: float = 80.0
    begin_m: float = 500.0
    stop_m: float = 20.0


DEFAULT_LIMITS = MatchLimits()
NOTHING_TOLD = (-1, -1, False)


class Hypothesis(msgspec.Struct, frozen=True, gc=False):
    """A place where the bus may be, and what has been told of the trip on the way there.

    Attributes:
        trip: number of the trip among the candidates; -1 off every line.
        along_m: distance along its line.
        cost: minus the log of its likelihood, the best at zero.
        told_trip: the trip that it is on, or was on before it left the line; -1 for none.
        told_m: as far as the bus has come on that trip.
        told_at: event time of the last report that had it there.
        told_key: that report.
        strayed: so many reports since were off the line.
        begun: whether the trip may be under way: the bus was at its first stop, or its time has come. Until then
            a bus that drives along its own line goes to where the trip begins, and what it passes it does not serve.
    """

    trip: int
    along_m: float
    cost: float
    told_trip: int = -1
    told_m: float = 0.0
    told_at: datetime | None = None
    told_key: ReportKey | None = None
    strayed: int = 0
    begun: bool = False


class MatchState(msgspec.Struct, frozen=True):
    """What must be remembered of a bus to place its next report: a cache of the log.

    Attributes:
        time: event time of the report before.
        lat: where it was, degrees.
        lon: where it was, degrees.
        hypotheses: the cheapest first.
        told: trip, stop and whether departed of the last stop call, so that none is told twice when another
            hypothesis takes the lead.
    """

    time: datetime | None = None
    lat: float = 0.0
    lon: float = 0.0
    hypotheses: tuple[Hypothesis, ...] = ()
    told: tuple[int, int, bool] = NOTHING_TOLD


class StopCall(msgspec.Struct, frozen=True):
    """What is known of a bus at a stop.

    Attributes:
        trip_id: the trip.
        stop: number of the stop on its pattern, from 0.
        call: arrived (within `stop_m` of it), departed, skipped or unknown.
        at: when, interpolated between the reports either side; None for skipped and unknown.
        bracket_s: seconds between those reports: how uncertain `at` is.
        confidence: probability of the trip and place, 0 to 1.
        evidence: the reports either side.
    """

    trip_id: str
    stop: int
    call: Call
    at: datetime | None
    bracket_s: float
    confidence: float
    evidence: tuple[ReportKey, ReportKey]


class Position(msgspec.Struct, frozen=True):
    """Where a report puts the bus.

    Attributes:
        trip_id: None off every line.
        along_m: distance along its line.
        phase: what the bus is doing.
        confidence: probability of it, 0 to 1.
    """

    trip_id: str | None
    along_m: float
    phase: Phase
    confidence: float


class Candidates:
    """The trips that a bus may be on, with their lines made ready.

    Args:
        trips: planned around the time in question, at most a few dozen.
        line_of: gives a pattern's line; pass a cache where there are many buses.
    """

    def __init__(self, trips: Sequence[PlannedTrip], line_of: Callable[[PlannedTrip], Line]) -> None:
        self.trips = tuple(trips)
        self.lines = tuple(line_of(trip) for trip in trips)


def step(
    state: MatchState, fix: Fix, candidates: Candidates, limits: MatchLimits = DEFAULT_LIMITS
) -> tuple[MatchState, Position | None, list[StopCall]]:
    """Take a bus's next report in event time.

    Returns:
        The state after it, where the bus is (None for an unfit report, which changes nothing), and the stops that
        it has left behind since.
    """
    if fix.verdicts & UNFIT_FOR_RULES or fix.lat is None or fix.lon is None:
        return state, None, []
    before = state.hypotheses
    silent_s = (fix.time - state.time).total_seconds() if state.time else 0.0
    moved_m = distance_m(state.lat, state.lon, fix.lat, fix.lon) if state.time else 0.0
    found = []
    for number, along_m, cost in placed(fix, candidates, limits):
        came = [
            (
                one.cost + move_cost(one, number, along_m, moved_m=moved_m, silent_s=silent_s, limits=limits),
                index,
            )
            for index, one in enumerate(before)
        ]
        least, origin = min(came) if came else (0.0, -1)
        found.append((cost + least, number, along_m, before[origin] if origin >= 0 else None))
    found.sort(key=lambda one: one[0])
    best_cost = found[0][0]
    weights = [math.exp(best_cost - one[0]) for one in found]
    confidence = weights[0] / sum(weights)
    ways = [
        carried_on(
            origin, number, along_m, cost=cost - best_cost, fix=fix, candidates=candidates, limits=limits
        )
        for cost, number, along_m, origin in found[: limits.hypotheses]
    ]
    best, told = ways[0]
    calls = [
        msgspec.structs.replace(call, confidence=confidence)
        for call in told
        if best.trip != state.told[0] or (call.stop, call.call == Call.DEPARTED) > state.told[1:]
    ]
    last = (best.trip, calls[-1].stop, calls[-1].call == Call.DEPARTED) if calls else state.told
    is_anew = best.begun and best.trip == last[0] and last[1] > 0
    if is_anew and is_at_first_stop(candidates.trips[best.trip], best.along_m, limits):
        last = NOTHING_TOLD
    after = MatchState(fix.time, fix.lat, fix.lon, tuple(way for way, _ in ways), last)
    return after, position_of(best, confidence, fix.time, candidates, limits), calls


def placed(fix: Fix, candidates: Candidates, limits: MatchLimits) -> list[tuple[int, float, float]]:
    """Each place where a report may stand, as (trip, distance along, cost); off every line comes last."""
    found = []
    places = {}
    for number, (trip, line) in enumerate(zip(candidates.trips, candidates.lines, strict=True)):
        if id(line) not in places:
            places[id(line)] = line.places(fix.lat or 0.0, fix.lon or 0.0, limits.reach_m)
        for place in places[id(line)]:
            cost = 0.5 * (place.away_m / limits.noise_m) ** 2
            if fix.course_deg is not None and (fix.speed_mps or 0.0) > 2.0:
                turn = angle_between_deg(fix.course_deg, place.bearing_deg)
                cost += 0.5 * min(turn / limits.turn_deg, 4.0) ** 2
            late = late_cost(trip, place.along_m, fix, limits)
            found.append((number, place.along_m, min(cost, 2 * limits.off_cost) + late))
    return [*found, (-1, 0.0, limits.off_cost)]


def late_cost(trip: PlannedTrip, along_m: float, fix: Fix, limits: MatchLimits) -> float:
    """Cost of a trip being as late or early as a report would make it; waiting at the first stop is not early."""
    if not trip.stop_clock_s:
        return 0.0
    share = min(max(along_m / max(trip.pattern.stops[-1].at_m, 1.0), 0.0), 1.0)
    planned_s = trip.starts_s() + share * (trip.ends_s() - trip.starts_s())
    late_s = fix.time.timestamp() - planned_s
    if late_s < 0 and along_m <= limits.terminal_m:
        late_s /= 2
    return min(0.5 * (late_s / limits.late_s) ** 2, limits.off_cost)


def move_cost(
    one: Hypothesis, number: int, along_m: float, *, moved_m: float, silent_s: float, limits: MatchLimits
) -> float:
    """Cost of the bus having come from `one` to a place since the report before."""
    if one.trip != number:
        return limits.switch_cost
    if number < 0:
        return 0.0
    way_m = along_m - one.along_m
    if way_m < -limits.back_m or way_m > limits.top_speed_mps * silent_s + 2 * limits.back_m:
        return 4 * limits.switch_cost
    return min(abs(abs(way_m) - moved_m) / limits.detour_m, 2 * limits.switch_cost)


def carried_on(
    origin: Hypothesis | None,
    number: int,
    along_m: float,
    *,
    cost: float,
    fix: Fix,
    candidates: Candidates,
    limits: MatchLimits,
) -> tuple[Hypothesis, list[StopCall]]:
    """The hypothesis after a report, and the stops that it leaves behind."""
    time, key = fix.time, ReportKey.of(fix)
    if number < 0:
        if origin is None or origin.told_trip < 0:
            return Hypothesis(-1, 0.0, cost), []
        return msgspec.structs.replace(
            origin, trip=-1, along_m=0.0, cost=cost, strayed=origin.strayed + 1
        ), []
    trip = candidates.trips[number]
    begun = may_have_begun(trip, along_m, time, limits)
    here = Hypothesis(number, along_m, cost, number, along_m, time, key, begun=begun)
    if origin is None or origin.told_trip != number or not origin.begun:
        return here, []
    here = msgspec.structs.replace(here, begun=True)
    if origin.trip < 0 and begins_again(trip, along_m, time, limits):
        return here, []
    if along_m <= origin.told_m:
        stays = along_m >= origin.told_m - limits.back_m
        seen = {"told_at": time, "told_key": key, "strayed": 0} if stays else {}
        return msgspec.structs.replace(origin, trip=number, along_m=along_m, cost=cost, **seen), []
    return here, calls_between(origin, along_m, fix, trip, limits)


def is_at_first_stop(trip: PlannedTrip, along_m: float, limits: MatchLimits) -> bool:
    """Whether a place on a trip's line is where the trip begins."""
    return along_m <= trip.pattern.stops[0].at_m + limits.terminal_m


def may_have_begun(trip: PlannedTrip, along_m: float, time: datetime, limits: MatchLimits) -> bool:
    """Whether a bus at a place on a trip's line may be under way: it has just left the first stop, or it is time."""
    is_time = not trip.stop_clock_s or time.timestamp() >= trip.starts_s()
    return is_time or along_m <= trip.pattern.stops[0].at_m + limits.begin_m


def begins_again(trip: PlannedTrip, along_m: float, time: datetime, limits: MatchLimits) -> bool:
    """Whether a bus that had left the line comes to the first stop, so that it was on its way there before."""
    if not trip.stop_clock_s or not is_at_first_stop(trip, along_m, limits):
        return False
    return time.timestamp() < trip.starts_s() + limits.late_s


def calls_between(
    origin: Hypothesis, along_m: float, fix: Fix, trip: PlannedTrip, limits: MatchLimits
) -> list[StopCall]:
    """What a move along a trip's line says about the stops between."""
    if origin.told_at is None or origin.told_key is None:
        return []
    gap = fix.time - origin.told_at
    evidence = (origin.told_key, ReportKey.of(fix))
    bracket_s = gap.total_seconds()
    calls: list[StopCall] = []
    for number, stop in enumerate(trip.pattern.stops):
        for call, at_m in (
            (Call.ARRIVED, stop.at_m - limits.stop_m),
            (Call.DEPARTED, stop.at_m + limits.stop_m),
        ):
            if not origin.told_m < at_m <= along_m:
                continue
            at = origin.told_at + (at_m - origin.told_m) / (along_m - origin.told_m) * gap
            told: tuple[Call, datetime | None] = (call, at)
            if origin.strayed >= limits.strays:
                told = (Call.SKIPPED, None)
            elif bracket_s > limits.silence_s:
                told = (Call.UNKNOWN, None)
            if calls and calls[-1].stop == number and calls[-1].call == told[0]:
                continue
            calls.append(StopCall(trip.trip_id, number, *told, bracket_s, 1.0, evidence))
    return calls


def position_of(
    best: Hypothesis, confidence: float, time: datetime, candidates: Candidates, limits: MatchLimits
) -> Position:
    """The likeliest hypothesis as a position."""
    if best.trip < 0 or not best.begun:
        return Position(None, 0.0, Phase.OFF_ROUTE, confidence)
    trip = candidates.trips[best.trip]
    stops = trip.pattern.stops
    waits = not trip.stop_clock_s or time.timestamp() < trip.starts_s() + limits.late_s
    if is_at_first_stop(trip, best.along_m, limits) and waits:
        phase = Phase.BEFORE_START
    elif best.along_m >= stops[-1].at_m - limits.terminal_m:
        phase = Phase.DONE
    else:
        phase = Phase.RUNNING
    return Position(trip.trip_id, best.along_m, phase, confidence)
