"""Route deviation: off the approved line for longer than a look around the corner takes.

State machine, for each sound report of a trip that is under way::

    on the line ──outside the corridor──▶ away ──for `min_dwell`, `min_reports` or more──▶ deviating
         ▲                                 │                                                 │
         └──within the corridor, a silence, or the trip is over──────────────────────────────┘
                                                                       the episode ends
"""

from datetime import timedelta

import msgspec

from telematics.rules.episode import ReportKey, Severity
from telematics.rules.trip.plan import ROUTE_ARTICLE, Found, Placed, Plan

RULE = "route_deviation"


class DeviationLimits(msgspec.Struct, frozen=True):
    """What the rule compares with; rules of the service, for the law gives no number.

    Attributes:
        corridor_m: a bus so far from its line is off it: more than receiver, drawing and the other carriageway
            together make.
        min_dwell: so long it is outside: a detour around a parked lorry or a turn in a side street is shorter.
        min_reports: so many reports show it.
        max_gap: after a longer silence nothing is known of what happened in it.
    """

    corridor_m: float = 120.0
    min_dwell: timedelta = timedelta(seconds=60)
    min_reports: int = 3
    max_gap: timedelta = timedelta(minutes=5)


class Away(msgspec.Struct, frozen=True):
    """Reports outside the corridor."""

    first: ReportKey
    far: ReportKey
    last: ReportKey
    far_m: float
    lat: float | None
    lon: float | None
    reports: int
    is_open: bool


def step(state: Away | None, placed: Placed, limits: DeviationLimits) -> tuple[Away | None, list[Found]]:
    """Take the next sound report of a trip under way; gives what is remembered, and what has opened or ended."""
    plan, key, fix = placed.plan, placed.key, placed.fix
    ended: list[Found] = []
    if state is not None and key.time - state.last.time > limits.max_gap:
        state, ended = None, over(state, plan, limits)
    if placed.along_m is not None:
        return None, ended + over(state, plan, limits)
    away_m = plan.away_m(fix)
    if away_m <= limits.corridor_m:
        return None, ended + over(state, plan, limits)
    if state is None:
        return Away(key, key, key, away_m, fix.lat, fix.lon, 1, is_open=False), ended
    reports = state.reports + 1
    lasts = key.time - state.first.time >= limits.min_dwell and reports >= limits.min_reports
    state = msgspec.structs.replace(state, last=key, reports=reports, is_open=state.is_open or lasts)
    if away_m > state.far_m:
        state = msgspec.structs.replace(state, far=key, far_m=away_m, lat=fix.lat, lon=fix.lon)
    return state, [found(state, plan, limits, is_over=False)] if state.is_open else []


def over(state: Away | None, plan: Plan, limits: DeviationLimits) -> list[Found]:
    """What ends with a state, where a deviation is open."""
    return [found(state, plan, limits, is_over=True)] if state is not None and state.is_open else []


def found(state: Away, plan: Plan, limits: DeviationLimits, *, is_over: bool) -> Found:
    """The deviation that a state stands for; one that two people have allowed is for the record."""
    return Found(
        rule=RULE,
        trip_id=plan.trip_id,
        first=state.first,
        peak_key=state.far,
        last=state.last,
        is_over=is_over,
        lat=state.lat,
        lon=state.lon,
        reports=state.reports,
        peak=round(state.far_m, 1),
        limit=limits.corridor_m,
        unit="m",
        limit_source="approved_route",
        article=ROUTE_ARTICLE,
        severity=Severity.RECORD if plan.exception else Severity.MEDIUM,
        details={"exception": plan.exception} if plan.exception else {},
    )
