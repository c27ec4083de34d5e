"""Scenes of the rules on a device's reports, each through the pipeline as it comes in the field."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from telematics.fix import Alarm, Fix
from telematics.limits import SIGNPOSTED
from telematics.pipeline import DeviceState, advance, judged
from telematics.rules import (
    door_open,
    frozen_position,
    harsh_driving,
    jamming,
    misdated,
    signal_gap,
    sos,
    speeding,
    unplugged,
)
from telematics.rules.device import DeviceRules
from telematics.rules.speeding import SpeedLimit
from telematics.units import kmh_to_mps, mps_to_kmh
from telematics.validate import Plausibility
from tests.rules_pictures.scene import Frame, Scene
from tests.telematics.builders import START, arrival, at, fix, rulebook
from tests.telematics.days import VOID

Value = Callable[[Fix], float | None]


def speed_kmh(report: Fix) -> float | None:
    return None if report.speed_mps is None else mps_to_kmh(report.speed_mps)


def always(value: float) -> Value:
    return lambda _report: value


def seconds_of(report: Fix) -> float:
    return (report.time - START).total_seconds()


def frames(
    rule: str,
    reports: Iterable[Fix],
    values: Mapping[str, Value],
    state_of: Callable[[DeviceRules], str],
    **limits: Any,
) -> list[Frame]:
    """Every report through every rule of a device, with what one of them says."""
    state, book, made = DeviceState(), rulebook(**limits), list[Frame]()
    for report in reports:
        state, _, episodes = advance(state, report, book)
        found = [one for one in episodes if one.rule == rule]
        shown = {name: value(report) for name, value in values.items()}
        made.append(Frame(seconds_of(report), shown, state_of(state.rules), found))
    return made


def three(part: str, calm: str) -> Callable[[DeviceRules], str]:
    """The states of a rule that suspects before it finds."""

    def state_of(rules: DeviceRules) -> str:
        kept = getattr(rules, part)
        return calm if kept is None else "open" if kept.is_open else "suspected"

    return state_of


def driven(*parts: tuple[float, float, float], **changes: Any) -> list[Fix]:
    """Reports of parts of (seconds, km/h, step in seconds), each where the one before it took the bus."""
    reports, seconds, metres = [], 0.0, 0.0
    for lasting_s, kmh, every_s in parts:
        for _ in range(int(lasting_s / every_s)):
            reports.append(fix(seconds, kmh, metres=metres, **changes))
            seconds, metres = seconds + every_s, metres + kmh_to_mps(kmh) * every_s
    return reports


def speeding_frames() -> list[Frame]:
    def limit_kmh(report: Fix) -> float:
        return 60 if seconds_of(report) < 35 else 50

    speeds = (50, 58, 64, 66, 70, 72, 58, 66, 70, 68, 66, 60, 52, 44, 40)

    def state_of(rules: DeviceRules) -> str:
        now = rules.speeding
        return "idle" if now is None or not now.exceedance else "open" if now.is_open else "suspected"

    return frames(
        speeding.RULE,
        driven(*((5, kmh, 5) for kmh in speeds)),
        {"speed": speed_kmh, "limit in force": limit_kmh},
        state_of,
        at=lambda report, road: SpeedLimit(
            kmh_to_mps(limit_kmh(report)), "posted", SIGNPOSTED, limit_kmh(report)
        ),
        lowest_mps=kmh_to_mps(20),
    )


def gap_frames() -> list[Frame]:
    before = [*driven((150, 40, 30)), fix(150, 40, metres=1_700), fix(570, 40, metres=6_000)]
    after = [
        *(fix(600 + 30 * number, 0, metres=6_200) for number in range(5)),
        fix(1_320, **VOID),
        fix(1_350, **VOID),
        *(fix(1_380 + 30 * number, 0, metres=8_500) for number in range(4)),
    ]
    return frames(
        signal_gap.RULE,
        [*before, *after],
        {"speed": speed_kmh},
        lambda rules: "heard" if rules.signal_gap is None else "pending",
    )


def jamming_frames() -> list[Frame]:
    blind = [fix(60 + 20 * number, **VOID) for number in range(14)]
    return frames(
        jamming.RULE,
        [*driven((60, 40, 20)), *blind, *(fix(340 + 20 * n, 40, metres=3_500 + 222 * n) for n in range(4))],
        {"satellites": lambda report: float(report.satellites or 0), "fewest": always(4)},
        lambda rules: "clear" if rules.jamming is None else "open" if rules.jamming.is_open else "blind",
    )


def frozen_frames() -> list[Frame]:
    stuck = [fix(30 + 10 * number, 40, metres=330) for number in range(11)]
    reports = [
        *driven((30, 40, 10)),
        *stuck,
        *(fix(140 + 10 * n, 40, metres=1_550 + 111 * n) for n in range(4)),
    ]
    places = {report.time: 0.0 for report in reports}
    for number, report in enumerate(reports):
        places[report.time] = 111 * min(number, 3) if number < 14 else 1_550 + 111 * (number - 14)
    return frames(
        frozen_position.RULE,
        reports,
        {"place along the road ÷ 20": lambda report: places[report.time] / 20, "speed": speed_kmh},
        three("frozen_position", "moving"),
    )


def harsh_frames(rule: str, speeds: Sequence[float]) -> list[Frame]:
    def state_of(rules: DeviceRules) -> str:
        return "harsh" if rules.harsh_driving and rules.harsh_driving.harsh else "calm"

    return frames(rule, driven(*((1, kmh, 1) for kmh in speeds)), {"speed": speed_kmh}, state_of)


def door_frames() -> list[Frame]:
    pulls_out = [(0, True), (8, True), (12, True), (14, False), (30, False), (6, False)]
    stays_open = [(0, True), (15, True), (25, True), (28, True), (24, True), (26, False), (30, False)]
    reports, metres = [], 0.0
    for number, (kmh, is_open) in enumerate(pulls_out + stays_open):
        metres += kmh_to_mps(kmh) * 4
        reports.append(fix(4 * number, kmh, metres=metres, door_open=is_open))
    return frames(
        door_open.RULE,
        reports,
        {
            "speed": speed_kmh,
            "door open": lambda report: 8.0 if report.door_open else 0.0,
            "10 km/h": always(10),
        },
        three("door_open", "shut"),
    )


def sos_frames() -> list[Frame]:
    reports = driven((30, 40, 5), (20, 20, 5), (40, 0, 5))
    pressed = [
        fix(seconds_of(one), speed_kmh(one), metres=0, alarms=Alarm.SOS)
        if 25 <= seconds_of(one) <= 60
        else one
        for one in reports
    ]
    return frames(
        sos.RULE, pressed, {"speed": speed_kmh}, lambda rules: "quiet" if rules.sos is None else "calling"
    )


def clock_frames() -> list[Frame]:
    """By arrival, for the event times of these reports are not to be believed."""
    limits, made = Plausibility(), list[Frame]()
    whole = None
    for number, ahead_s in enumerate((0, 0, 40, 90, 119, 130, 160, 200, 240, 0, 0, 0)):
        came = arrival(fix(60 * number + ahead_s), delay_s=-ahead_s)
        is_dated = judged(came, limits).fix.is_dated
        found = []
        if not is_dated:
            (tally,) = misdated.gathered([came], limits.future_tolerance)
            whole = misdated.together(whole, tally.episode) if whole else tally.episode
            found = [whole]
        made.append(
            Frame(
                60.0 * number,
                {"clock ahead by": ahead_s, "tolerance": 120},
                "in order" if is_dated else "found",
                found,
            )
        )
    return made


def unplugged_frames() -> list[Frame]:
    made, since = list[Frame](), None
    for seconds, is_there in ((0, True), (40, False), (60, False), (150, True), (200, True)):
        since, found = unplugged.step(since, is_there=is_there, at=at(seconds))
        state = "there" if since is None else "unplugged"
        made.append(Frame(seconds, {"port is there": float(is_there)}, state, [found] if found else []))
    return made


BRAKES = (65, 65, 65, 65, 48, 31, 14, 14, 14, 14, 14)
STARTS = (0, 0, 0, 12.6, 25.2, 37.8, 50.4, 50.4, 50.4, 50.4)
SCENES = [
    Scene(speeding.RULE, speeding, "Speeding: suspected for 10 s, then open, until 3 km/h under the limit", "km/h",
          speeding_frames(), limits=rulebook().speeding, dashed=["limit in force"]),
    Scene(signal_gap.RULE, signal_gap,
          "Signal gap: silent under way; and silent standing, but found elsewhere", "km/h",
          gap_frames(), limits=signal_gap.SignalGapLimits(), silence_s=60,
          notes=[(1_320, "a report without a place")]),
    Scene(jamming.RULE, jamming, "Jamming: no satellites at speed, while the link goes on for three minutes",
          "satellites", jamming_frames(), limits=jamming.JammingLimits(), dashed=["fewest"]),
    Scene(frozen_position.RULE, frozen_position, "Frozen position: at speed, and a minute in one place", "m, km/h",
          frozen_frames(), limits=frozen_position.FrozenPositionLimits()),
    Scene(misdated.RULE, misdated, "Clock drift: reports from over two minutes ahead, by their arrival", "s",
          clock_frames(), dashed=["tolerance"]),
    Scene(unplugged.RULE, unplugged, "Receiver unplugged: the gateway loses its port", "", unplugged_frames(),
          stepped=["port is there"]),
    Scene(harsh_driving.BRAKING, harsh_driving, "Harsh braking: 65 km/h to 14 in three seconds", "km/h",
          harsh_frames(harsh_driving.BRAKING, BRAKES), limits=harsh_driving.HarshDrivingLimits()),
    Scene(harsh_driving.ACCELERATION, harsh_driving, "Harsh acceleration: 3.5 m/s² for four seconds", "km/h",
          harsh_frames(harsh_driving.ACCELERATION, STARTS), limits=harsh_driving.HarshDrivingLimits()),
    Scene(door_open.RULE, door_open, "Door open while moving: it closes as the bus pulls out; and it does not",
          "km/h", door_frames(), limits=door_open.DoorOpenLimits(), stepped=["door open"], dashed=["10 km/h"]),
    Scene(sos.RULE, sos, "SOS: found with the first report that calls, until one that does not", "km/h",
          sos_frames(), notes=[(25, "button held"), (65, "released")]),
]  # fmt: skip
