"""Speeding: faster than the limit in force for long enough to be sure of it.

State machine, for each report whose speed is accurate enough to count::

    idle ──over the limit──▶ suspected ──over it for `min_duration`──▶ open
      ▲                          │                                     │
      └──at or under the limit───┘                                     │
      └────────`hysteresis` or more under the limit, or a silence──────┘  the episode ends

The limit is the one in force where the report was made, on the road that the bus is on; where two roads are
plausible, the higher of their limits. The boundary is the driver's: exactly at the limit is not speeding. An episode
ends at its last report over the limit, so its duration is never longer than what was seen. It goes on where the limit
changes under way, and what it is judged by is the worst excess: of a limit that was exceeded for `min_duration` as
well, so that one report matched to the wrong road decides nothing.
"""

import math
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from telematics import road_match
from telematics.fix import Fix
from telematics.road_match import Match
from telematics.roads import OwnLimit, RoadIndex
from telematics.rules.episode import Episode, Evidence, ReportKey, Severity
from telematics.rules.speeding_tiers import Consequence, Excess

RULE = "speeding"
ROUNDING_MPS = 1e-6
"""Speeds that differ by less are the same, said in other units."""


class SpeedLimit(msgspec.Struct, frozen=True, gc=False):
    """A limit in force at a place.

    Attributes:
        mps: metres per second.
        source: what sets it: "posted", "class_default", "ordinary" or "expressway" with pupils aboard, "hazard",
            "weather" or "night".
        article: the article of law.
        kmh: kilometres per hour, as the law or the sign has it.
        is_expressway: whether it holds on an expressway, where the law punishes otherwise.
        road: name of the road; empty where none is known.
        is_posted: whether the posted limit of the road is known.
        is_doubtful: whether the bus may have been on another road, of a lower limit.
        punished_kmh: the limit that penalty points are counted from, where that is another: at night the day's.
    """

    mps: float
    source: str
    article: str
    kmh: float = 0.0
    is_expressway: bool = False
    road: str = ""
    is_posted: bool = False
    is_doubtful: bool = False
    punished_kmh: float | None = None


def no_consequence(excess: Excess) -> Consequence:
    """What follows from speeding where no law says it."""
    return Consequence(severity=Severity.MEDIUM)


class SpeedingLimits(msgspec.Struct, frozen=True):
    """What the rule compares with.

    Attributes:
        at: the limit in force where and when a report was made, on a road by its own limit; on None, which is none
            that is known.
        lowest_mps: no limit that `at` gives is below this.
        roads: the roads that buses are on.
        consequence: what the law gives for an excess.
        min_duration: shorter than this is not speeding but a gust of measurement.
        hysteresis_mps: an open episode ends this far below its limit.
        max_gap: after a longer silence nothing is known of what happened in it.
        max_accuracy_m: a report less certain of its place than this says nothing about speed.
        min_satellites: nor does one with fewer satellites, where the number is told.
    """

    at: Callable[[Fix, OwnLimit | None], SpeedLimit]
    lowest_mps: float
    roads: RoadIndex = msgspec.field(default_factory=RoadIndex)
    consequence: Callable[[Excess], Consequence] = no_consequence
    min_duration: timedelta = timedelta(seconds=10)
    hysteresis_mps: float = 3 / 3.6
    max_gap: timedelta = timedelta(seconds=120)
    max_accuracy_m: float = 30.0
    min_satellites: int = 4


class Peak(msgspec.Struct, frozen=True, gc=False):
    """The worst report under a limit, and since when that limit has been exceeded."""

    limit: SpeedLimit
    since: datetime
    key: ReportKey
    mps: float
    lat: float | None
    lon: float | None

    @property
    def ratio(self) -> float:
        """How many times the limit the speed was."""
        return self.mps / self.limit.mps


class Exceedance(msgspec.Struct, frozen=True, gc=False):
    """Reports over the limit, so far: suspected until they lasted long enough, then an open episode.

    Attributes:
        peak: what it is judged by.
        trial: a worse excess of another limit, that has not lasted long enough yet.
    """

    first: ReportKey
    last: ReportKey
    peak: Peak
    reports: int
    is_open: bool
    trial: Peak | None = None


class Remembered(msgspec.Struct, frozen=True, gc=False):
    """What the rule remembers of a moving bus: an excess, and the roads that it may be on."""

    exceedance: Exceedance | None = None
    match: Match | None = None

    @property
    def is_open(self) -> bool:
        """Whether an episode is open."""
        return self.exceedance is not None and self.exceedance.is_open


SpeedingState = Remembered | None
"""Nothing while the bus is slower than any limit."""


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
    before, match = (state.exceedance, state.match) if state else (None, None)
    if speed_mps <= limits.lowest_mps - limits.hysteresis_mps:
        return None, [episode(before, limits, ended=True)] if before and before.is_open else []
    match = road_match.step(match, report, limits.roads)
    limit = limit_of(report, match, limits, enough_mps=math.inf if before else speed_mps)
    now, episodes = exceeded(before, report, speed_mps, limit, limits)
    return (Remembered(now, match) if now or match else None), episodes


def limit_of(report: Fix, match: Match | None, limits: SpeedingLimits, *, enough_mps: float) -> SpeedLimit:
    """The limit in force: where several roads are plausible, the highest of theirs.

    Args:
        report: the report.
        match: the roads that it may have been made on.
        limits: the limits.
        enough_mps: a limit as high as this is enough: whether another road's is higher does not matter.
    """
    if match is None:
        return limits.at(report, None)
    roads = limits.roads
    best = match.hypotheses[0]
    if (number := roads.number_of.get(best.key)) is not None:
        likeliest = limits.at(report, roads.own_limits[number][best.backward])
        if likeliest.mps >= enough_mps or len(match.hypotheses) == 1:
            return likeliest
    own = [roads.own_limits[roads.number_of[one.key]][one.backward] for one in match.plausible(roads)]
    if not own:
        return limits.at(report, None)
    found = [limits.at(report, one) for one in own]
    highest = max(found, key=lambda one: one.mps)
    if all(one.mps == highest.mps for one in found):
        return found[0]
    return msgspec.structs.replace(highest, is_doubtful=True)


def exceeded(
    before: Exceedance | None, report: Fix, speed_mps: float, limit: SpeedLimit, limits: SpeedingLimits
) -> tuple[Exceedance | None, list[Episode]]:
    """What becomes of an excess with a report under a limit, and the episodes that it opened, changed or ended."""
    ended: list[Episode] = []
    if before is not None and report.time - before.last.time > limits.max_gap:
        ended = [episode(before, limits, ended=True)] if before.is_open else []
        before = None
    if speed_mps > limit.mps + ROUNDING_MPS:
        now = exceeded_again(before, report, speed_mps, limit, limits.min_duration)
        return now, [*ended, episode(now, limits, ended=False)] if now.is_open else ended
    if before is None or not before.is_open:
        return None, ended
    if speed_mps <= limit.mps - limits.hysteresis_mps:
        return None, [episode(before, limits, ended=True)]
    return before, []


def exceeded_again(
    before: Exceedance | None, report: Fix, speed_mps: float, limit: SpeedLimit, min_duration: timedelta
) -> Exceedance:
    """An excess with one more report over the limit."""
    key = ReportKey.of(report)
    here = Peak(limit, report.time, key, speed_mps, report.lat, report.lon)
    if before is None:
        return Exceedance(first=key, last=key, peak=here, reports=1, is_open=False)
    peak, trial = before.peak, None
    if limit.mps == peak.limit.mps:
        peak = worse(peak, here)
    elif not before.is_open:
        peak = here if limit.mps > peak.limit.mps else peak
    elif here.ratio > peak.ratio or before.trial:
        same = before.trial if before.trial and before.trial.limit.mps == limit.mps else None
        trial = worse(same, here) if same else here
        if trial.ratio > peak.ratio and report.time - trial.since >= min_duration:
            peak, trial = trial, None
    return Exceedance(
        first=before.first,
        last=key,
        peak=peak,
        reports=before.reports + 1,
        is_open=before.is_open or key.time - before.first.time >= min_duration,
        trial=trial,
    )


def worse(peak: Peak, here: Peak) -> Peak:
    """The worse of two reports under one limit, which has been exceeded since the first."""
    return peak if here.mps <= peak.mps else msgspec.structs.replace(here, since=peak.since)


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


def episode(state: Exceedance, limits: SpeedingLimits, *, ended: bool) -> Episode:
    """The episode that an open state stands for."""
    peak, limit = state.peak, state.peak.limit
    follows = limits.consequence(
        Excess(peak.mps, limit.kmh, limit.is_expressway, limit.source, limit.punished_kmh)
    )
    return Episode(
        rule=RULE,
        started_at=state.first.time,
        last_at=state.last.time,
        ended_at=state.last.time if ended else None,
        peak=peak.mps,
        limit=limit.mps,
        unit="m/s",
        limit_source=limit.source,
        article=limit.article,
        lat=peak.lat,
        lon=peak.lon,
        evidence=Evidence(state.first, peak.key, state.last, state.reports),
        severity=follows.severity,
        points=follows.points,
        penalty=follows.penalty,
        details={
            "road": limit.road,
            "limit_kmh": limit.kmh,
            "limit_posted": limit.is_posted,
            "road_doubtful": limit.is_doubtful,
            "over_percent": follows.over_percent,
            "points_article": follows.article,
            "criminal": follows.is_criminal,
        },
    )
