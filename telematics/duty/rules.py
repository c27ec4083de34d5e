"""The rules of each law on driving and rest times, made of the numbers of its regulation profile."""

from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from typing import Protocol

from telematics.duty.continuous import BannedHours, Breaks, ContinuousDriving, NightDriving
from telematics.duty.cumulative import RollingDriving, WeeklyDriving, WeeklyOnDuty
from telematics.duty.finding import Bound, DutyFinding, DutyRule
from telematics.duty.periods import DAY_S, DailyDriving, DailyRest, DrivingAfterDuty, WeeklyRest
from telematics.duty.timeline import Timeline


class Number(Protocol):
    """A number of a regulation profile."""

    @property
    def value(self) -> float:
        """How much; minutes, unless the key says otherwise."""

    @property
    def article(self) -> str:
        """The article that sets it."""


class Rule(Protocol):
    """A rule, with its limits in it."""

    def judge(self, timeline: Timeline) -> list[DutyFinding]:
        """What it finds on a timeline."""


Numbers = Mapping[str, Number]
Rules = tuple[Rule, ...]


def findings(timeline: Timeline, rules: Iterable[Rule]) -> list[DutyFinding]:
    """What rules find on a timeline, one finding for each episode, in order of time."""
    found = [finding for rule in rules for finding in rule.judge(timeline)]
    return sorted(found, key=lambda one: (one.start_s, one.end_s, one.rule))


def bound(numbers: Numbers, key: str) -> Bound:
    """A number of minutes as a limit."""
    return Bound(seconds(numbers, key), numbers[key].article)


def seconds(numbers: Numbers, key: str) -> int:
    """A number of minutes in seconds."""
    return round(numbers[key].value * 60)


def minute_of_day(numbers: Numbers, key: str) -> int:
    """A number that is a minute of the day; that of midnight is 0."""
    return round(numbers[key].value) % (24 * 60)


def china(numbers: Numbers, zone: tzinfo, *, early_morning_ban: bool = False) -> Rules:
    """China's: continuous driving, by day and by night, in any 24 hours, and in any 7 days.

    Args:
        numbers: of the regulation profile; a rule that it has no number of is left out.
        zone: whose clocks tell night.
        early_morning_ban: whether the hours banned to long-distance coaches are banned to this driver.

    Source:
        道路交通安全法实施条例 Art 62(7); 道路运输车辆动态监督管理办法; 道路旅客运输企业安全管理规范 Art 38.
    """
    rules: list[Rule] = [
        ContinuousDriving(
            bound(numbers, "fatigue.continuous_driving"), Breaks(seconds(numbers, "fatigue.rest_min"))
        )
    ]
    if "fatigue.night_continuous_driving" in numbers:
        rules.append(
            NightDriving(
                bound(numbers, "fatigue.night_continuous_driving"),
                Breaks(seconds(numbers, "fatigue.night_rest_min")),
                minute_of_day(numbers, "fatigue.night_from"),
                minute_of_day(numbers, "fatigue.night_until"),
                zone,
            )
        )
    if "fatigue.driving_24h" in numbers:
        rules.append(RollingDriving(DutyRule.DAILY_DRIVING, bound(numbers, "fatigue.driving_24h"), DAY_S))
    if "fatigue.driving_7_days" in numbers:
        rules.append(
            RollingDriving(DutyRule.WEEKLY_DRIVING, bound(numbers, "fatigue.driving_7_days"), 7 * DAY_S)
        )
    if early_morning_ban and "fatigue.ban_from" in numbers:
        rules.append(
            BannedHours(
                numbers["fatigue.ban_from"].article,
                minute_of_day(numbers, "fatigue.ban_from"),
                minute_of_day(numbers, "fatigue.ban_until"),
                zone,
            )
        )
    return tuple(rules)


def european_union(numbers: Numbers, zone: tzinfo) -> Rules:
    """The European Union's.

    Args:
        numbers: of the regulation profile; weekly rest is left out where it has no number of it.
        zone: whose weeks count; the law's are those of the tachograph, UTC.

    Source:
        Regulation (EC) No 561/2006 Art 4, 6, 7, 8.
    """
    rules: list[Rule] = [
        ContinuousDriving(
            bound(numbers, "break.after_driving"),
            Breaks(
                seconds(numbers, "break.length"),
                (seconds(numbers, "break.split_first"), seconds(numbers, "break.split_second")),
            ),
        ),
        DailyDriving(
            bound(numbers, "driving.day"),
            seconds(numbers, "rest.reduced_day"),
            bound(numbers, "driving.extended_day"),
            round(numbers["driving.extended_days_a_week"].value),
            zone,
        ),
        WeeklyDriving(DutyRule.WEEKLY_DRIVING, bound(numbers, "driving.week"), 1, zone),
        WeeklyDriving(DutyRule.FORTNIGHTLY_DRIVING, bound(numbers, "driving.fortnight"), 2, zone),
    ]
    if "rest.week" in numbers:
        reduced_week_s = seconds(numbers, "rest.reduced_week")
        rules += [
            DailyRest(
                bound(numbers, "rest.day"),
                bound(numbers, "rest.reduced_day"),
                round(numbers["rest.reduced_days"].value),
                (seconds(numbers, "rest.split_first"), seconds(numbers, "rest.split_second")),
                reduced_week_s,
            ),
            WeeklyRest(bound(numbers, "rest.week_after"), reduced_week_s, bound(numbers, "rest.week")),
        ]
    return tuple(rules)


def united_states(numbers: Numbers, zone: tzinfo, *, runs_every_day: bool = False) -> Rules:
    """The United States', for carriers of passengers.

    Args:
        numbers: of the regulation profile.
        zone: whose days count, midnight to midnight; a carrier may designate another hour.
        runs_every_day: whether the carrier runs on each day of the week, so that 8 days are summed and not 7.

    Source:
        49 CFR 395.5.
    """
    off_s = seconds(numbers, "duty.off_before")
    weekly = ("duty.on_duty_8_days", 8) if runs_every_day else ("duty.on_duty_7_days", 7)
    return (
        DailyDriving(bound(numbers, "duty.driving_max"), off_s, None, 0, zone),
        DrivingAfterDuty(bound(numbers, "duty.on_duty_max"), off_s),
        WeeklyOnDuty(bound(numbers, weekly[0]), weekly[1], zone),
    )


LAWS: Mapping[str, Callable[[Numbers, tzinfo], Rules]] = {
    "CN": china,
    "EU": european_union,
    "US": united_states,
}
"""By jurisdiction; a province has its country's."""
