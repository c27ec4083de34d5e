"""Overloading: more aboard than a bus is certified for, by whatever counts there are.

Counts in the order of their trust:

1. named boardings: each is a person; they hold from one tap to the next;
2. the attendant's head count: a moment's, it holds until the next tap;
3. the passenger counter: everybody, adults too, and rarely exact;
4. the load state of JT/T 808 (empty, half, full): hardly a number.

The most trusted count of a moment gives the range of those aboard; overloading is found where even its lower end is
over a certified number, of pupils, of adults or of both together, for `settle` or longer: taps at a stop come in any
order. Where a less trusted count can't be true together with it, the counts contradict each other, which is found,
too. Without a certified number, or a count, nothing is known, which is not the same as fine.

State machine, over the moments at which a count begins or ends to hold::

    known and within ──over──▶ suspected ──for `settle`──▶ open ──within, or unknown──▶ over

The boundary is the law's: "以上" includes it, so 20 % over is the upper tier. Excess is compared in whole people.

Source: 校车安全管理条例 Art 34; 公安部令 163; 道路交通安全法 Art 92.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

import msgspec

from telematics.rules.episode import Detail, Episode, Records, Severity
from telematics.rules.ledger import CountKind, PupilEvent, TripRecords, once, surplus

RULE = "overloading"
CONTRADICTION = "contradicting_counts"
COUNTING = "校车安全管理条例 第三十九条第三项"
HUNDRED = 100
SETTLE = timedelta(minutes=1)
FRESH = timedelta(minutes=10)

Judged = TypeVar("Judged")


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


class Capacity(msgspec.Struct, frozen=True, gc=False):
    """People that a bus is certified for; None where that is not recorded."""

    pupils: int | None
    adults: int | None

    @property
    def total(self) -> int | None:
        """Together."""
        return None if self.pupils is None or self.adults is None else self.pupils + self.adults


class OverloadingLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What the law gives, by the percentage over a certified number.

    Attributes:
        upper_tier_percent: from here on, included, the upper tier.
        points, upper_points: of the two tiers; None where the profile has none.
        fine, upper_fine: from and to, yuan.
        crime_percent, crime_people: a case is filed from either on, for a bus of this size.
        article: that forbids it.
        settle: shorter than this is people changing places at a stop.
        fresh: so long a counter's word holds.
    """

    upper_tier_percent: int
    points: int | None
    upper_points: int | None
    fine: tuple[int, int]
    upper_fine: tuple[int, int]
    crime_percent: int
    crime_people: int
    article: str
    settle: timedelta = SETTLE
    fresh: timedelta = FRESH


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


class Excess(msgspec.Struct, frozen=True, kw_only=True):
    """So many over a certified number; `of` is "pupils", "adults" or "total"."""

    of: str
    people: int
    certified: int

    @property
    def over(self) -> int:
        """People too many."""
        return self.people - self.certified

    def reaches(self, percent: int) -> bool:
        """Whether so many percent over, or more, exactly."""
        return self.over * HUNDRED >= percent * self.certified

    @property
    def percent(self) -> int:
        """Whole percent over, rounded down."""
        return self.over * HUNDRED // max(self.certified, 1)


def named_counts(records: TripRecords) -> list[Count]:
    """How many are aboard by name, from each boarding or leaving to the next."""
    undone = {one.undoes for one in records.corrections}
    events = sorted(
        (one for one in once(records.events) if one.key not in undone), key=lambda one: (one.at, one.key)
    )
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
    undone = {one.undoes for one in records.corrections}
    return [
        Count(
            key=f"head_count:{one.key}",
            source=CountSource.HEAD_COUNT,
            at=one.at,
            lowest=one.count,
            highest=one.count,
        )
        for one in once(records.counts)
        if one.kind is CountKind.ABOARD and one.key not in undone
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


def excesses(count: Count, adults: int | None, capacity: Capacity) -> list[Excess]:
    """Every certified number that is surely exceeded; nothing where it is not known."""
    pupils = pupils_in(count, adults)
    if count.source in OF_EVERYBODY:
        total: int | None = count.lowest
    else:
        total = None if pupils is None or adults is None else pupils[0] + adults
    compared = (
        ("pupils", pupils[0] if pupils else None, capacity.pupils),
        ("adults", adults, capacity.adults),
        ("total", total, capacity.total),
    )
    return [
        Excess(of=of, people=people, certified=certified)
        for of, people, certified in compared
        if people is not None and certified is not None and people > certified
    ]


def worst(found: Iterable[Excess]) -> Excess | None:
    """The one that is over by the greatest share, exactly."""
    top: Excess | None = None
    for one in found:
        if top is None or one.over * max(top.certified, 1) > top.over * max(one.certified, 1):
            top = one
    return top


def contradict(one: Count, other: Count, adults: int | None) -> bool:
    """Whether two counts can't both be true."""
    first, second = pupils_in(one, adults), pupils_in(other, adults)
    if first is None or second is None:
        return False
    return (first[1] is not None and first[1] < second[0]) or (second[1] is not None and second[1] < first[0])


def overloading(
    counts: Iterable[Count],
    adults: int | None,
    capacity: Capacity,
    limits: OverloadingLimits,
    until: datetime,
) -> list[Episode]:
    """The episodes of overloading by a trip's counts.

    Args:
        counts: of all sources, in any order, repeated or not.
        adults: aboard, the driver among them; None where not known.
        capacity: certified.
        limits: numbers of the regulation profile.
        until: the end of the trip, or the present.
    """
    found = []
    for run in runs(
        over_time(counts, until, limits.fresh),
        lambda here: worst(excesses(here.by, adults, capacity)) if here.by else None,
    ):
        if run[-1][0].until - run[0][0].since < limits.settle:
            continue
        top = worst(excess for _here, excess in run)
        peak = next((here, excess) for here, excess in run if excess == top)
        found.append(
            overloaded(
                [here for here, _ in run], *peak, adults=adults, capacity=capacity, limits=limits, until=until
            )
        )
    return found


def contradictions(
    counts: Iterable[Count],
    adults: int | None,
    until: datetime,
    *,
    settle: timedelta = SETTLE,
    fresh: timedelta = FRESH,
) -> list[Episode]:
    """The episodes in which a machine's count and the most trusted one can't both be true.

    Args:
        counts: of all sources, in any order, repeated or not.
        adults: aboard, the driver among them; None where not known.
        until: the end of the trip, or the present.
        settle: shorter than this is people on the steps.
        fresh: so long the word of a machine holds.
    """

    def disputed(here: Aboard) -> Count | None:
        machines = (one for one in here.others if one.source in OF_EVERYBODY)
        return next((one for one in machines if here.by and contradict(here.by, one, adults)), None)

    return [
        disputing([here for here, _ in run], run[0][1], adults, until)
        for run in runs(over_time(counts, until, fresh), disputed)
        if run[-1][0].until - run[0][0].since >= settle
    ]


def runs(
    stretches: Iterable[Aboard], judge: Callable[[Aboard], Judged | None]
) -> Iterator[list[tuple[Aboard, Judged]]]:
    """Stretches that follow each other and of each of which something is found, with what."""
    run: list[tuple[Aboard, Judged]] = []
    for here in stretches:
        judged = judge(here)
        if judged is not None:
            run.append((here, judged))
        elif run:
            yield run
            run = []
    if run:
        yield run


def overloaded(
    run: list[Aboard],
    here: Aboard,
    excess: Excess,
    *,
    adults: int | None,
    capacity: Capacity,
    limits: OverloadingLimits,
    until: datetime,
) -> Episode:
    """The episode of some stretches, of which `here` is the worst."""
    is_upper = excess.reaches(limits.upper_tier_percent)
    fine = limits.upper_fine if is_upper else limits.fine
    last = run[-1].until
    is_crime = excess.over >= limits.crime_people or excess.reaches(limits.crime_percent)
    details: dict[str, Detail] = {
        "of": excess.of,
        "over": excess.over,
        "percent": excess.percent,
        "adults": adults,
        "certified_pupils": capacity.pupils,
        "certified_adults": capacity.adults,
        "fine_from": fine[0],
        "fine_to": fine[1],
        "case_to_be_filed": is_crime,
        **range_of(here.by),
    }
    return Episode(
        rule=RULE,
        started_at=run[0].since,
        last_at=last,
        ended_at=last if last < until else None,
        peak=float(excess.people),
        limit=float(excess.certified),
        unit="people",
        limit_source="certified_capacity",
        article=limits.article,
        evidence=Records([one.by.key for one in run if one.by]),
        severity=Severity.HIGH,
        points=limits.upper_points if is_upper else limits.points,
        penalty=f"{fine[0]}–{fine[1]} CNY",
        details=details,
    )


def disputing(run: list[Aboard], other: Count, adults: int | None, until: datetime) -> Episode:
    """The episode of a machine's count that can't be true together with a more trusted one."""
    first, last = run[0], run[-1].until
    trusted = first.by
    return Episode(
        rule=CONTRADICTION,
        started_at=first.since,
        last_at=last,
        ended_at=last if last < until else None,
        peak=float(other.lowest),
        limit=float(trusted.lowest) if trusted else None,
        unit="people",
        limit_source="ledger",
        article=COUNTING,
        evidence=Records([one.key for one in (trusted, other) if one]),
        severity=Severity.MEDIUM,
        details={"adults": adults, "against": other.source.value, **range_of(trusted)},
    )


def range_of(count: Count | None) -> dict[str, Detail]:
    """Whose count it is, and its range."""
    if count is None:
        return {}
    return {"source": count.source.value, "lowest": count.lowest, "highest": count.highest}
