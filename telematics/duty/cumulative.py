"""Driving, or time on duty, summed over windows: any 24 hours, any 7 days, calendar weeks.

State machine, over a window that moves on with time, or a calendar week::

    within ──the sum passes the limit──▶ over ──as much leaves the window, or the week ends──▶ within
"""

import itertools
from collections.abc import Iterable, Iterator
from datetime import timedelta, tzinfo
from typing import NamedTuple

import msgspec

from telematics.duty.continuous import over_bound
from telematics.duty.finding import Bound, DutyFinding, DutyRule
from telematics.duty.local_time import DAY, days, midnight_s, weeks
from telematics.duty.timeline import DRIVING, ON_DUTY, UNKNOWN, Interval, Timeline, Total


class RollingDriving(msgspec.Struct, frozen=True):
    """Driving in any window of a length, wherever it begins, is limited.

    An episode lasts for as long as the window that ends now holds more driving than allowed. It begins with the
    first driving in the window that first does, and ends with the last driving while it does; its value is the
    most driving that any window of it holds.
    """

    rule: DutyRule
    bound: Bound
    window_s: int

    def judge(self, timeline: Timeline) -> list[DutyFinding]:
        """One finding for each episode."""
        if not timeline:
            return []
        driving, unknown = Total(timeline, DRIVING), Total(timeline, UNKNOWN)
        found: list[DutyFinding] = []
        for run in over_runs(self.slopes(driving, timeline), self.bound.limit_s):
            window_start_s = run.start_s - self.window_s
            start_s = driving.clipped(window_start_s, run.start_s)[0].start_s
            end_s = driving.clipped(run.start_s, run.end_s)[-1].end_s
            found.append(
                DutyFinding(
                    rule=self.rule,
                    start_s=start_s,
                    end_s=end_s,
                    over_at_s=run.start_s,
                    value_s=run.peak_s,
                    limit_s=self.bound.limit_s,
                    unknown_s=unknown.within(start_s, end_s),
                    certain=True,
                    article=self.bound.article,
                )
            )
        return found

    def slopes(self, driving: Total, timeline: Timeline) -> "Iterator[Slope]":
        """The driving in the window that ends at each moment, as straight lines."""
        edges = {edge for one in driving.intervals for edge in one}
        first_s, last_s = timeline[0].start_s, timeline[-1].end_s
        marks = sorted({first_s, last_s} | edges | {edge + self.window_s for edge in edges})
        marks = [mark for mark in marks if mark <= last_s]
        values = [driving.within(mark - self.window_s, mark) for mark in marks]
        for index in range(len(marks) - 1):
            yield Slope(marks[index], marks[index + 1], values[index], values[index + 1])


class WeeklyDriving(msgspec.Struct, frozen=True):
    """Driving in so many calendar weeks in a row, Monday to Sunday, is limited."""

    rule: DutyRule
    bound: Bound
    weeks: int
    zone: tzinfo

    def judge(self, timeline: Timeline) -> list[DutyFinding]:
        """One finding for each row of weeks; a week can be in several rows."""
        if not timeline:
            return []
        single = list(weeks(timeline[0].start_s, timeline[-1].end_s, self.zone))
        rows = [
            Interval(single[index].start_s, single[index + self.weeks - 1].end_s)
            for index in range(len(single) - self.weeks + 1)
        ]
        return over_bound(timeline, rows, self.bound, self.rule)


class WeeklyOnDuty(msgspec.Struct, frozen=True):
    """No driving once on duty for longer than a limit in some days, today the last of them.

    An episode lasts for as long as that sum is over the limit, and has driving in it. It begins with the first
    duty of the days summed, and ends with the last driving; its value is the sum at the worst driving.
    """

    bound: Bound
    days: int
    zone: tzinfo

    def judge(self, timeline: Timeline) -> list[DutyFinding]:
        """One finding for each episode with driving."""
        if not timeline:
            return []
        duty, driving = Total(timeline, ON_DUTY), Total(timeline, DRIVING)
        unknown = Total(timeline, UNKNOWN)
        found: list[DutyFinding] = []
        for run in over_runs(self.slopes(duty, timeline), self.bound.limit_s):
            driven = driving.clipped(run.start_s, run.end_s)
            if not driven:
                continue
            start_s = duty.clipped(self.since_s(run.start_s), run.start_s)[0].start_s
            ends = [one.end_s for one in driven]
            found.append(
                DutyFinding(
                    rule=DutyRule.WEEKLY_ON_DUTY,
                    start_s=start_s,
                    end_s=ends[-1],
                    over_at_s=driven[0].start_s,
                    value_s=max(duty.within(self.since_s(end_s - 1), end_s) for end_s in self.looks(driven)),
                    limit_s=self.bound.limit_s,
                    unknown_s=unknown.within(start_s, ends[-1]),
                    certain=True,
                    article=self.bound.article,
                )
            )
        return found

    def looks(self, driven: list[Interval]) -> Iterator[int]:
        """Where the sum is greatest while driving: each end of driving, and each midnight in it."""
        for one in driven:
            for day in days(*one, self.zone):
                yield min(one.end_s, midnight_s(day + DAY, self.zone))

    def since_s(self, moment_s: int) -> int:
        """Where the days begin of which the one of a moment is the last."""
        day = next(days(moment_s, moment_s, self.zone))
        return midnight_s(day - timedelta(days=self.days - 1), self.zone)

    def slopes(self, duty: Total, timeline: Timeline) -> "Iterator[Slope]":
        """The sum at each moment, as straight lines; it falls at each midnight."""
        first_s, last_s = timeline[0].start_s, timeline[-1].end_s
        edges = {edge for one in duty.intervals for edge in one}
        edges |= {midnight_s(day, self.zone) for day in days(first_s, last_s, self.zone)}
        marks = sorted(mark for mark in edges | {last_s} if first_s <= mark <= last_s)
        for start_s, end_s in itertools.pairwise(marks):
            since_s = self.since_s(start_s)
            yield Slope(start_s, end_s, duty.within(since_s, start_s), duty.within(since_s, end_s))


class Slope(NamedTuple):
    """A sum between two moments, in which it grows or shrinks by a second a second, or stays."""

    start_s: int
    end_s: int
    from_s: int
    to_s: int


class OverRun(NamedTuple):
    """While a sum is over its limit."""

    start_s: int
    end_s: int
    peak_s: int


def over_runs(slopes: Iterable[Slope], limit_s: int) -> list[OverRun]:
    """The longest intervals in which a sum is over a limit; touching it parts two of them."""
    found: list[OverRun] = []
    for slope in slopes:
        peak_s = max(slope.from_s, slope.to_s)
        if peak_s <= limit_s:
            continue
        start_s = slope.start_s + max(limit_s - slope.from_s, 0)
        end_s = slope.end_s - max(limit_s - slope.to_s, 0)
        if found and slope.from_s > limit_s and found[-1].end_s == slope.start_s:
            found[-1] = OverRun(found[-1].start_s, end_s, max(found[-1].peak_s, peak_s))
        else:
            found.append(OverRun(start_s, end_s, peak_s))
    return found
