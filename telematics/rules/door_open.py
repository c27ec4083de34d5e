"""Door open while moving, where the unit is wired to the door.

State machine, for each sound report::

    shut ──open, and at speed──▶ suspected ──`min_duration`, `min_reports`──▶ open
      ▲                            │                                          │
      └──shut, slow, or a silence──┴──────────────────────────────────────────┘
                                                                the episode ends

A door that closes as the bus pulls out is suspected, no more. A fast report that tells of no door changes nothing.
"""

from datetime import timedelta

import msgspec

from telematics.fix import Fix
from telematics.rules.episode import Episode, Evidence, ReportKey, Severity

RULE = "door_open"
ARTICLE = "校车安全管理条例 第三十九条"
"""The attendant checks before departure that the door is shut."""


class DoorOpenLimits(msgspec.Struct, frozen=True):
    """What the rule compares with; rules of the service, for the law gives no number.

    Attributes:
        min_speed_mps: a bus that pulls out, or creeps up to the kerb, is slower.
        min_duration: so long it lasts; doors close in some three seconds.
        min_reports: one contact that bounces is none.
        max_gap: after a longer silence nothing is known of what happened in it.
    """

    min_speed_mps: float = 10 / 3.6
    min_duration: timedelta = timedelta(seconds=5)
    min_reports: int = 2
    max_gap: timedelta = timedelta(seconds=60)


class Moving(msgspec.Struct, frozen=True, gc=False):
    """Reports at speed with a door open."""

    first: ReportKey
    last: ReportKey
    peak: ReportKey
    peak_mps: float
    lat: float | None
    lon: float | None
    reports: int
    is_open: bool


DoorOpenState = Moving | None


def step(
    state: DoorOpenState, report: Fix, key: ReportKey, limits: DoorOpenLimits
) -> tuple[DoorOpenState, list[Episode]]:
    """Take the next sound report in event time; arguments as for `signal_gap.step`."""
    speed_mps = report.speed_mps or 0.0
    if report.door_open is None and speed_mps >= limits.min_speed_mps:
        return state, []
    ended: list[Episode] = []
    if state is not None and key.time - state.last.time > limits.max_gap:
        state, ended = None, ending(state, limits)
    if not report.door_open or speed_mps < limits.min_speed_mps:
        return None, ended + ending(state, limits)
    if state is None:
        return Moving(key, key, key, speed_mps, report.lat, report.lon, 1, is_open=False), ended
    reports = state.reports + 1
    lasts = key.time - state.first.time >= limits.min_duration and reports >= limits.min_reports
    state = msgspec.structs.replace(state, last=key, reports=reports, is_open=state.is_open or lasts)
    if speed_mps > state.peak_mps:
        state = msgspec.structs.replace(state, peak=key, peak_mps=speed_mps, lat=report.lat, lon=report.lon)
    return state, [episode(state, limits, ended=False)] if state.is_open else []


def settles(report: Fix, limits: DoorOpenLimits) -> bool:
    """Whether the rule remembers nothing after a sound report, whatever came before it."""
    return (report.speed_mps or 0.0) < limits.min_speed_mps


def ending(state: DoorOpenState, limits: DoorOpenLimits) -> list[Episode]:
    """The episode that ends with a state, where one is open."""
    return [episode(state, limits, ended=True)] if state is not None and state.is_open else []


def episode(state: Moving, limits: DoorOpenLimits, *, ended: bool) -> Episode:
    """The episode that an open state stands for."""
    return Episode(
        rule=RULE,
        started_at=state.first.time,
        last_at=state.last.time,
        ended_at=state.last.time if ended else None,
        peak=state.peak_mps,
        limit=limits.min_speed_mps,
        unit="m/s",
        limit_source="rule_of_service",
        article=ARTICLE,
        lat=state.lat,
        lon=state.lon,
        evidence=Evidence(state.first, state.peak, state.last, state.reports),
        severity=Severity.HIGH,
    )
