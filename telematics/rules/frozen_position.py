"""Frozen position: a receiver says that the bus moves, and gives the same place again and again.

State machine, for each sound report::

    moving ──the very place of the report before, both at speed──▶ suspected ──`min_duration`, `min_reports`──▶ open
      ▲                                                                │                                      │
      └──another place, a low speed, or a silence──────────────────────┴──────────────────────────────────────┘
                                                                                            the episode ends
"""

from datetime import timedelta

import msgspec

from telematics.fix import Fix
from telematics.rules.episode import Episode, Evidence, ReportKey, Severity
from telematics.rules.seen import Seen
from telematics.rules.signal_gap import ARTICLE

RULE = "frozen_position"


class FrozenPositionLimits(msgspec.Struct, frozen=True):
    """What the rule compares with; rules of the service, for the law gives no number.

    Attributes:
        min_speed_mps: a slower bus may stand, and a receiver then keeps its place.
        min_duration: a bus this fast has gone 250 m in it.
        min_reports: so many reports of one place are no accident of rounding.
        max_gap: after a longer silence nothing is known of what happened in it.
    """

    min_speed_mps: float = 15 / 3.6
    min_duration: timedelta = timedelta(seconds=60)
    min_reports: int = 5
    max_gap: timedelta = timedelta(seconds=60)


class Frozen(msgspec.Struct, frozen=True, gc=False):
    """Reports of one place at speed."""

    first: ReportKey
    last: ReportKey
    lat: float
    lon: float
    top_mps: float
    reports: int
    is_open: bool


FrozenPositionState = Frozen | None


def step(
    state: FrozenPositionState, report: Fix, key: ReportKey, seen: Seen, limits: FrozenPositionLimits
) -> tuple[FrozenPositionState, list[Episode]]:
    """Take the next sound report in event time; arguments as for `signal_gap.step`."""
    speed_mps, lat, lon = report.speed_mps, report.lat, report.lon
    if state is None:
        begins = (
            lat == seen.lat
            and lon == seen.lon
            and is_fast(speed_mps, limits)
            and is_fast(seen.speed_mps, limits)
            and seen.is_sound
            and seen.key is not None
            and key.time - seen.key.time <= limits.max_gap
        )
        if not begins or lat is None or lon is None or seen.key is None or speed_mps is None:
            return None, []
        return Frozen(seen.key, key, lat, lon, max(speed_mps, seen.speed_mps or 0.0), 2, is_open=False), []
    goes_on = lat == state.lat and lon == state.lon and key.time - state.last.time <= limits.max_gap
    if not goes_on or speed_mps is None or not is_fast(speed_mps, limits):
        return None, [episode(state, limits, ended=True)] if state.is_open else []
    reports = state.reports + 1
    lasts = key.time - state.first.time >= limits.min_duration and reports >= limits.min_reports
    top_mps = max(state.top_mps, speed_mps)
    is_open = state.is_open or lasts
    state = Frozen(state.first, key, state.lat, state.lon, top_mps, reports, is_open)
    return state, [episode(state, limits, ended=False)] if is_open else []


def is_fast(speed_mps: float | None, limits: FrozenPositionLimits) -> bool:
    """Whether a bus at that speed can't stay where it is."""
    return speed_mps is not None and speed_mps >= limits.min_speed_mps


def settles(report: Fix, limits: FrozenPositionLimits) -> bool:
    """Whether the rule remembers nothing after a sound report, whatever came before it."""
    return not is_fast(report.speed_mps, limits)


def episode(state: Frozen, limits: FrozenPositionLimits, *, ended: bool) -> Episode:
    """The episode that an open state stands for."""
    return Episode(
        rule=RULE,
        started_at=state.first.time,
        last_at=state.last.time,
        ended_at=state.last.time if ended else None,
        peak=(state.last.time - state.first.time).total_seconds(),
        limit=limits.min_duration.total_seconds(),
        unit="s",
        limit_source="rule_of_service",
        article=ARTICLE,
        lat=state.lat,
        lon=state.lon,
        evidence=Evidence(state.first, state.last, state.last, state.reports),
        severity=Severity.MEDIUM,
        details={"top_speed_mps": round(state.top_mps, 2)},
    )
