"""A driver's timeline: what they did in each second of a stretch of time, and sums over it.

Times are whole seconds since 1970-01-01 UTC. Whatever nothing is known of is `Activity.UNKNOWN`: neither driving
nor rest.
"""

import itertools
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec


class Activity(StrEnum):
    """What a driver does. Availability is waiting to be called: no driving, and no rest in any of the laws."""

    DRIVING = "driving"
    WORK = "work"
    AVAILABILITY = "availability"
    REST = "rest"
    UNKNOWN = "unknown"


PRECEDENCE = {activity: rank for rank, activity in enumerate(reversed(Activity))}
"""Where facts overlap, what weighs more against a driver counts: driving over work over rest over nothing known."""

DRIVING = frozenset({Activity.DRIVING})
ON_DUTY = frozenset({Activity.DRIVING, Activity.WORK, Activity.AVAILABILITY})
REST = frozenset({Activity.REST})
UNKNOWN = frozenset({Activity.UNKNOWN})
MAY_BE_REST = REST | UNKNOWN


class Stretch(msgspec.Struct, frozen=True, gc=False):
    """One activity from `start_s` up to, and without, `end_s`."""

    start_s: int
    end_s: int
    activity: Activity


Timeline = tuple[Stretch, ...]
"""Stretches in order, each beginning where the one before ends with another activity."""


class Interval(NamedTuple):
    """From `start_s` up to, and without, `end_s`."""

    start_s: int
    end_s: int

    @property
    def length_s(self) -> int:
        """How long it is, in seconds."""
        return self.end_s - self.start_s


def make_timeline(
    stretches: Iterable[Stretch], start_s: int | None = None, end_s: int | None = None
) -> Timeline:
    """One timeline of facts that may be out of order, overlap, repeat and leave gaps.

    Args:
        stretches: the facts; empty ones count for nothing.
        start_s: where the timeline begins, in seconds; without it, at the first fact.
        end_s: where it ends; without it, at the last fact's end.

    Returns:
        The timeline; it is the same for the same facts in any order.
    """
    facts = [fact for fact in stretches if fact.start_s < fact.end_s]
    if start_s is None:
        start_s = min((fact.start_s for fact in facts), default=0)
    if end_s is None:
        end_s = max((fact.end_s for fact in facts), default=start_s)
    changes: dict[int, list[tuple[Activity, int]]] = {start_s: [], end_s: []}
    for fact in facts:
        if fact.end_s > start_s and fact.start_s < end_s:
            changes.setdefault(max(fact.start_s, start_s), []).append((fact.activity, 1))
            changes.setdefault(min(fact.end_s, end_s), []).append((fact.activity, -1))
    depth = dict.fromkeys(Activity, 0)
    edges = sorted(changes)
    pieces: list[Stretch] = []
    for edge_s, next_s in itertools.pairwise(edges):
        for activity, step in changes[edge_s]:
            depth[activity] += step
        present = [activity for activity in Activity if depth[activity]]
        pieces.append(
            Stretch(edge_s, next_s, max(present, key=PRECEDENCE.__getitem__, default=Activity.UNKNOWN))
        )
    return merged(pieces)


def merged(pieces: Iterable[Stretch]) -> Timeline:
    """Adjoining stretches of the same activity as one; the pieces are in order, without gaps."""
    joined: list[Stretch] = []
    for piece in pieces:
        if joined and joined[-1].activity is piece.activity:
            joined[-1] = Stretch(joined[-1].start_s, piece.end_s, piece.activity)
        else:
            joined.append(piece)
    return tuple(joined)


def with_rest_for_unknown(timeline: Timeline, at_least_s: int = 0) -> Timeline:
    """The timeline as it would be had the driver rested whenever nothing is known, for so long or longer."""
    return merged(
        Stretch(one.start_s, one.end_s, Activity.REST)
        if one.activity is Activity.UNKNOWN and one.end_s - one.start_s >= at_least_s
        else one
        for one in timeline
    )


def runs(timeline: Timeline, kinds: Collection[Activity]) -> list[Interval]:
    """The longest intervals that hold nothing but activities of some kinds."""
    found: list[Interval] = []
    for one in timeline:
        if one.activity not in kinds:
            continue
        if found and found[-1].end_s == one.start_s:
            found[-1] = Interval(found[-1].start_s, one.end_s)
        else:
            found.append(Interval(one.start_s, one.end_s))
    return found


def between(timeline: Timeline, parting: Sequence[Interval]) -> list[Interval]:
    """What lies before, between and after intervals of a timeline."""
    if not timeline:
        return []
    starts = [timeline[0].start_s, *(one.end_s for one in parting)]
    ends = [*(one.start_s for one in parting), timeline[-1].end_s]
    return [Interval(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


class Total:
    """The running total of the time spent in some kinds of activity."""

    def __init__(self, timeline: Timeline, kinds: Collection[Activity]) -> None:
        self.intervals = runs(timeline, kinds)
        self._starts = [one.start_s for one in self.intervals]
        self._before = [0]
        for one in self.intervals:
            self._before.append(self._before[-1] + one.length_s)

    def until(self, moment_s: int) -> int:
        """Seconds of it from the timeline's start to a moment."""
        index = bisect_right(self._starts, moment_s)
        if index == 0:
            return 0
        return self._before[index - 1] + min(
            moment_s - self._starts[index - 1], self.intervals[index - 1].length_s
        )

    def within(self, start_s: int, end_s: int) -> int:
        """Seconds of it in an interval."""
        return self.until(end_s) - self.until(start_s)

    def reaches(self, start_s: int, amount_s: int) -> int | None:
        """The moment from which on more than an amount of it has passed since `start_s`; None where it never does."""
        wanted = self.until(start_s) + amount_s
        index = bisect_right(self._before, wanted) - 1
        if index >= len(self.intervals):
            return None
        return self._starts[index] + wanted - self._before[index]

    def clipped(self, start_s: int, end_s: int) -> list[Interval]:
        """Its intervals, cut to an interval."""
        first = max(bisect_right(self._starts, start_s) - 1, 0)
        clipped: list[Interval] = []
        for one in self.intervals[first:]:
            if one.start_s >= end_s:
                break
            if one.end_s > start_s:
                clipped.append(Interval(max(one.start_s, start_s), min(one.end_s, end_s)))
        return clipped
