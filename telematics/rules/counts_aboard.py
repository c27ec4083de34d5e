"""How many are aboard a bus, by whatever counts there are, and which of them is believed.

Counts in the order of their trust:

1. named boardings: each is a person; they hold from one tap to the next;
2. the attendant's head count: a moment's, it holds until the next tap;
3. the passenger counter: everybody, adults too, and rarely exact;
4. the load state of JT/T 808 (empty, half, full): hardly a number.

The most trusted count of a moment gives the range of those aboard; the others stand beside it, for a less trusted one
may be such that both can't be true. Without a count nothing is known, which is not the same as nobody.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

import msgspec

from telematics.rules.ledger_records import CountKind, PupilEvent, TripRecords, surplus

FRESH = timedelta(minutes=10)
"""So long the word of a machine holds."""


class CountSource(StrEnum):
    """Who counted, the most trusted first."""

    NAMED = "named"
    HEAD_COUNT = "head_count"
    COUNTER = "counter"
    LOAD_STATE = "load_state"


TRUST = {source: number for number, source in enumerate(CountSource)}
OF_EVERYBODY = (CountSource.COUNTER, CountSource.LOAD_STATE)
"""They see people, and not who is a pupil."""


class Count(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """So many aboard from a moment on.

    Attributes:
        key: of the record.
        lowest: people, at least.
        highest: people, at most; None where that is not known.
    """

    key: str
    source: CountSource
    at: datetime
    lowest: int
    highest: int | None


class Aboard(msgspec.Struct, frozen=True, kw_only=True):
    """Who is aboard for a while.

    Attributes:
        since, until: the while.
        by: the most trusted count, None where there is none.
        others: the less trusted ones that hold as well.
    """

    since: datetime
    until: datetime
    by: Count | None
    others: tuple[Count, ...] = ()


def named_counts(records: TripRecords) -> list[Count]:
    """How many are aboard by name, from each boarding or leaving to the next."""
    events = sorted(records.uncorrected(records.events), key=lambda one: (one.at, one.key))
    so_far: dict[int, list[PupilEvent]] = {}
    counts: dict[datetime, Count] = {}
    for event in events:
        so_far.setdefault(event.pupil, []).append(event)
        number = sum(surplus(one) > 0 for one in so_far.values())
        key = f"pupil_event:{event.key}"
        counts[event.at] = Count(
            key=key, source=CountSource.NAMED, at=event.at, lowest=number, highest=number
        )
    return list(counts.values())


def head_counts(records: TripRecords) -> list[Count]:
    """What the attendant counted aboard."""
    return [
        Count(
            key=f"head_count:{one.key}",
            source=CountSource.HEAD_COUNT,
            at=one.at,
            lowest=one.count,
            highest=one.count,
        )
        for one in records.uncorrected(records.counts)
        if one.kind is CountKind.ABOARD
    ]


def over_time(counts: Iterable[Count], until: datetime, fresh: timedelta) -> list[Aboard]:
    """Who is aboard from the first count to a moment, stretch by stretch.

    Args:
        counts: in any order; repeats are one.
        until: the end of what is known.
        fresh: so long the word of a machine holds.
    """
    ordered = sorted({one.key: one for one in counts}.values(), key=lambda one: (one.at, one.key))
    held = [(one, end_of(one, ordered, until, fresh)) for one in ordered if one.at < until]
    turns = sorted({moment for one, end in held for moment in (one.at, end)})
    stretches = []
    for since, till in pairwise(turns):
        here = [one for one, end in held if one.at <= since and end >= till]
        here.sort(key=lambda one: TRUST[one.source])
        stretches.append(
            Aboard(since=since, until=till, by=here[0] if here else None, others=tuple(here[1:]))
        )
    return stretches


def end_of(count: Count, ordered: Sequence[Count], until: datetime, fresh: timedelta) -> datetime:
    """When a count ceases to hold."""
    ends = {CountSource.HEAD_COUNT: (CountSource.HEAD_COUNT, CountSource.NAMED)}.get(
        count.source, (count.source,)
    )
    limit = min(until, count.at + fresh) if count.source in OF_EVERYBODY else until
    return next(
        (one.at for one in ordered if one.at > count.at and one.source in ends and one.at < limit), limit
    )


def pupils_in(count: Count, adults: int | None) -> tuple[int, int | None] | None:
    """The range of pupils that a count means; None where nobody knows how many of those counted are adults."""
    if count.source not in OF_EVERYBODY:
        return count.lowest, count.highest
    if adults is None:
        return None
    highest = None if count.highest is None else max(0, count.highest - adults)
    return max(0, count.lowest - adults), highest


def contradict(one: Count, other: Count, adults: int | None) -> bool:
    """Whether two counts can't both be true."""
    first, second = pupils_in(one, adults), pupils_in(other, adults)
    if first is None or second is None:
        return False
    return (first[1] is not None and first[1] < second[0]) or (second[1] is not None and second[1] < first[0])
