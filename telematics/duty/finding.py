"""What a rule on driving and rest times finds."""

from enum import StrEnum

import msgspec


class DutyRule(StrEnum):
    """The rules, by the names under which their findings are told."""

    CONTINUOUS_DRIVING = "continuous_driving"
    NIGHT_DRIVING = "night_driving"
    DAILY_DRIVING = "daily_driving"
    WEEKLY_DRIVING = "weekly_driving"
    FORTNIGHTLY_DRIVING = "fortnightly_driving"
    EARLY_MORNING_DRIVING = "early_morning_driving"
    DUTY_WINDOW = "duty_window"
    WEEKLY_ON_DUTY = "weekly_on_duty"
    DAILY_REST = "daily_rest"
    WEEKLY_REST = "weekly_rest"


class Bound(msgspec.Struct, frozen=True):
    """A limit of the law.

    Attributes:
        limit_s: seconds; reaching it exactly is no breach.
        article: the article that sets it.
    """

    limit_s: int
    article: str


class DutyFinding(msgspec.Struct, frozen=True):
    """One episode in which a driver drove for too long, or rested too little.

    Attributes:
        rule: what was broken.
        start_s: start of the first driving that counts, UTC seconds; of rest rules, of the period that lacked it.
        end_s: end of the last driving that counts; of rest rules, of the period.
        over_at_s: from when on the limit was exceeded.
        value_s: the driving (on duty, or rest, as the rule measures) in it, in seconds.
        limit_s: what was allowed, or asked for.
        unknown_s: time from start to end of which nothing is known.
        certain: whether it stands even if the driver rested in all unknown time before and in it.
        article: the article of law.
    """

    rule: DutyRule
    start_s: int
    end_s: int
    over_at_s: int
    value_s: int
    limit_s: int
    unknown_s: int
    certain: bool
    article: str
