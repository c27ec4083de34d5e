"""Driving without a break, by day and by night.

A spell runs from one break that is long enough to the next. Only rest makes a break: shorter ones, other work,
availability and unknown time neither end a spell nor add to its driving::

    driving ▒▒▒▒▒▒▒▒▒▒▒▒   ▒▒▒▒▒▒▒▒▒   ▒▒▒▒▒                  ▒▒▒▒▒▒▒▒▒▒▒
    other               ███         ···     (rest, long enough)
            └────────────── one spell ─────┘                  └─ the next ─
"""

from collections.abc import Callable, Iterator
from datetime import tzinfo

import msgspec

from telematics.duty.finding import Bound, DutyFinding, DutyRule
from telematics.duty.local_time import windows
from telematics.duty.timeline import (
    DRIVING,
    REST,
    UNKNOWN,
    Interval,
    Timeline,
    Total,
    between,
    runs,
    with_rest_for_unknown,
)


class Breaks(msgspec.Struct, frozen=True):
    """How long a rest has to be to end a spell of driving.

    Attributes:
        full_s: this long at once, in seconds.
        split_s: or in two rests, the first this long and a later one that long, in this order; None where the law
            knows no split.
    """

    full_s: int
    split_s: tuple[int, int] | None = None


class ContinuousDriving(msgspec.Struct, frozen=True):
    """Driving in one spell is limited."""

    bound: Bound
    breaks: Breaks

    def judge(self, timeline: Timeline) -> list[DutyFinding]:
        """One finding for each spell with too much driving."""
        return with_certainty(
            timeline,
            lambda facts: over_bound(
                facts, spells(facts, self.breaks), self.bound, DutyRule.CONTINUOUS_DRIVING
            ),
        )


class NightDriving(msgspec.Struct, frozen=True):
    """The driving in one spell that falls into one night is limited.

    Attributes:
        bound: the limit.
        breaks: what ends a spell.
        from_minute: local minute of the day at which night begins.
        until_minute: the one at which it ends.
        zone: whose clocks count.
    """

    bound: Bound
    breaks: Breaks
    from_minute: int
    until_minute: int
    zone: tzinfo

    def judge(self, timeline: Timeline) -> list[DutyFinding]:
        """One finding for each spell and night with too much driving."""
        return with_certainty(
            timeline,
            lambda facts: over_bound(facts, list(self.pieces(facts)), self.bound, DutyRule.NIGHT_DRIVING),
        )

    def pieces(self, timeline: Timeline) -> Iterator[Interval]:
        """The parts of spells that lie in one night."""
        for spell in spells(timeline, self.breaks):
            for night in windows(*spell, self.from_minute, self.until_minute, self.zone):
                yield Interval(max(spell.start_s, night.start_s), min(spell.end_s, night.end_s))


class BannedHours(msgspec.Struct, frozen=True):
    """No driving at all in some hours of the day.

    Attributes:
        article: the article that bans it.
        from_minute: local minute of the day at which the ban begins.
        until_minute: the one at which it ends.
        zone: whose clocks count.
    """

    article: str
    from_minute: int
    until_minute: int
    zone: tzinfo

    def judge(self, timeline: Timeline) -> list[DutyFinding]:
        """One finding for each window with driving."""
        if not timeline:
            return []
        whole = timeline[0].start_s, timeline[-1].end_s
        banned = list(windows(*whole, self.from_minute, self.until_minute, self.zone))
        return over_bound(timeline, banned, Bound(0, self.article), DutyRule.EARLY_MORNING_DRIVING)


def spells(timeline: Timeline, breaks: Breaks) -> list[Interval]:
    """The spells of a timeline: what lies between rests that are long enough."""
    ending: list[Interval] = []
    first_part_taken = False
    for rest in runs(timeline, REST):
        completes = breaks.split_s is not None and first_part_taken and rest.length_s >= breaks.split_s[1]
        if rest.length_s >= breaks.full_s or completes:
            ending.append(rest)
            first_part_taken = False
        elif breaks.split_s is not None and rest.length_s >= breaks.split_s[0]:
            first_part_taken = True
    return between(timeline, ending)


def over_bound(timeline: Timeline, pieces: list[Interval], bound: Bound, rule: DutyRule) -> list[DutyFinding]:
    """A finding for each piece of a timeline with more driving than a limit."""
    driving, unknown = Total(timeline, DRIVING), Total(timeline, UNKNOWN)
    found: list[DutyFinding] = []
    for piece in pieces:
        value_s = driving.within(*piece)
        over_at_s = driving.reaches(piece.start_s, bound.limit_s)
        if value_s <= bound.limit_s or over_at_s is None:
            continue
        driven = driving.clipped(*piece)
        start_s, end_s = driven[0].start_s, driven[-1].end_s
        found.append(
            DutyFinding(
                rule=rule,
                start_s=start_s,
                end_s=end_s,
                over_at_s=over_at_s,
                value_s=value_s,
                limit_s=bound.limit_s,
                unknown_s=unknown.within(start_s, end_s),
                certain=True,
                article=bound.article,
            )
        )
    return found


def with_certainty(timeline: Timeline, judge: Callable[[Timeline], list[DutyFinding]]) -> list[DutyFinding]:
    """What a rule finds on the facts; certain is what it finds too had the driver rested in all unknown time."""
    found = judge(timeline)
    if not found:
        return found
    lenient = judge(with_rest_for_unknown(timeline))
    return [
        msgspec.structs.replace(
            one, certain=any(sure.start_s < one.end_s and sure.end_s > one.start_s for sure in lenient)
        )
        for one in found
    ]
