"""Speeding: faster than the limit for long enough to be sure of it.

State machine, for each report whose speed is accurate enough to count::

    idle ──over the limit──▶ suspected ──over it for `min_duration`──▶ open
      ▲                          │                                     │
      └──at or under the limit───┘                                     │
      └──`hysteresis` or more under it, another limit, or a silence────┘  the episode ends

The boundary is the driver's: exactly at the limit is not speeding. An episode ends at its last report over
the limit, so its duration is never longer than what was seen.
"""

from collections.abc import Callable
from datetime import timedelta

import msgspec

from telematics.fix import Fix
from telematics.rules.episode import Episode, Evidence, ReportKey

RULE = "speeding"


class SpeedLimit(msgspec.Struct, frozen=True, gc=False):
    """A limit in force at a place.

    Attributes:
        mps: metres per second.
        source: what sets it: "ordinary" or "expressway", the kind of road that the law names.
        article: the article of law.
    """

    mps: float
    source: str
    article: str


class SpeedingLimits(msgspec.Struct, frozen=True):
    """What the rule compares with.

    Attributes:
        at: the limit in force where a report was made.
        lowest_mps: no limit that `at` gives is below this; slower reports need no look-up.
        min_duration: shorter than this is not speeding but a gust of measurement.
        hysteresis_mps: an open episode ends this far below its limit.
        max_gap: after a longer silence nothing is known of what happened in it.
        max_accuracy_m: a report less certain of its place than this says nothing about speed.
        min_satellites: nor does one with fewer satellites, where the number is told.
    """

    at: Callable[[Fix], SpeedLimit]
    lowest_mps: float
    min_duration: timedelta = timedelta(seconds=10)
    hysteresis_mps: float = 3 / 3.6
    max_gap: timedelta = timedelta(seconds=120)
    max_accuracy_m: float = 30.0
    min_satellites: int = 4


class Exceedance(msgspec.Struct, frozen=True, gc=False):
    """Reports over one limit, so far: suspected until they lasted long enough, then an open episode."""

    limit: SpeedLimit
    first: ReportKey
    last: ReportKey
    peak: ReportKey
    peak_mps: float
    peak_lat: float | None
    peak_lon: float | None
    reports: int
    is_open: bool


SpeedingState = Exceedance | None
"""What the rule remembers: nothing while no limit is exceeded."""


def step(state: SpeedingState, report: Fix, limits: SpeedingLimits) -> tuple[SpeedingState, list[Episode]]:
    """Take the next report in event time.

    Args:
        state: what the rule remembers of the reports before.
        report: a report without a verdict that makes it unfit for rules.
        limits: the limits in force.

    Returns:
        What the rule remembers now, and the episodes that this report opened, changed or ended.

    Source:
        校车安全管理条例 (State Council Order 617) Art 35; 公安部令 163.
    """
    speed_mps = report.speed_mps
    if speed_mps is None or not counts(report, limits):
        return state, []
    if state is None:
        if speed_mps <= limits.lowest_mps:
            return None, []
        return suspicion(report, speed_mps, limits.at(report)), []

    limit = limits.at(report)
    if limit != state.limit or report.time - state.last.time > limits.max_gap:
        ended = [episode(state, ended=True)] if state.is_open else []
        return suspicion(report, speed_mps, limit), ended
    if speed_mps > limit.mps:
        state = exceeded_again(state, report, speed_mps, limits.min_duration)
        return state, [episode(state, ended=False)] if state.is_open else []
    if not state.is_open:
        return None, []
    if speed_mps <= limit.mps - limits.hysteresis_mps:
        return None, [episode(state, ended=True)]
    return state, []


def counts(report: Fix, limits: SpeedingLimits) -> bool:
    """Whether the report is accurate enough to hold against a driver."""
    if report.accuracy_m is not None and report.accuracy_m > limits.max_accuracy_m:
        return False
    return report.satellites is None or report.satellites >= limits.min_satellites


def settles(report: Fix, limits: SpeedingLimits) -> bool:
    """Whether the rule remembers nothing after `report`, whatever came before it.

    History is read again from such a report on, so that a late one costs minutes of it and not months.
    """
    return (
        report.speed_mps is not None
        and report.speed_mps <= limits.lowest_mps - limits.hysteresis_mps
        and counts(report, limits)
    )


def suspicion(report: Fix, speed_mps: float, limit: SpeedLimit) -> SpeedingState:
    """The state after a first report under `limit`."""
    if speed_mps <= limit.mps:
        return None
    key = ReportKey.of(report)
    return Exceedance(limit, key, key, key, speed_mps, report.lat, report.lon, reports=1, is_open=False)


def exceeded_again(state: Exceedance, report: Fix, speed_mps: float, min_duration: timedelta) -> Exceedance:
    """The state after one more report over the limit."""
    key = ReportKey.of(report)
    is_open = state.is_open or key.time - state.first.time >= min_duration
    if speed_mps <= state.peak_mps:
        return msgspec.structs.replace(state, last=key, reports=state.reports + 1, is_open=is_open)
    return Exceedance(
        limit=state.limit,
        first=state.first,
        last=key,
        peak=key,
        peak_mps=speed_mps,
        peak_lat=report.lat,
        peak_lon=report.lon,
        reports=state.reports + 1,
        is_open=is_open,
    )


def episode(state: Exceedance, *, ended: bool) -> Episode:
    """The episode that an open state stands for."""
    return Episode(
        rule=RULE,
        started_at=state.first.time,
        last_at=state.last.time,
        ended_at=state.last.time if ended else None,
        peak=state.peak_mps,
        limit=state.limit.mps,
        unit="m/s",
        limit_source=state.limit.source,
        article=state.limit.article,
        lat=state.peak_lat,
        lon=state.peak_lon,
        evidence=Evidence(state.first, state.peak, state.last, state.reports),
    )
