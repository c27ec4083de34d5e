"""Speed limiter by stretch: on a part of the line a lower speed is set than the law asks for.

State machine, for each sound report on the line of a trip that is under way::

    within ──faster than the stretch's limit──▶ suspected ──for `min_duration`──▶ open
      ▲                                            │                               │
      └──within it, past the stretch, off the line, a silence, or the trip is over─┘
                                                                   the episode ends
"""

from datetime import datetime, timedelta

import msgspec

from telematics.rules.episode import ReportKey, Severity
from telematics.rules.trip.plan import Found, Placed, Plan, Stretch

RULE = "speed_limiter"
ARTICLE = "校车安全管理条例 第十条"
"""School and operator have rules of their own for safety; Art 35 gives the limits of the law."""


class LimiterLimits(msgspec.Struct, frozen=True):
    """What the rule compares with beside the limits set.

    Attributes:
        tolerance_mps: a limiter regulates about its limit.
        min_duration: shorter is a gust of measurement.
        max_gap: after a longer silence nothing is known of what happened in it.
    """

    tolerance_mps: float = 2 / 3.6
    min_duration: timedelta = timedelta(seconds=10)
    max_gap: timedelta = timedelta(seconds=120)


class Exceeding(msgspec.Struct, frozen=True):
    """Reports over the limit of a stretch."""

    limit_mps: float
    first: ReportKey
    peak: ReportKey
    last: ReportKey
    peak_mps: float
    lat: float | None
    lon: float | None
    reports: int
    is_open: bool


def step(
    state: Exceeding | None, placed: Placed, limits: LimiterLimits
) -> tuple[Exceeding | None, list[Found]]:
    """Take the next sound report of a trip under way; gives what is remembered, and what has opened or ended."""
    key, fix, plan = placed.key, placed.fix, placed.plan
    speed_mps, stretch = fix.speed_mps or 0.0, stretch_at(plan, placed.along_m, key.time)
    ended: list[Found] = []
    same = state is not None and stretch is not None and stretch.limit_mps == state.limit_mps
    if state is not None and (not same or key.time - state.last.time > limits.max_gap):
        state, ended = None, over(state, plan)
    if stretch is None or speed_mps <= stretch.limit_mps + limits.tolerance_mps:
        return None, ended + over(state, plan)
    if state is None:
        return Exceeding(
            stretch.limit_mps, key, key, key, speed_mps, fix.lat, fix.lon, 1, is_open=False
        ), ended
    lasts = key.time - state.first.time >= limits.min_duration
    is_open = state.is_open or lasts
    state = msgspec.structs.replace(state, last=key, reports=state.reports + 1, is_open=is_open)
    if speed_mps > state.peak_mps:
        state = msgspec.structs.replace(state, peak=key, peak_mps=speed_mps, lat=fix.lat, lon=fix.lon)
    return state, [found(state, plan, is_over=False)] if state.is_open else []


def stretch_at(plan: Plan, along_m: float | None, at: datetime) -> Stretch | None:
    """The stretch that a bus is on; of several the slowest."""
    if along_m is None:
        return None
    here = [one for one in plan.limiters if one.holds(along_m, at)]
    return min(here, key=lambda one: one.limit_mps, default=None)


def over(state: Exceeding | None, plan: Plan) -> list[Found]:
    """What ends with a state, where an episode is open."""
    return [found(state, plan, is_over=True)] if state is not None and state.is_open else []


def found(state: Exceeding, plan: Plan, *, is_over: bool) -> Found:
    """The episode that a state stands for."""
    return Found(
        rule=RULE,
        trip_id=plan.trip_id,
        first=state.first,
        peak_key=state.peak,
        last=state.last,
        is_over=is_over,
        lat=state.lat,
        lon=state.lon,
        reports=state.reports,
        peak=state.peak_mps,
        limit=state.limit_mps,
        unit="m/s",
        limit_source="limiter",
        article=ARTICLE,
        severity=Severity.MEDIUM,
    )
