"""All rules on a bus's trips, over the reports of its day.

Which trip is under way::

    none ──surely beyond its first stop, not long before its time──▶ under way
      ▲                                                                │
      └──at its last stop, seen on another trip, or long overdue───────┘  what is open ends with it
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from telematics.fix import Fix
from telematics.match import Phase, Position
from telematics.rules.trip import deviation, limiter, outside, standing
from telematics.rules.trip.deviation import Away, DeviationLimits
from telematics.rules.trip.limiter import Exceeding, LimiterLimits
from telematics.rules.trip.outside import Driving, OutsideLimits, PupilsAt, nobody_knows
from telematics.rules.trip.plan import Found, Placed, Plan
from telematics.rules.trip.standing import StandingLimits, StandingState
from telematics.rules.trip.stops import EARLY_DEPARTURE, MISSED_STOP, StopLimits

RULES = frozenset(
    {
        deviation.RULE,
        standing.UNAPPROVED_STOP,
        standing.WRONG_ORDER,
        limiter.RULE,
        outside.RULE,
        MISSED_STOP,
        EARLY_DEPARTURE,
    }
)


class TripLimits(msgspec.Struct, frozen=True):
    """What the rules compare with.

    Attributes:
        begun_m: a bus so far beyond its first stop is on its way.
        min_confidence: less likely places begin no trip.
        before_start: a trip is not under way so long before its time.
        overdue: nor so long after its planned end.
    """

    begun_m: float = 150.0
    min_confidence: float = 0.5
    before_start: timedelta = timedelta(minutes=15)
    overdue: timedelta = timedelta(minutes=45)
    deviation: DeviationLimits = DeviationLimits()
    standing: StandingLimits = StandingLimits()
    limiter: LimiterLimits = LimiterLimits()
    outside: OutsideLimits = OutsideLimits()
    stops: StopLimits = StopLimits()


DEFAULT_LIMITS = TripLimits()


class DayState(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the rules remember of a bus's day: a cache of the log.

    Attributes:
        trip_id: the trip that is under way.
        away: off its line.
        standing: where the bus stands, and the stops that it has served.
        exceeding: faster than a limiter allows.
        driving: with pupils aboard and no trip.
        done: trips that are over; they don't begin again.
        found: everything so far.
        told: what was last told of the day, at its stops too.
    """

    trip_id: str | None = None
    away: Away | None = None
    standing: StandingState = StandingState()
    exceeding: Exceeding | None = None
    driving: Driving | None = None
    done: tuple[str, ...] = ()
    found: tuple[Found, ...] = ()
    told: tuple[Found, ...] = ()


def step(
    state: DayState,
    fix: Fix,
    position: Position | None,
    plans: Mapping[str, Plan],
    limits: TripLimits = DEFAULT_LIMITS,
    *,
    pupils_at: PupilsAt = nobody_knows,
) -> DayState:
    """Take a bus's next report in event time.

    Args:
        state: what is remembered of the reports before.
        fix: the report.
        position: where the matching puts it; None for an unfit one, which changes nothing.
        plans: the trips of the day.
        limits: what it is held against.
        pupils_at: who is aboard; asked only of a bus that is driven without a trip.
    """
    if position is None:
        return state
    state = ended(state, fix, position, plans, limits)
    if state.trip_id is None and begins(state, fix, position, plans, limits):
        state = msgspec.structs.replace(state, trip_id=position.trip_id)
    driving, found = outside.step(
        state.driving, fix, limits.outside, pupils_at=pupils_at, is_on_trip=state.trip_id is not None
    )
    if state.trip_id is None:
        return remembered(state, found, driving=driving)
    placed = Placed.of(fix, plans[state.trip_id], position)
    away, one = deviation.step(state.away, placed, limits.deviation)
    stands, two = standing.step(state.standing, placed, limits.standing)
    exceeding, three = limiter.step(state.exceeding, placed, limits.limiter)
    everything = [*found, *one, *two, *three]
    return remembered(state, everything, driving=driving, away=away, standing=stands, exceeding=exceeding)


def begins(
    state: DayState, fix: Fix, position: Position, plans: Mapping[str, Plan], limits: TripLimits
) -> bool:
    """Whether a trip is under way from this report on."""
    plan = plans.get(position.trip_id or "")
    return (
        plan is not None
        and plan.trip_id not in state.done
        and position.phase is Phase.RUNNING
        and position.confidence >= limits.min_confidence
        and position.along_m >= plan.stops_m[0] + limits.begun_m
        and plan.starts_at - limits.before_start <= fix.time <= plan.ends_at + limits.overdue
    )


def ended(
    state: DayState, fix: Fix, position: Position, plans: Mapping[str, Plan], limits: TripLimits
) -> DayState:
    """The state after a trip that this report shows to be over; itself where it goes on."""
    if state.trip_id is None:
        return state
    plan = plans[state.trip_id]
    is_elsewhere = position.trip_id not in (None, state.trip_id) and position.phase in (
        Phase.BEFORE_START,
        Phase.RUNNING,
    )
    goes_on = position.phase is not Phase.DONE and not is_elsewhere
    if goes_on and fix.time <= plan.ends_at + limits.overdue:
        return state
    found = [
        *deviation.over(state.away, plan, limits.deviation),
        *standing.over(state.standing.standing, plan, limits.standing),
        *limiter.over(state.exceeding, plan),
    ]
    return remembered(
        state,
        found,
        trip_id=None,
        away=None,
        standing=StandingState(),
        exceeding=None,
        done=(*state.done, plan.trip_id),
    )


def remembered(state: DayState, found: Sequence[Found], **changes: object) -> DayState:
    """The state with what is found anew; a further word on an episode takes the place of the one before."""
    if found:
        fresh = {name_of(one): one for one in found}
        kept = {name_of(one): one for one in state.found} | fresh
        changes["found"] = tuple(kept.values())
    return msgspec.structs.replace(state, **changes)


def name_of(found: Found) -> tuple[str, object]:
    """What an episode of a day is called by: its rule and start."""
    return found.rule, found.first.time
