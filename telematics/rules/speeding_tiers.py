"""What the law gives for an excess of speed: by per cent over the limit, the boundary in the upper tier.

Compared in kilometres per hour as whole fractions, so that exactly 20 % is 20 % and not a hair less.
"""

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from telematics.rules.episode import Severity
from telematics.units import mps_to_kmh

DIGITS = 6
"""Of kilometres per hour: a speed that was reported in knots or metres per second is what it was before."""
DANGEROUS_ROADS = frozenset({"hazard"})
MANY_POINTS = 6


class Tier(msgspec.Struct, frozen=True):
    """Penalty points from a share over the limit on.

    Attributes:
        from_percent: over the limit; the boundary is in the tier.
        points: penalty points; None where there is a warning and no more.
        words: what it is, in the words of the law.
        article: the law.
    """

    from_percent: float
    points: int | None
    words: str = ""
    article: str = ""


class CriminalThreshold(msgspec.Struct, frozen=True):
    """From when on speeding is a matter for the prosecutor: both together, the boundaries in."""

    percent: float
    kmh: float


class Fine(msgspec.Struct, frozen=True):
    """A fine for more than a share over the limit, the boundary not in it; yuan."""

    over_percent: float
    least: float
    most: float
    article: str


class SpeedingTiers(msgspec.Struct, frozen=True):
    """What a regulation profile gives for speeding.

    Attributes:
        expressway: the tiers on expressways and urban expressways.
        other: the tiers on other roads.
        fine: what is to be paid, and from when on.
        crime_expressway: when it is criminal on an expressway.
        crime_elsewhere: and on other roads.
        crime_hazard: and on a dangerous stretch.
    """

    expressway: Sequence[Tier] = ()
    other: Sequence[Tier] = ()
    fine: Fine | None = None
    crime_expressway: CriminalThreshold | None = None
    crime_elsewhere: CriminalThreshold | None = None
    crime_hazard: CriminalThreshold | None = None


class Excess(msgspec.Struct, frozen=True):
    """An excess of speed.

    Attributes:
        mps: the speed, metres per second.
        limit_kmh: the limit, kilometres per hour.
        is_expressway: whether it was on an expressway.
        source: what set the limit.
        punished_kmh: the limit that points are counted from, where that is another.
    """

    mps: float
    limit_kmh: float
    is_expressway: bool
    source: str = ""
    punished_kmh: float | None = None

    @property
    def kmh(self) -> Fraction:
        """The speed, kilometres per hour."""
        return exactly(mps_to_kmh(self.mps))

    def percent_over(self, limit_kmh: float) -> Fraction:
        """How many per cent over a limit it is."""
        limit = exactly(limit_kmh)
        return (self.kmh - limit) * 100 / limit


class Consequence(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from an excess.

    Attributes:
        severity: how soon a person must look at it.
        points: penalty points; None where there are none.
        penalty: in the words of the law.
        article: that gives the points.
        over_percent: how many whole per cent over the limit it was, rounded down.
        is_criminal: whether it reaches the threshold at which criminal proceedings begin.
    """

    severity: Severity
    points: int | None = None
    penalty: str = ""
    article: str = ""
    over_percent: int | None = None
    is_criminal: bool = False


def consequence(excess: Excess, tiers: SpeedingTiers) -> Consequence:
    """What the law gives for an excess.

    Args:
        excess: of speed.
        tiers: of the regulation profile.

    Source:
        道路交通安全违法行为记分管理办法 (公安部令 163); 道路交通安全法 Art 99.
    """
    percent = excess.percent_over(excess.punished_kmh or excess.limit_kmh)
    rows = tiers.expressway if excess.is_expressway else tiers.other
    reached = [one for one in rows if percent > 0 and percent >= exactly(one.from_percent)]
    tier = max(reached, key=lambda one: one.from_percent, default=Tier(0, None))
    is_criminal = reaches(excess, percent, threshold(excess, tiers))
    words = [tier.words, f"记{tier.points}分"] if tier.points else []
    if tiers.fine and percent > exactly(tiers.fine.over_percent):
        words.append(f"罚款{tiers.fine.least:g}—{tiers.fine.most:g}元")
    return Consequence(
        severity=severity_of(tier.points, is_criminal=is_criminal),
        points=tier.points,
        penalty="，".join(filter(None, words)),
        article=tier.article,
        over_percent=int(excess.percent_over(excess.limit_kmh)),
        is_criminal=is_criminal,
    )


def severity_of(points: int | None, *, is_criminal: bool) -> Severity:
    """How soon a person must look at it: a warning without points is for the record."""
    if is_criminal or (points or 0) >= MANY_POINTS:
        return Severity.HIGH
    return Severity.MEDIUM if points else Severity.RECORD


def threshold(excess: Excess, tiers: SpeedingTiers) -> CriminalThreshold | None:
    """The criminal threshold that is meant for such a place."""
    if excess.source in DANGEROUS_ROADS:
        return tiers.crime_hazard
    return tiers.crime_expressway if excess.is_expressway else tiers.crime_elsewhere


def reaches(excess: Excess, percent: Fraction, least: CriminalThreshold | None) -> bool:
    """Whether an excess reaches a threshold."""
    return least is not None and percent >= exactly(least.percent) and excess.kmh >= exactly(least.kmh)


def exactly(value: float) -> Fraction:
    """A number as the fraction that was meant."""
    return Fraction(round(value * 10**DIGITS), 10**DIGITS)
