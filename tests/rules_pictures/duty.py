"""Scenes of the rules on driving and rest: a driver's log so far, judged again every few minutes."""

from collections.abc import Callable, Sequence
from datetime import UTC

import msgspec

from fleet.duty import judge
from fleet.duty.collect import moment
from telematics.duty import continuous, cumulative, periods
from telematics.duty.finding import Bound, DutyRule
from telematics.duty.profiles import NEWEST, shipped_numbers
from telematics.duty.rules import Rule, china, european_union, findings, united_states
from telematics.duty.timeline import DRIVING, ON_DUTY, Activity, Interval, Timeline, Total
from telematics.rules.episode import Episode
from tests.duty.timelines import MONDAY, timeline
from tests.rules_pictures.scene import Frame, Scene

MINUTE, HOUR, DAY = 60, 3600, 86_400
CN = shipped_numbers(NEWEST["cn"])
CHINA = china(CN, UTC, early_morning_ban=True)
EUROPE = european_union(shipped_numbers(NEWEST["eu"]), UTC)
AMERICA = united_states(shipped_numbers(NEWEST["us"]), UTC)

Measure = Callable[[Timeline, int], float]
"""Of a log so far, and the present: what the picture shows, in hours."""


def driven(window_s: int, kinds: frozenset[Activity] = DRIVING) -> Measure:
    """The hours of an activity in a window that ends now."""
    return lambda so_far, now_s: Total(so_far, kinds).within(now_s - window_s, now_s) / HOUR


def counted_by(rule: Rule) -> Measure:
    """The hours that a rule counts of the newest stretch: what it would find were nothing allowed."""
    bare = msgspec.structs.replace(rule, bound=Bound(0, ""))  # type: ignore[type-var]  # each is a struct

    def measure(so_far: Timeline, _now_s: int) -> float:
        found = bare.judge(so_far)
        return found[-1].value_s / HOUR if found else 0.0

    return measure


def rest_so_far(so_far: Timeline, _now_s: int) -> float:
    last = so_far[-1]
    return (last.end_s - last.start_s) / HOUR if last.activity is Activity.REST else 0.0


def since_rest(least_s: int) -> Measure:
    """The hours since the last rest of a length, or since the beginning."""

    def measure(so_far: Timeline, now_s: int) -> float:
        rests = [
            one.end_s
            for one in so_far
            if one.activity is Activity.REST and one.end_s - one.start_s >= least_s
        ]
        return (now_s - max(rests, default=so_far[0].start_s)) / HOUR

    return measure


def until(whole: Timeline, now_s: int) -> Timeline:
    """A log as far as it was written by a moment."""
    return tuple(
        msgspec.structs.replace(one, end_s=min(one.end_s, now_s)) for one in whole if one.start_s < now_s
    )


def frames(
    whole: Timeline,
    every_s: int,
    judged: Callable[[Timeline, int], list[Episode]],
    shown: dict[str, Measure | float],
) -> list[Frame]:
    """A log every so often: what it shows by then, and what is found."""
    begins_s, made = whole[0].start_s, list[Frame]()
    for now_s in range(begins_s + every_s, whole[-1].end_s + 1, every_s):
        so_far = until(whole, now_s)
        found = judged(so_far, now_s)
        goes_on = any(one.ended_at is None for one in found)
        values = {
            name: value if isinstance(value, float) else value(so_far, now_s) for name, value in shown.items()
        }
        made.append(Frame(now_s - begins_s, values, "found" if goes_on else so_far[-1].activity.value, found))
    return made


def by_law(name: DutyRule, law: Sequence[Rule]) -> Callable[[Timeline, int], list[Episode]]:
    """What the rules of a law find under one name."""

    def judged(so_far: Timeline, now_s: int) -> list[Episode]:
        return [
            judge.episode(one, moment(now_s), one.unknown_s, None)
            for one in findings(so_far, law)
            if one.rule is name
        ]

    return judged


def warned(so_far: Timeline, now_s: int) -> list[Episode]:
    found = judge.driver_episodes(so_far, {}, CHINA[:1], CN, moment(now_s))
    return [one for one in found if one.rule == judge.WARNING]


def nobody_known(so_far: Timeline, now_s: int) -> list[Episode]:
    moving = [Interval(one.start_s, one.end_s) for one in so_far if one.activity is Activity.DRIVING]
    return [judge.unidentified_episode(moving, moment(now_s))] if moving else []


def scene(
    name: DutyRule,
    law: Sequence[Rule],
    module: object,
    *,
    title: str,
    log: str,
    every_s: int,
    starts_s: int = 6 * HOUR,
    **shown: Measure | float,
) -> Scene:
    """A driver's days, as one rule of a law sees them."""
    values = {key.replace("_", " "): value for key, value in shown.items()}
    whole = timeline(log, MONDAY + starts_s)
    made = frames(whole, every_s, by_law(name, law), values)
    dashed = [key for key, value in values.items() if isinstance(value, float)]
    return Scene(name.value, module, title, "h", made, dashed=dashed)


SCENES = [
    scene(DutyRule.CONTINUOUS_DRIVING, CHINA, continuous, every_s=5 * MINUTE, log="D3h R19m D1h30m R20m D1h",
          title="Continuous driving: 19 minutes of rest end nothing, 20 do",
          driving=counted_by(CHINA[0]), limit=4.0),
    scene(DutyRule.NIGHT_DRIVING, CHINA, continuous, every_s=5 * MINUTE, log="D3h30m R20m D30m",
          title="Night driving: two hours after 22:00 without a rest", starts_s=21 * HOUR,
          driving_by_night=counted_by(CHINA[1]), limit=2.0),
    scene(DutyRule.DAILY_DRIVING, CHINA, cumulative, every_s=15 * MINUTE, log="D3h R1h D3h R2h D3h R9h",
          title="Daily driving: more than eight hours in any 24", driving_in_24_h=driven(DAY), limit=8.0),
    scene(DutyRule.WEEKLY_DRIVING, CHINA, cumulative, every_s=HOUR, log="D7h R17h " * 7,
          title="Weekly driving: more than 44 hours in any 7 days", driving_in_7_days=driven(7 * DAY), limit=44.0),
    scene(DutyRule.FORTNIGHTLY_DRIVING, EUROPE, cumulative, every_s=4 * HOUR, log=("D8h R16h " * 6 + "R24h ") * 2,
          title="Fortnightly driving (EU): over 90 hours in two weeks", starts_s=0,
          driving_in_two_weeks=driven(14 * DAY), limit=90.0),
    scene(DutyRule.WEEKLY_ON_DUTY, AMERICA, cumulative, every_s=HOUR, log="W5h D5h R14h " * 7,
          title="Weekly duty (US): driving after 60 hours on duty in 7 days",
          on_duty_in_7_days=driven(7 * DAY, ON_DUTY), limit=60.0),
    scene(DutyRule.DUTY_WINDOW, AMERICA, periods, every_s=15 * MINUTE, log="D5h W8h D4h R8h D2h",
          title="Duty window (US): driving after 15 hours on duty",
          on_duty_in_20_h=driven(20 * HOUR, ON_DUTY), limit=15.0),
    scene(DutyRule.DAILY_REST, EUROPE, periods, every_s=30 * MINUTE, log="R12h D4h W6h R8h D4h W4h R11h",
          title="Daily rest (EU): 24 hours without nine hours of rest", starts_s=-6 * HOUR,
          rest=rest_so_far, regular=11.0, reduced=9.0),
    scene(DutyRule.WEEKLY_REST, EUROPE, periods, every_s=2 * HOUR, log="R48h " + "D8h R16h " * 7 + "R30h",
          title="Weekly rest (EU): more than six days since the last one",
          since_the_weekly_rest=since_rest(DAY), limit=144.0),
    scene(DutyRule.EARLY_MORNING_DRIVING, CHINA, continuous, every_s=5 * MINUTE, log="D1h R30m D2h30m R2h",
          title="Early morning: long-distance coaches stand from 2 to 5", starts_s=HOUR // 2, driving=driven(DAY)),
    Scene(judge.WARNING, judge, "Driving time is running out: told half an hour before four hours are over", "h",
          frames(timeline("D3h50m R20m D1h"), 5 * MINUTE, warned,
                 {"driving": counted_by(CHINA[0]), "limit": 4.0}), dashed=["limit"]),
    Scene(judge.UNIDENTIFIED, judge, "Unidentified driver: a bus moves on a trip, and nobody is signed in", "h",
          frames(timeline("R5m D25m R10m D10m R10m"), MINUTE, nobody_known, {"driven by nobody known": driven(DAY)})),
]  # fmt: skip
