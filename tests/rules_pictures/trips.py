"""Scenes of the rules on a bus's trips: a trip of ten minutes with a stop each kilometre."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from telematics.fix import Fix
from telematics.line import Line
from telematics.match import Call, Candidates, MatchState, Position, StopCall, step
from telematics.rules.trip import day, deviation, limiter, outside, standing, stops
from telematics.rules.trip.day import DayState
from telematics.rules.trip.plan import Found, Plan, Stretch
from telematics.units import kmh_to_mps, mps_to_kmh
from tests.rules_pictures.scene import Frame, Scene
from tests.telematics.builders import START
from tests.telematics.matching import builders as matching
from tests.telematics.trip_rules.builders import drive, on, place, plan, stand

Value = Callable[[Fix, Position | None], float | None]
WAITING = 3
WATCHED = 1
PLANNED_MIN = 12.0
PLAN = plan()


def seconds_of(report: Fix) -> float:
    return (report.time - START).total_seconds()


def speed_kmh(report: Fix, _position: Position | None) -> float | None:
    return None if report.speed_mps is None else mps_to_kmh(report.speed_mps)


def away_m(report: Fix, _position: Position | None) -> float:
    return PLAN.away_m(report)


def along_m(report: Fix, _position: Position | None) -> float:
    return PLAN.line.places(report.lat or 0.0, report.lon or 0.0, 1_000)[0].along_m


def always(value: float) -> Value:
    return lambda _report, _position: value


def frames(
    rule: str,
    reports: Iterable[Fix],
    values: Mapping[str, Value],
    state_of: Callable[[DayState], str],
    *,
    of: Plan = PLAN,
    pupils_at: outside.PupilsAt = outside.nobody_knows,
) -> list[Frame]:
    """Every report through every rule on trips, with what one of them says."""
    state, made = DayState(), list[Frame]()
    for report in reports:
        position = place(report)
        state = day.step(state, report, position, {of.trip_id: of}, pupils_at=pupils_at)
        found = [one.episode() for one in state.found if one.rule == rule]
        shown = {name: value(report, position) for name, value in values.items()}
        made.append(Frame(seconds_of(report), shown, state_of(state), found))
    return made


def deviation_frames() -> list[Frame]:
    def state_of(state: DayState) -> str:
        return "on the line" if state.away is None else "deviating" if state.away.is_open else "away"

    reports = [
        *drive(300, 700, 0), *drive(750, 950, 45, aside=200), *drive(1000, 1200, 70),
        *drive(1250, 2200, 95, aside=250), *drive(2250, 2600, 195),
    ]  # fmt: skip
    return frames(
        deviation.RULE, reports, {"metres from the line": away_m, "corridor": always(120)}, state_of
    )


def standing_state(state: DayState) -> str:
    now = state.standing.standing
    return "moving" if now is None else "found" if now.is_open else "standing"


def unapproved_frames() -> list[Frame]:
    reports = [
        *drive(300, 500, 0), *stand(500, 25, 90), *drive(550, 1_000, 120), *stand(1_000, 170, 30),
        *drive(1_050, 1_500, 205), *stand(1_500, 255, 300), *drive(1_550, 1_900, 560),
    ]  # fmt: skip
    return frames(standing.UNAPPROVED_STOP, reports, {"speed": speed_kmh}, standing_state)


def wrong_order_frames() -> list[Frame]:
    reports = [
        *drive(500, 2000, 0), *stand(2000, 155, 30), *drive(1950, 1000, 190), *stand(1000, 290, 30),
        *drive(1050, 1900, 325),
    ]  # fmt: skip
    values = {"metres along the line": along_m, "stop 2": always(1_000), "stop 3": always(2_000)}
    return frames(standing.WRONG_ORDER, reports, values, standing_state)


def limiter_frames() -> list[Frame]:
    limited = plan(limiters=[Stretch(750.0, 1_500.0, kmh_to_mps(40))])
    speeds = [50, 50, 50, 48, 41, 40, 45, 48, 50, 52, 50, 41, 40, 39, 40, 47, 50, 50]
    reports = [on(5 * number, 600 + 60 * number, kmh) for number, kmh in enumerate(speeds)]

    def limit_kmh(report: Fix, position: Position | None) -> float | None:
        here = limiter.stretch_at(limited, position.along_m if position else None, report.time)
        return mps_to_kmh(here.limit_mps) if here else None

    def state_of(state: DayState) -> str:
        now = state.exceeding
        return "within" if now is None else "open" if now.is_open else "suspected"

    values = {"speed": speed_kmh, "limiter of the stretch": limit_kmh}
    return frames(limiter.RULE, reports, values, state_of, of=limited)


def outside_frames() -> list[Frame]:
    def pupils_at(time):
        return 2 if (time - START).total_seconds() < 420 else 0

    def state_of(state: DayState) -> str:
        if state.trip_id:
            return "on a trip"
        return "no trip" if state.driving is None else "open" if state.driving.is_open else "suspected"

    reports = [
        *drive(2_000, 2_990, 0, every_s=10), *stand(2_990, 110, 60, every_s=10),
        *(on(180 + 10 * number, 2_900 - 8 * number, 36, aside=300) for number in range(22)),
        *stand(2_700, 400, 60, every_s=10),
    ]  # fmt: skip
    return frames(
        outside.RULE,
        reports,
        {"speed": speed_kmh, "pupils counted aboard × 10": lambda report, _: 10.0 * pupils_at(report.time)},
        state_of,
        pupils_at=pupils_at,
    )


def matched(places: Iterable[tuple[float, float]], lasts_s: int, every_s: int) -> list[Frame]:
    """A run as the matching has it, through reports at (metres, metres aside): what becomes of one stop."""
    pattern = matching.straight(every_m=1_000)
    trip = matching.trip(pattern, minutes=PLANNED_MIN)
    line, state = Line(pattern.line), MatchState()
    candidates = Candidates([trip], lambda _trip: line)
    band, found, made = "ahead", list[Found](), list[Frame]()
    for second, (metres, aside_m) in zip(range(0, lasts_s, every_s), places, strict=False):
        state, _, told = step(state, matching.fix(second, matching.at(metres, aside_m), 90), candidates)
        for one in told:
            if one.stop == WATCHED and one.call is not Call.ARRIVED:
                band = one.call.value
                found += stops.judged([fate(one)], stops.StopLimits())
        values = {"metres along the line": metres, "metres beside it": aside_m, "stop 2": 1_000.0}
        made.append(Frame(second, values, band, [one.episode() for one in found]))
    return made


def fate(told: StopCall) -> stops.Call:
    """What became of the stop, where three children wait."""
    return stops.Call(
        trip_id=told.trip_id,
        number=WATCHED + 1,
        planned_at=matching.START + timedelta(minutes=PLANNED_MIN / 3),
        departed_at=told.at,
        uncertainty=timedelta(seconds=told.bracket_s),
        is_skipped=told.call is Call.SKIPPED,
        pupils=WAITING,
        boards=True,
        confidence=told.confidence,
        evidence=told.evidence,
        lat=0.0,
        lon=0.0,
    )


def missed_frames() -> list[Frame]:
    places = ((8.0 * second, 300.0 if 80 <= second < 170 else 0.0) for second in range(0, 300, 10))
    return matched(places, 300, 10)


def early_frames() -> list[Frame]:
    return matched(((min(8.0 * second, 3_000.0), 0.0) for second in range(0, 300, 10)), 300, 10)


SCENES = [
    Scene(deviation.RULE, deviation, "Route deviation: around a corner; and for over a minute", "m",
          deviation_frames(), limits=deviation.DeviationLimits(), dashed=["corridor"]),
    Scene(standing.UNAPPROVED_STOP, standing, "Unapproved stop: a light, a stop, and five minutes in between",
          "km/h", unapproved_frames(), limits=standing.StandingLimits(), notes=[(170, "at stop 2")]),
    Scene(standing.WRONG_ORDER, standing, "Wrong order: stop 3, and then back to stop 2", "m",
          wrong_order_frames(), limits=standing.StandingLimits(), dashed=["stop 2", "stop 3"]),
    Scene(stops.MISSED_STOP, stops, "Missed stop: seen off the line where three children wait", "m",
          missed_frames(), limits=stops.StopLimits(), dashed=["stop 2"]),
    Scene(stops.EARLY_DEPARTURE, stops, "Early departure: gone a minute and more before the planned time", "m",
          early_frames(), limits=stops.StopLimits(), dashed=["stop 2"],
          notes=[(PLANNED_MIN * 20, "planned at stop 2")]),
    Scene(limiter.RULE, limiter, "Speed limiter: over it by 2 km/h and more for 10 s", "km/h", limiter_frames(),
          limits=limiter.LimiterLimits(), dashed=["limiter of the stretch"]),
    Scene(outside.RULE, outside, "Pupils outside a trip: the trip is over, two are aboard, and the bus drives on",
          "km/h", outside_frames(), limits=outside.OutsideLimits(), stepped=["pupils counted aboard × 10"]),
]  # fmt: skip
