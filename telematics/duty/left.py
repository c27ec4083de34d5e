"""How much longer a driver may drive, asked before a limit is passed and not after."""

from collections.abc import Iterable

import msgspec

from telematics.duty.finding import Bound, DutyRule
from telematics.duty.rules import Rule
from telematics.duty.timeline import Activity, Stretch, Timeline, make_timeline

AHEAD_S = 24 * 3600
"""Nobody is asked to drive for longer than this; a rule that would allow it sets no limit now."""


class TimeLeft(msgspec.Struct, frozen=True):
    """How much longer one rule lets a driver drive without a pause.

    Attributes:
        rule: the rule.
        left_s: seconds until its limit is passed; 0 where it is, or the next second would.
        limit_s: its limit.
        article: the article that sets it.
    """

    rule: DutyRule
    left_s: int
    limit_s: int
    article: str


def time_left(timeline: Timeline, rules: Iterable[Rule], now_s: int) -> list[TimeLeft]:
    """How long a driver who drives from now on stays within each rule; the tightest first.

    Args:
        timeline: what the driver did until now; what was planned after it is left out.
        rules: the rules to stay within.
        now_s: the moment asked about, UTC seconds; from the timeline's end to it, nothing is known.
    """
    past = [one for one in timeline if one.start_s < now_s]
    start_s = past[0].start_s if past else now_s
    until_now = make_timeline(past, start_s, now_s)
    ahead = make_timeline([*until_now, Stretch(now_s, now_s + AHEAD_S, Activity.DRIVING)])
    left = [
        TimeLeft(found.rule, max(found.over_at_s - now_s, 0), found.limit_s, found.article)
        for rule in rules
        for found in rule.judge(ahead)
        if found.end_s > now_s
    ]
    tightest: dict[DutyRule, TimeLeft] = {}
    for one in sorted(left, key=lambda each: each.left_s):
        tightest.setdefault(one.rule, one)
    return list(tightest.values())


def sooner(rules: Iterable[Rule], by_s: int) -> list[Rule]:
    """Rules on driving whose limits are reached so many seconds earlier: what a driver is warned by.

    Args:
        rules: the rules in force; those on rest, and those that no driving uses up, have no earlier limit.
        by_s: how much earlier.
    """
    limits = ((rule, getattr(rule, "bound", None)) for rule in rules)
    return [
        msgspec.structs.replace(rule, bound=Bound(bound.limit_s - by_s, bound.article))
        for rule, bound in limits
        if isinstance(rule, msgspec.Struct) and isinstance(bound, Bound) and bound.limit_s > by_s
    ]
