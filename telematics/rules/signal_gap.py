"""Signal gap: a silence during which the bus was, or must have been, on the road.

State machine, for each report::

    heard ──next report after at most `max_silence`──▶ heard
      │
      └──next report later: a silence──┬─ the last report had the bus moving ──▶ an episode, over at once
                                       └─ it stood, or had no position ──▶ pending
    pending ──a sound report `min_moved_m` or more away──▶ an episode ──▶ heard
       │ └───a sound report nearer: it was parked────────▶ heard
       └─────a report without a position: nobody knows yet ──▶ pending

An episode lasts from the last report before the silence to the first one after it: it starts at a report that came
before anything was amiss. A silence that still goes on shows in no report; `overdue` tells of it by the clock, and
gives the episode that the next report will end.
"""

from datetime import datetime, timedelta

import msgspec

from telematics.fix import Fix
from telematics.geometry import distance_m
from telematics.rules.episode import Episode, Evidence, ReportKey, Severity
from telematics.rules.seen import Seen

RULE = "signal_gap"
ARTICLE = "校车安全管理条例 第二十一条"
"""Buses carry a satellite positioning device with a driving record."""


class SignalGapLimits(msgspec.Struct, frozen=True):
    """What the rule compares with; rules of the service, for the law gives no number.

    Attributes:
        max_silence: so long a receiver may be silent: a tunnel, a cell without network.
        min_speed_mps: a bus that was this fast was under way; slower ones may have parked since.
        min_moved_m: a bus that is found so far away has been driven meanwhile.
        urgent_for: what lasted longer is for the record: nobody can still look into it today.
    """

    max_silence: timedelta = timedelta(minutes=5)
    min_speed_mps: float = 15 / 3.6
    min_moved_m: float = 500.0
    urgent_for: timedelta = timedelta(hours=12)


class Silence(msgspec.Struct, frozen=True, gc=False):
    """A silence of which nobody knows yet whether the bus was driven in it."""

    first: ReportKey
    last: ReportKey
    lat: float
    lon: float


SignalGapState = Silence | None


def step(
    state: SignalGapState, report: Fix, key: ReportKey, seen: Seen, *, is_sound: bool, limits: SignalGapLimits
) -> tuple[SignalGapState, list[Episode]]:
    """Take the next report in event time, sound or not.

    Args:
        state: a silence that is pending.
        report: the report.
        key: its key.
        seen: the report before.
        is_sound: whether it tells where the bus is.
        limits: what counts as a gap.

    Returns:
        What is pending now, and the episode that this report has shown.
    """
    before = seen.key
    if before is not None and key.time - before.time > limits.max_silence:
        if was_moving(seen, limits):
            return None, [episode(before, key, seen.lat, seen.lon, limits, moved_m=moved_m(seen, report))]
        if state is None and seen.lat is not None and seen.lon is not None:
            state = Silence(before, key, seen.lat, seen.lon)
    if state is None or not is_sound or report.lat is None or report.lon is None:
        return state, []
    away_m = distance_m(state.lat, state.lon, report.lat, report.lon)
    if away_m < limits.min_moved_m:
        return None, []
    return None, [episode(state.first, state.last, state.lat, state.lon, limits, moved_m=away_m)]


def overdue(seen: Seen, now: datetime, limits: SignalGapLimits) -> Episode | None:
    """The gap that goes on at `now`, where a bus is silent that was moving when it was last heard."""
    if seen.key is None or now - seen.key.time <= limits.max_silence or not was_moving(seen, limits):
        return None
    found = episode(seen.key, seen.key, seen.lat, seen.lon, limits, moved_m=None)
    silent_s = (now - seen.key.time).total_seconds()
    return msgspec.structs.replace(found, last_at=now, ended_at=None, peak=silent_s)


def was_moving(seen: Seen, limits: SignalGapLimits) -> bool:
    """Whether the bus was under way at the report before."""
    return seen.is_sound and seen.speed_mps is not None and seen.speed_mps >= limits.min_speed_mps


def moved_m(seen: Seen, report: Fix) -> float | None:
    """How far a report is from the last known place."""
    if seen.lat is None or seen.lon is None or report.lat is None or report.lon is None:
        return None
    return distance_m(seen.lat, seen.lon, report.lat, report.lon)


def episode(
    first: ReportKey,
    last: ReportKey,
    lat: float | None,
    lon: float | None,
    limits: SignalGapLimits,
    *,
    moved_m: float | None,
) -> Episode:
    """The gap between two reports."""
    return Episode(
        rule=RULE,
        started_at=first.time,
        last_at=last.time,
        ended_at=last.time,
        peak=(last.time - first.time).total_seconds(),
        limit=limits.max_silence.total_seconds(),
        unit="s",
        limit_source="rule_of_service",
        article=ARTICLE,
        lat=lat,
        lon=lon,
        evidence=Evidence(first, last, last, 2 if first != last else 1),
        severity=Severity.MEDIUM if last.time - first.time <= limits.urgent_for else Severity.RECORD,
        details={} if moved_m is None else {"moved_m": round(moved_m)},
    )
