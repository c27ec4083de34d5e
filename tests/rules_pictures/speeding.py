"""The timeline of the speeding rule: a dip within the hysteresis, a change of limit, and the end."""

from telematics.rules import speeding
from telematics.rules.speeding import SpeedingLimits, SpeedingState, SpeedLimit
from telematics.units import kmh_to_mps
from tests.rules_pictures.timeline import Curve, Timeline
from tests.telematics.builders import START, drive

EVERY_S = 5
SPEEDS = (50, 58, 64, 66, 70, 72, 58, 66, 70, 68, 66, 60, 52, 44, 40)
SLOWER_FROM_S = 35


def limit_kmh(seconds: float) -> float:
    """Sixty, and fifty further on."""
    return 60 if seconds < SLOWER_FROM_S else 50


def drawn() -> Timeline:
    """What the rule gives for a drive."""
    reports = drive(*SPEEDS, every_s=EVERY_S)

    def seconds_of(report):
        return (report.time - START).total_seconds()

    def at(report, road):
        kmh = limit_kmh(seconds_of(report))
        return SpeedLimit(kmh_to_mps(kmh), "posted", "", kmh)

    limits = SpeedingLimits(at=at, lowest_mps=kmh_to_mps(20))
    state: SpeedingState = None
    states: list[tuple[float, str]] = []
    marks: list[tuple[float, str]] = []
    for report in reports:
        state, found = speeding.step(state, report, limits)
        now = "idle" if not state or not state.exceedance else "open" if state.is_open else "suspected"
        if not states or states[-1][1] != now:
            states.append((seconds_of(report), now))
            marks += [(seconds_of(report), "episode opens")] if now == "open" else []
        marks += [(seconds_of(report), "it ends") for one in found if one.ended_at]
    return Timeline(
        title="Speeding: suspected for 10 s, then open, until 3 km/h under the limit",
        unit="km/h",
        curves=[
            Curve("speed", [(EVERY_S * number, kmh) for number, kmh in enumerate(SPEEDS)]),
            Curve(
                "limit in force",
                [(0, 60), (SLOWER_FROM_S, 50), (EVERY_S * (len(SPEEDS) - 1), 50)],
                colour="#d1495b",
                is_stepped=True,
                is_dashed=True,
            ),
        ],
        states=states,
        ends_s=EVERY_S * (len(SPEEDS) - 1),
        marks=marks,
    )
