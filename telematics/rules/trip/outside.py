"""Pupils aboard outside a trip: somebody is counted aboard, no trip is under way, and the bus drives.

State machine, for each sound report::

    nobody is, or nobody knows ──aboard, no trip, at speed──▶ suspected ──for `min_duration`──▶ open
      ▲                                                          │                               │
      └──nobody aboard, nobody knows, a trip begins, a silence───┴───────────────────────────────┘
                                                                                 the episode ends

A bus that stands changes nothing: children get on before a trip begins, and off after it has ended. Who is aboard is
asked only where it matters: at speed, or with a suspicion, and no trip.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

import msgspec

from telematics.fix import Fix
from telematics.rules.episode import ReportKey, Severity
from telematics.rules.trip.plan import Found

RULE = "pupils_outside_trip"
ARTICLE = "校车安全管理条例 第三十九条"
"""The attendant confirms that all children are off, and leaves last."""

PupilsAt: TypeAlias = Callable[[datetime], int | None]
"""Pupils aboard at a time, as far as anybody has counted; None where nobody has."""


def nobody_knows(_time: datetime) -> int | None:
    """Where nobody counts."""
    return None


class OutsideLimits(msgspec.Struct, frozen=True):
    """What the rule compares with; rules of the service, for the law gives no number.

    Attributes:
        min_speed_mps: slower buses may be looking for a place at the stop.
        min_duration: so long it drives: a trip is matched by then.
        max_gap: after a longer silence nothing is known of what happened in it.
    """

    min_speed_mps: float = 15 / 3.6
    min_duration: timedelta = timedelta(minutes=2)
    max_gap: timedelta = timedelta(minutes=5)


class Driving(msgspec.Struct, frozen=True):
    """Reports at speed with pupils aboard and no trip."""

    first: ReportKey
    last: ReportKey
    lat: float | None
    lon: float | None
    reports: int
    aboard: int
    is_open: bool


def step(
    state: Driving | None, fix: Fix, limits: OutsideLimits, *, pupils_at: PupilsAt, is_on_trip: bool
) -> tuple[Driving | None, list[Found]]:
    """Take the next sound report.

    Args:
        state: what is remembered.
        fix: the report.
        limits: what counts.
        pupils_at: who is aboard.
        is_on_trip: whether a trip is under way.

    Returns:
        What is remembered now, and what has opened or ended.
    """
    key = ReportKey.of(fix)
    is_fast = fix.speed_mps is not None and fix.speed_mps >= limits.min_speed_mps
    ended: list[Found] = []
    if state is not None and key.time - state.last.time > limits.max_gap:
        state, ended = None, over(state)
    if is_on_trip:
        return None, ended + over(state)
    if state is None and not is_fast:
        return None, ended
    aboard = pupils_at(key.time)
    if not aboard:
        return None, ended + over(state)
    if not is_fast:
        return state, ended
    if state is None:
        return Driving(key, key, fix.lat, fix.lon, 1, aboard, is_open=False), ended
    is_open = state.is_open or key.time - state.first.time >= limits.min_duration
    state = Driving(
        state.first, key, state.lat, state.lon, state.reports + 1, max(state.aboard, aboard), is_open
    )
    return state, [found(state, is_over=False)] if is_open else []


def over(state: Driving | None) -> list[Found]:
    """What ends with a state, where an episode is open."""
    return [found(state, is_over=True)] if state is not None and state.is_open else []


def found(state: Driving, *, is_over: bool) -> Found:
    """The episode that a state stands for."""
    return Found(
        rule=RULE,
        trip_id="",
        first=state.first,
        peak_key=state.first,
        last=state.last,
        is_over=is_over,
        lat=state.lat,
        lon=state.lon,
        reports=state.reports,
        peak=float(state.aboard),
        limit=0.0,
        unit="people",
        limit_source="ledger",
        article=ARTICLE,
        severity=Severity.HIGH,
    )
