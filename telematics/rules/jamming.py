"""Signs of jamming: a moving bus's receiver loses all satellites at once, for long, while its link goes on.

State machine, for each report::

    clear ──no position, or too few satellites; the report before was sound and moving──▶ blind
      ▲                                                                                     │
      │                                                             blind for `min_duration`, `min_reports` or more
      │                                                                                     ▼
      └──────────a good report, or a silence: the link does not go on──────────────────── open
                                                                              the episode ends

A tunnel looks the same, so `min_duration` is longer than buses are in one; a garage is entered slowly.
"""

from datetime import timedelta

import msgspec

from telematics.fix import Fix
from telematics.rules.episode import Episode, Evidence, ReportKey, Severity
from telematics.rules.seen import Seen
from telematics.rules.signal_gap import ARTICLE

RULE = "jamming"


class JammingLimits(msgspec.Struct, frozen=True):
    """What the rule compares with; rules of the service, for the law gives no number.

    Attributes:
        min_duration: shorter is a tunnel: three minutes at 60 km/h are 3 km.
        min_reports: so many reports without a position show that the link goes on.
        max_gap: after a longer silence the link has not gone on.
        min_speed_mps: slower buses may have entered a garage.
        min_satellites: with fewer no receiver knows its place.
    """

    min_duration: timedelta = timedelta(minutes=3)
    min_reports: int = 5
    max_gap: timedelta = timedelta(seconds=60)
    min_speed_mps: float = 15 / 3.6
    min_satellites: int = 4


class Blind(msgspec.Struct, frozen=True, gc=False):
    """Reports without a position since a good one, and where that was."""

    first: ReportKey
    last: ReportKey
    lat: float | None
    lon: float | None
    reports: int
    is_open: bool


JammingState = Blind | None


def step(
    state: JammingState, report: Fix, key: ReportKey, seen: Seen, limits: JammingLimits
) -> tuple[JammingState, list[Episode]]:
    """Take the next report in event time, sound or not; arguments as for `signal_gap.step`."""
    if state is None:
        if not is_blind(report, limits) or not was_under_way(seen, key, limits):
            return None, []
        return Blind(key, key, seen.lat, seen.lon, 1, is_open=False), []
    if not is_blind(report, limits) or key.time - state.last.time > limits.max_gap:
        return None, [episode(state, limits, ended=True)] if state.is_open else []
    reports = state.reports + 1
    lasts = key.time - state.first.time >= limits.min_duration and reports >= limits.min_reports
    state = Blind(state.first, key, state.lat, state.lon, reports, is_open=state.is_open or lasts)
    return state, [episode(state, limits, ended=False)] if state.is_open else []


def is_blind(report: Fix, limits: JammingLimits) -> bool:
    """Whether the receiver has lost its satellites."""
    if not report.valid:
        return True
    return report.satellites is not None and report.satellites < limits.min_satellites


def was_under_way(seen: Seen, key: ReportKey, limits: JammingLimits) -> bool:
    """Whether the report before, a moment ago, was sound and had the bus moving."""
    if not seen.is_sound or seen.key is None or seen.speed_mps is None:
        return False
    return seen.speed_mps >= limits.min_speed_mps and key.time - seen.key.time <= limits.max_gap


def settles(report: Fix, limits: JammingLimits) -> bool:
    """Whether the rule remembers nothing after a sound report, whatever came before it."""
    return not is_blind(report, limits)


def episode(state: Blind, limits: JammingLimits, *, ended: bool) -> Episode:
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
    )
