"""A straight road, a road there and back, trips on them, and reports along the way."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from telematics.fix import Fix
from telematics.geometry import moved
from telematics.gtfs import make_pattern
from telematics.line import Line
from telematics.match import Candidates, MatchState, Position, StopCall, step
from telematics.timetable import PlannedTrip, RoutePattern

START = datetime(2026, 9, 1, 7, 0, tzinfo=UTC)
ORIGIN = (31.23, 121.47)


def at(east_m: float, north_m: float = 0.0) -> tuple[float, float]:
    """The point so far from the origin."""
    lat, lon = moved(*ORIGIN, 90.0, east_m)
    return moved(lat, lon, 0.0, north_m)


def straight(length_m: float = 3000.0, every_m: float = 500.0, name: str = "there") -> RoutePattern:
    """A pattern due east with a stop every so often."""
    stops = [(f"stop{number}", *at(number * every_m)) for number in range(int(length_m // every_m) + 1)]
    return make_pattern(name, [at(0.0), at(length_m / 2), at(length_m)], stops)


def there_and_back(length_m: float = 1500.0) -> RoutePattern:
    """East and back on the same road, with the stop in its middle called at both ways."""
    stops = [
        ("depot", *at(0)),
        ("school", *at(700)),
        ("end", *at(length_m)),
        ("school", *at(700)),
        ("depot", *at(0)),
    ]
    return make_pattern(
        "there and back", [at(0), at(length_m / 2), at(length_m), at(length_m / 2), at(0)], stops
    )


def trip(
    pattern: RoutePattern, starts: datetime = START, minutes: float = 10.0, name: str = "trip"
) -> PlannedTrip:
    """A trip that starts then, at an even pace."""
    whole_m = pattern.stops[-1].at_m
    clock_s = [stop.at_m / whole_m * minutes * 60 for stop in pattern.stops]
    return PlannedTrip(name, pattern, "workday", starts.timestamp(), clock_s)


def fix(second: float, place: tuple[float, float], course_deg: float | None = None) -> Fix:
    """A report so many seconds after `START`."""
    speed_mps = None if course_deg is None else 8.0
    return Fix(START + timedelta(seconds=second), *place, speed_mps=speed_mps, course_deg=course_deg)


def match(
    fixes: Iterable[Fix], *trips: PlannedTrip
) -> tuple[list[Position | None], list[StopCall], MatchState]:
    """Every position and call that the reports give, and the state after them."""
    candidates = Candidates(trips, lambda planned: Line(planned.pattern.line))
    state, positions, calls = MatchState(), [], []
    for one in fixes:
        state, position, told = step(state, one, candidates)
        positions.append(position)
        calls += told
    return positions, calls, state
