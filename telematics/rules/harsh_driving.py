"""Harsh braking and harsh acceleration, from receivers that report each second.

A receiver's speed is noisy: it jumps for a second, sticks in a street canyon, lags in a bend. So speeds are medians
of three reports, the change is taken over two seconds, and both of these must go the same way; a change that no bus
can make is a fault of the receiver.

State machine, for each report::

    none ──a report that is accurate enough──▶ window of up to five, a second apart
     ▲                                          │  ▲
     └──an inaccurate report, one without ──────┘  └── the bus stands, or more than `max_step` has passed:
        a position                                     the window begins with this report

    calm ──braking or accelerating beyond the limit──▶ harsh: the episode opens
      ▲                                                  │
      └──less than half the limit, the other way, or the window begins anew: the episode ends
"""

from typing import NamedTuple

import msgspec

from telematics.fix import Fix
from telematics.rules.episode import Episode, Evidence, ReportKey, Severity

BRAKING, ACCELERATION = "harsh_braking", "harsh_acceleration"


class HarshDrivingLimits(msgspec.Struct, frozen=True):
    """What the rules compare with; rules of the service, for the law gives no number.

    Attributes:
        braking_mps2: passengers of a coach are asked to bear 0.1 to 0.15 g (Hoberock, A survey of longitudinal
            acceleration comfort studies in ground transportation vehicles, 1977); at 0.4 g a child that is not
            belted leaves the seat, and a driver brakes for an emergency.
        acceleration_mps2: a loaded coach's engine hardly gives more.
        impossible_mps2: beyond what tyres hold: 1 g.
        min_speed_mps: the faster end of a change is at least this: stop-and-go is none of it.
        standing_mps: a slower bus stands.
        min_step_s: reports nearer together are passed over.
        max_step_s: reports further apart say nothing about a second.
        max_accuracy_m: a report less certain of its place than this says nothing about a second's change of speed.
        min_satellites: nor does one with fewer satellites, where the number is told.
    """

    braking_mps2: float = 4.0
    acceleration_mps2: float = 3.0
    impossible_mps2: float = 9.8
    min_speed_mps: float = 20 / 3.6
    standing_mps: float = 0.5
    min_step_s: float = 0.8
    max_step_s: float = 1.2
    max_accuracy_m: float = 10.0
    min_satellites: int = 6


class Sample(NamedTuple):
    """A report of the window."""

    key: ReportKey
    speed_mps: float
    lat: float
    lon: float


class Harsh(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An open episode: negative peaks brake."""

    first: ReportKey
    last: ReportKey
    peak: Sample
    peak_mps2: float
    reports: int


class Window(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The last reports, a second apart, and the episode that is open."""

    samples: tuple[Sample, ...]
    harsh: Harsh | None = None


HarshDrivingState = Window | None
WINDOW = 5


def step(
    state: HarshDrivingState, report: Fix, key: ReportKey, limits: HarshDrivingLimits, *, is_sound: bool
) -> tuple[HarshDrivingState, list[Episode]]:
    """Take the next report in event time, sound or not; arguments as for `signal_gap.step`."""
    speed_mps, lat, lon = report.speed_mps, report.lat, report.lon
    if not is_sound or speed_mps is None or lat is None or lon is None or not is_exact(report, limits):
        return None, ended(state, limits)
    here = Sample(key, speed_mps, lat, lon)
    if state is None:
        return Window((here,)), []
    step_s = (key.time - state.samples[-1].key.time).total_seconds()
    if step_s > limits.max_step_s:
        return Window((here,)), ended(state, limits)
    if step_s < limits.min_step_s and speed_mps >= limits.standing_mps:
        return state, []
    samples = (*state.samples[1 - WINDOW :], here)
    harsh, episodes = state.harsh, list[Episode]()
    if len(samples) == WINDOW:
        harsh, episodes = judged(state, samples, limits)
    if speed_mps >= limits.standing_mps:
        return Window(samples, harsh), episodes
    return Window((here,)), ended(Window(samples, harsh), limits) or episodes


def is_exact(report: Fix, limits: HarshDrivingLimits) -> bool:
    """Whether a report is good enough to tell a second's change of speed."""
    if report.accuracy_m is not None and report.accuracy_m > limits.max_accuracy_m:
        return False
    return report.satellites is None or report.satellites >= limits.min_satellites


def judged(
    state: Window, samples: tuple[Sample, ...], limits: HarshDrivingLimits
) -> tuple[Harsh | None, list[Episode]]:
    """What a full window says."""
    change, harsh = change_mps2(samples, limits), state.harsh
    if harsh is not None:
        share = change / harsh.peak_mps2
        if share >= 0.5:
            harsh = went_on(harsh, samples, change)
            return harsh, [episode(harsh, limits, ended=False)]
        episodes = ended(state, limits)
    else:
        episodes = []
    if -limits.braking_mps2 < change < limits.acceleration_mps2:
        return None, episodes
    harsh = Harsh(samples[1].key, samples[3].key, samples[2], change, 3)
    return harsh, [*episodes, episode(harsh, limits, ended=False)]


def change_mps2(samples: tuple[Sample, ...], limits: HarshDrivingLimits) -> float:
    """The change of speed over the two seconds in the middle of a window; 0 where it can't be believed."""
    v0, v1, v2, v3, v4 = (one.speed_mps for one in samples)
    if max(v0, v1, v2, v3, v4) - min(v0, v1, v2, v3, v4) < limits.acceleration_mps2:
        return 0.0
    before, middle, after = median(v0, v1, v2), median(v1, v2, v3), median(v2, v3, v4)
    seconds = (samples[3].key.time - samples[1].key.time).total_seconds()
    change = (after - before) / seconds
    first, second = middle - before, after - middle
    same_way = min(first, second) > 0.25 * (after - before) or max(first, second) < 0.25 * (after - before)
    if max(before, after) < limits.min_speed_mps or abs(change) > limits.impossible_mps2 or not same_way:
        return 0.0
    return change


def median(a: float, b: float, c: float) -> float:
    """The one in the middle."""
    return max(min(a, b), min(max(a, b), c))


def went_on(harsh: Harsh, samples: tuple[Sample, ...], change: float) -> Harsh:
    """The open episode with one second more."""
    worse = abs(change) > abs(harsh.peak_mps2)
    return Harsh(
        harsh.first,
        samples[3].key,
        samples[2] if worse else harsh.peak,
        change if worse else harsh.peak_mps2,
        harsh.reports + 1,
    )


def settles(report: Fix, limits: HarshDrivingLimits) -> bool:
    """Whether what the rules remember after a sound report is that report alone, whatever came before it."""
    return report.speed_mps is not None and report.speed_mps < limits.standing_mps


def ended(state: HarshDrivingState, limits: HarshDrivingLimits) -> list[Episode]:
    """The episode that ends with a state, where one is open."""
    if state is None or state.harsh is None:
        return []
    return [episode(state.harsh, limits, ended=True)]


def episode(harsh: Harsh, limits: HarshDrivingLimits, *, ended: bool) -> Episode:
    """The episode that an open state stands for."""
    brakes = harsh.peak_mps2 < 0
    return Episode(
        rule=BRAKING if brakes else ACCELERATION,
        started_at=harsh.first.time,
        last_at=harsh.last.time,
        ended_at=harsh.last.time if ended else None,
        peak=round(abs(harsh.peak_mps2), 2),
        limit=limits.braking_mps2 if brakes else limits.acceleration_mps2,
        unit="m/s²",
        limit_source="rule_of_service",
        article="",
        lat=harsh.peak.lat,
        lon=harsh.peak.lon,
        evidence=Evidence(harsh.first, harsh.peak.key, harsh.last, harsh.reports),
        severity=Severity.RECORD,
        details={"speed_mps": round(harsh.peak.speed_mps, 2)},
    )
