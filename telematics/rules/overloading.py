"""Overloading: more aboard than a bus is certified for, by whatever counts there are.

Overloading is found where even the lower end of those aboard, by the most trusted count (`counts_aboard`), is over a
certified number, of pupils, of adults or of both together, for `settle` or longer: taps at a stop come in any order.
Where a less trusted count can't be true together with it, the counts contradict each other, which is found, too.
Without a certified number, or a count, nothing is known, which is not the same as fine.

State machine, over the moments at which a count begins or ends to hold::

    known and within ──over──▶ suspected ──for `settle`──▶ open ──within, or unknown──▶ over

The boundary is the law's: "以上" includes it, so 20 % over is the upper tier. Excess is compared in whole people.

Source: 校车安全管理条例 Art 34; 公安部令 163; 道路交通安全法 Art 92.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from telematics.rules.counts_aboard import (
    FRESH,
    OF_EVERYBODY,
    Aboard,
    Count,
    contradict,
    over_time,
    pupils_in,
)
from telematics.rules.episode import Detail, Episode, Records, Severity

RULE = "overloading"
CONTRADICTION = "contradicting_counts"
COUNTING = "校车安全管理条例 第三十九条第三项"
HUNDRED = 100
SETTLE = timedelta(minutes=1)

Judged = TypeVar("Judged")


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
