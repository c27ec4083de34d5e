"""Random days of a device in which every rule has something to find, for tests of the order of arrival."""

from collections.abc import Callable

from hypothesis import strategies as st

from telematics.fix import Alarm, Fix, Verdict
from tests.telematics.builders import fix

VOID = {"lat": None, "lon": None, "speed_mps": None, "satellites": 0, "verdicts": Verdict.VOID}
STEPS_S = [0, 0.5, 1, 5, 5, 10, 30, 130, 700]
SPEEDS_KMH = [0, 0, 30, 50, 57, 59, 61, 66, 70, 90, 300, None]
CHANGES = [
    *[{}] * 6,
    {"accuracy_m": 90.0},
    {"lat": None, "lon": None},
    {"course_deg": None},
    {"alarms": Alarm.SOS},
    {"door_open": True, "ignition": False},
    {"verdicts": Verdict.ROLLOVER},
    {"verdicts": Verdict.ROLLOVER, "alarms": Alarm.SOS},
    VOID,
]


class Road:
    """Where a random day has come to: time, and place on a straight road."""

    def __init__(self):
        self.seconds = 0.0
        self.metres = 0.0
        self.reports: list[Fix] = []

    def report(self, step_s, kmh, *, stays=False, **changes):
        self.seconds += step_s
        if not stays:
            self.metres += (kmh or 0) / 3.6 * step_s
        self.reports.append(fix(self.seconds, kmh, metres=self.metres, **changes))


def wild(draw, road):
    """A report that may be anything."""
    road.metres += draw(st.sampled_from([0, 0, 0, 0, 40, 600]))
    jump = draw(st.sampled_from([0] * 9 + [80_000]))
    road.metres += jump
    road.report(
        draw(st.sampled_from(STEPS_S)), draw(st.sampled_from(SPEEDS_KMH)), **draw(st.sampled_from(CHANGES))
    )
    road.metres -= jump


def brakes(draw, road):
    """A second-by-second drive with a change of speed that may be harsh."""
    first, change = draw(st.sampled_from([(50, -20), (60, -15), (20, 15), (10, 16), (40, -40)]))
    for kmh in (first, first, first + change, first + 2 * change, first + 2 * change):
        road.report(1, max(kmh, 0))


def speeds(draw, road):
    """A bus that is too fast, for long or not."""
    for kmh in draw(st.sampled_from([(58, 66, 70, 66, 50), (66, 66, 58), (70, 70, 70)])):
        road.report(5, kmh)


def goes_blind(draw, road):
    """A moving bus whose receiver loses its satellites."""
    road.report(5, 40)
    for _ in range(draw(st.integers(4, 6))):
        road.report(40, 40, **VOID)


def freezes(draw, road):
    """A receiver that sticks to a place."""
    for _ in range(draw(st.integers(4, 7))):
        road.report(15, 40, stays=True)


def leaves_the_door_open(draw, road):
    """A bus that pulls out with its door open, for long or not."""
    for kmh in draw(st.sampled_from([(0, 12, 20, 30, 30), (0, 12, 0), (20, 20)])):
        road.report(4, kmh, door_open=True)


def falls_silent(draw, road):
    """A silence, moving before it or not, and found elsewhere or not."""
    road.report(5, draw(st.sampled_from([0, 40])))
    road.metres += draw(st.sampled_from([0, 2_000]))
    road.report(400, 0, **draw(st.sampled_from([{}, VOID])))


def stands(draw, road):
    """A stop."""
    road.report(draw(st.sampled_from([5, 30])), 0)


PARTS: list[Callable[..., None]] = [wild, wild, wild, wild, stands, brakes, goes_blind, freezes]
PARTS += [falls_silent, leaves_the_door_open, speeds]


@st.composite
def days(draw, most=8) -> list[Fix]:
    """A day of a few parts, without repeats."""
    road = Road()
    for part in draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=most)):
        part(draw, road)
    return list({(one.time, one.digest): one for one in road.reports}.values())
