"""A trip along a straight road to the east, with stops each kilometre, and reports placed on it in a few words."""

from datetime import datetime, timedelta

from telematics.fix import Fix
from telematics.geometry import moved
from telematics.line import Line
from telematics.match import Phase, Position
from telematics.rules.trip.day import DayState, step
from telematics.rules.trip.plan import Found, Plan
from tests.telematics.builders import START, at

STOPS_M = [0.0, 1000.0, 2000.0, 3000.0]
LAT, LON = 31.0, 121.0
LINE = Line([(LAT, LON), moved(LAT, LON, 90, 3000)])


def plan(trip_id="one", starts_at: datetime = START, **changes) -> Plan:
    given = {
        "trip_id": trip_id,
        "line": LINE,
        "stops_m": STOPS_M,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=10),
    }
    return Plan(**given | changes)


def on(seconds, metres, kmh=30.0, *, aside=0.0, **changes) -> Fix:
    """A report so far along the road, and so far to the north of it."""
    lat, lon = moved(*moved(LAT, LON, 90, metres), 0, aside)
    speed_mps = None if kmh is None else kmh / 3.6
    return Fix(time=at(seconds), lat=lat, lon=lon, speed_mps=speed_mps, course_deg=90.0, **changes)


def place(fix: Fix, trip_id="one", confidence=0.99) -> Position | None:
    """Where the matching puts a report of that road."""
    if fix.lat is None or fix.lon is None:
        return None
    if abs(fix.lat - LAT) * 111_195 > 60:
        return Position(None, 0.0, Phase.OFF_ROUTE, confidence)
    places = LINE.places(fix.lat, fix.lon, 100)
    if not places:
        return Position(None, 0.0, Phase.OFF_ROUTE, confidence)
    metres = places[0].along_m
    phase = Phase.BEFORE_START if metres < 80 else Phase.DONE if metres > 2920 else Phase.RUNNING
    return Position(trip_id, metres, phase, confidence)


def drive(metres_from, metres_to, start_s, kmh=36.0, every_s=5, **changes) -> list[Fix]:
    """Reports from one place to another at even speed."""
    step_m = kmh / 3.6 * every_s
    count = int(abs(metres_to - metres_from) // step_m) + 1
    way = 1 if metres_to >= metres_from else -1
    return [
        on(start_s + every_s * number, metres_from + way * step_m * number, kmh, **changes)
        for number in range(count)
    ]


def stand(metres, start_s, seconds, every_s=5, **changes) -> list[Fix]:
    """Reports of a bus that stands."""
    return [on(start_s + offset, metres, 0.0, **changes) for offset in range(0, seconds + 1, every_s)]


def day(reports, *plans: Plan, aboard=None) -> DayState:
    """What the rules remember after some reports."""
    by_id = {one.trip_id: one for one in plans or (plan(),)}
    state = DayState()
    for fix in reports:
        state = step(state, fix, place(fix), by_id, pupils_at=lambda _time: aboard)
    return state


def found(reports, rule, *plans: Plan, aboard=None) -> list[Found]:
    """The findings of a rule."""
    return [one for one in day(reports, *plans, aboard=aboard).found if one.rule == rule]
