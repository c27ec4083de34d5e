"""SOS: somebody or something aboard calls for help. Every report counts, however doubtful its place.

State machine, for each report::

    quiet ──it bears an alarm: the episode opens──▶ calling ──it bears one──▶ calling
      ▲                                               │
      └──it bears none: the episode ends──────────────┘
"""

import msgspec

from telematics.fix import Alarm, Fix
from telematics.rules.episode import Episode, Evidence, ReportKey, Severity
from telematics.rules.seen import Seen

RULE = "sos"
ARTICLE = "校车安全管理条例 第四十二条"
"""Accidents: help, warning signs, evacuation, and telling school and guardians."""


class Calling(msgspec.Struct, frozen=True, gc=False):
    """Reports that bear an alarm, and where the bus was at the first, or had last been."""

    first: ReportKey
    last: ReportKey
    lat: float | None
    lon: float | None
    reports: int
    alarms: Alarm


SosState = Calling | None


def step(
    state: SosState, report: Fix, key: ReportKey, seen: Seen, *, is_sound: bool
) -> tuple[SosState, list[Episode]]:
    """Take the next report in event time, sound or not; arguments as for `signal_gap.step`."""
    if not report.alarms:
        return None, [episode(state, ended=True)] if state else []
    if state is None:
        lat, lon = (report.lat, report.lon) if is_sound else (seen.lat, seen.lon)
        state = Calling(key, key, lat, lon, 1, report.alarms)
    else:
        alarms = state.alarms | report.alarms
        state = msgspec.structs.replace(state, last=key, reports=state.reports + 1, alarms=alarms)
    return state, [episode(state, ended=False)]


def settles(report: Fix) -> bool:
    """Whether the rule remembers nothing after a report, whatever came before it."""
    return not report.alarms


def episode(state: Calling, *, ended: bool) -> Episode:
    """The episode that a state stands for."""
    return Episode(
        rule=RULE,
        started_at=state.first.time,
        last_at=state.last.time,
        ended_at=state.last.time if ended else None,
        limit_source="device",
        article=ARTICLE,
        lat=state.lat,
        lon=state.lon,
        evidence=Evidence(state.first, state.first, state.last, state.reports),
        severity=Severity.EMERGENCY,
        details=dict.fromkeys(state.alarms.names(), True),
    )
