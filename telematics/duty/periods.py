"""What is measured from one long rest to the next: driving of a day, time on duty, and whether rest came in time.

Long rests part a timeline into periods. Time of which nothing is known parts it too where it is long enough, alone or
with the rest beside it: else one card left in a drawer would make one period of many weeks. So whatever is found here
stands on what is known, however the driver spent the unknown time::

    duty ████▒▒▒▒██▒▒▒            ▒▒▒▒██▒▒▒▒▒                ██▒▒▒
    rest             ────────────             ─·············
         └─ period ─┘ long enough └─ period ─┘  may be rest  └─ period
"""

from collections.abc import Iterator
from datetime import tzinfo

import msgspec

from telematics.duty.finding import Bound, DutyFinding, DutyRule
from telematics.duty.local_time import weeks
from telematics.duty.timeline import (
    DRIVING,
    MAY_BE_REST,
    ON_DUTY,
    REST,
    UNKNOWN,
    Interval,
    Timeline,
    Total,
    between,
    runs,
)

DAY_S = 24 * 3600


def periods(timeline: Timeline, rest_s: int) -> list[Interval]:
    """What lies between rests, or possible rests, of a length; cut to the duty in it."""
    duty = Total(timeline, ON_DUTY)
    long_enough = [rest for rest in runs(timeline, MAY_BE_REST) if rest.length_s >= rest_s]
    found: list[Interval] = []
    for piece in between(timeline, long_enough):
        on_duty = duty.clipped(*piece)
        if on_duty:
            found.append(Interval(on_duty[0].start_s, on_duty[-1].end_s))
    return found


def told(
    timeline: Timeline, rule: DutyRule, piece: Interval, *, over_at_s: int, value_s: int, bound: Bound
) -> DutyFinding:
    """A finding that is certain."""
    return DutyFinding(
        rule=rule,
        start_s=piece.start_s,
        end_s=piece.end_s,
        over_at_s=over_at_s,
        value_s=value_s,
        limit_s=bound.limit_s,
        unknown_s=Total(timeline, UNKNOWN).within(*piece),
        certain=True,
        article=bound.article,
    )


class DailyDriving(msgspec.Struct, frozen=True):
    """Driving from one daily rest to the next is limited; it may be longer some times a week.

    Attributes:
        bound: the limit.
        rest_s: the shortest daily rest.
        extended: the limit of a day that may be longer; None where the law knows none.
        extensions: how many of them a calendar week may have; a day is of the week in which it begins.
        zone: whose weeks count.
    """

    bound: Bound
    rest_s: int
    extended: Bound | None
    extensions: int
    zone: tzinfo

    def judge(self, timeline: Timeline) -> list[DutyFinding]:
        """One finding for each day with too much driving."""
        driving = Total(timeline, DRIVING)
        found: list[DutyFinding] = []
        used: dict[Interval, int] = {}
        for period in periods(timeline, self.rest_s):
            value_s = driving.within(*period)
            if value_s <= self.bound.limit_s:
                continue
            week = next(weeks(period.start_s, period.end_s, self.zone))
            used[week] = used.get(week, 0) + 1
            bound = self.extended if self.extended and used[week] <= self.extensions else self.bound
            over_at_s = driving.reaches(period.start_s, bound.limit_s)
            if value_s <= bound.limit_s or over_at_s is None:
                continue
            driven = driving.clipped(*period)
            piece = Interval(driven[0].start_s, driven[-1].end_s)
            found.append(
                told(
                    timeline,
                    DutyRule.DAILY_DRIVING,
                    piece,
                    over_at_s=over_at_s,
                    value_s=value_s,
                    bound=bound,
                )
            )
        return found


class DrivingAfterDuty(msgspec.Struct, frozen=True):
    """No driving once on duty for longer than a limit since the last rest of a length.

    A finding begins with the first duty of the period, and ends with its last driving; its value is the time on
    duty by then.
    """

    bound: Bound
    rest_s: int

    def judge(self, timeline: Timeline) -> list[DutyFinding]:
        """One finding for each period in which the driver still drove."""
        duty, driving = Total(timeline, ON_DUTY), Total(timeline, DRIVING)
        found: list[DutyFinding] = []
        for period in periods(timeline, self.rest_s):
            reached_at_s = duty.reaches(period.start_s, self.bound.limit_s)
            if reached_at_s is None or reached_at_s >= period.end_s:
                continue
            driven = driving.clipped(reached_at_s, period.end_s)
            if driven:
                piece = Interval(period.start_s, driven[-1].end_s)
                found.append(
                    told(
                        timeline,
                        DutyRule.DUTY_WINDOW,
                        piece,
                        over_at_s=driven[0].start_s,
                        value_s=duty.within(*piece),
                        bound=self.bound,
                    )
                )
        return found


class DailyRest(msgspec.Struct, frozen=True):
    """Within 24 hours of the end of a daily rest, there has to be the next.

    Attributes:
        regular: its length; or in two parts of `split_s`, in this order.
        reduced: a shorter one that is allowed some times between weekly rests.
        reductions: how many times.
        split_s: lengths of the two parts.
        weekly_s: the shortest weekly rest, after which reductions are counted anew.
    """

    regular: Bound
    reduced: Bound
    reductions: int
    split_s: tuple[int, int]
    weekly_s: int

    def judge(self, timeline: Timeline) -> list[DutyFinding]:
        """One finding for each 24 hours without rest enough; its value is the longest rest in them."""
        rests = runs(timeline, MAY_BE_REST)
        if not timeline:
            return []
        weekly_ends = [rest.end_s for rest in rests if rest.length_s >= self.weekly_s]
        found: list[DutyFinding] = []
        reductions, counted_since_s = 0, timeline[0].start_s
        for period in periods(timeline, self.reduced.limit_s):
            last_weekly_s = max(
                (end for end in weekly_ends if end <= period.start_s), default=counted_since_s
            )
            if last_weekly_s > counted_since_s:
                reductions, counted_since_s = 0, last_weekly_s
            due_s = period.start_s + DAY_S
            if timeline[-1].end_s < due_s:
                continue
            parts = [
                min(rest.end_s, due_s) - rest.start_s
                for rest in rests
                if period.start_s <= rest.start_s < due_s
            ]
            longest_s = max(parts, default=0)
            if longest_s >= self.regular.limit_s or self.is_split(parts):
                continue
            bound = self.reduced
            if longest_s >= self.reduced.limit_s:
                reductions += 1
                if reductions <= self.reductions:
                    continue
                bound = self.regular
            found.append(
                told(
                    timeline,
                    DutyRule.DAILY_REST,
                    Interval(period.start_s, due_s),
                    over_at_s=due_s - bound.limit_s,
                    value_s=longest_s,
                    bound=bound,
                )
            )
        return found

    def is_split(self, parts: list[int]) -> bool:
        """Whether rests, in order, hold the first part and later the second."""
        first_s, second_s = self.split_s
        firsts = [index for index, length_s in enumerate(parts) if length_s >= first_s]
        return bool(firsts) and any(length_s >= second_s for length_s in parts[firsts[0] + 1 :])


class WeeklyRest(msgspec.Struct, frozen=True):
    """A weekly rest begins no later than some days after the last; of two in a row one is not reduced.

    Attributes:
        after: from the end of one to the start of the next.
        reduced_s: the shortest that counts.
        regular: the length of one that is not reduced.
    """

    after: Bound
    reduced_s: int
    regular: Bound

    def judge(self, timeline: Timeline) -> list[DutyFinding]:
        """A finding for each weekly rest that came late, and each second reduced one in a row."""
        return [*self.late(timeline), *self.reduced_again(timeline)]

    def late(self, timeline: Timeline) -> Iterator[DutyFinding]:
        """Periods that went on for too long; their value is their length."""
        for period in periods(timeline, self.reduced_s):
            if period.length_s > self.after.limit_s:
                yield told(
                    timeline,
                    DutyRule.WEEKLY_REST,
                    period,
                    over_at_s=period.start_s + self.after.limit_s,
                    value_s=period.length_s,
                    bound=self.after,
                )

    def reduced_again(self, timeline: Timeline) -> Iterator[DutyFinding]:
        """Weekly rests that were reduced as the one before was; one at an edge of the timeline may be longer."""
        if not timeline:
            return
        weekly = [rest for rest in runs(timeline, MAY_BE_REST) if rest.length_s >= self.reduced_s]
        known = Total(timeline, REST)
        inner = [
            rest for rest in weekly if rest.start_s > timeline[0].start_s and rest.end_s < timeline[-1].end_s
        ]
        was_reduced = False
        for rest in inner:
            is_reduced = rest.length_s < self.regular.limit_s
            if is_reduced and was_reduced:
                yield told(
                    timeline,
                    DutyRule.WEEKLY_REST,
                    rest,
                    over_at_s=rest.end_s,
                    value_s=known.within(*rest),
                    bound=self.regular,
                )
            was_reduced = is_reduced and not was_reduced
