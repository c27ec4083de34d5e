"""Which standings of several drives of one way are stops, and how sure that is.

A light is red now and then, and a jam stands somewhere; a stop is served each time, at the same kerb, for as long as
children take to board. Each of these counts as so much evidence (the logarithm of how much likelier it is at a stop
than at a light or in a jam), and they are added up.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import msgspec

from telematics.geometry import angle_between_deg, distance_m
from telematics.learning.drives import Drive, Standing
from telematics.learning.ways import Trace, places_in_order
from telematics.line import Place

APART_M = 20.0
"""Standings of different days farther apart along the way are not of one stop."""
KNOWN_M = 30.0
OPPOSITE_DEG = 90.0
BOARDING_S = 45.0
NOT_STOPS_BELOW = 0.15


class Odds(msgspec.Struct, frozen=True):
    """How likely things are at a stop and at a light or in a jam.

    Attributes:
        prior: stops for each light or jam at which a bus is seen to stand.
        stands_at_stop: share of passes in which a bus stands at a stop that it serves.
        stands_at_light: share in which it stands at a light.
        usual_s: median time that children take to board.
        spread: of its logarithm.
        light_s: a light is red for as long at most.
        kerb_m: standard deviation of where a bus stands at its stop, along the road, receiver included.
        queue_m: a light's queue is about so long.
        aside_m: so far to the right of its way, or farther, a bus has left the carriageway.
        log_aside: what that counts.
        log_known: what a stop counts that is known there.
        log_boarded: what it counts that pupils boarded or alighted there.
    """

    prior: float = 0.2
    stands_at_stop: float = 0.97
    stands_at_light: float = 0.35
    usual_s: float = 22.0
    spread: float = 0.6
    light_s: float = 70.0
    kerb_m: float = 8.0
    queue_m: float = 60.0
    aside_m: float = 2.0
    log_aside: float = 1.0
    log_known: float = 3.0
    log_boarded: float = 5.0


DEFAULT_ODDS = Odds()


class KnownStop(msgspec.Struct, frozen=True):
    """A stop that is recorded already: its id, degrees WGS-84, and the course on which buses come to it."""

    stop: int
    lat: float
    lon: float
    approach_deg: float | None = None


@dataclass(frozen=True)
class Alike:
    """Drives of one way.

    Attributes:
        drives: the one that is most like the others first; its way is the way.
        traces: of each drive.
        likeness: how much of them runs along each other, 0 to 1.
    """

    drives: Sequence[Drive]
    traces: Sequence[Trace]
    likeness: float


@dataclass(frozen=True)
class Knowledge:
    """What is known besides the driving.

    Attributes:
        stops: that are recorded.
        boarded_s: Unix seconds of each boarding and alighting, by number of the day.
        odds: what counts how much.
    """

    stops: Sequence[KnownStop]
    boarded_s: Sequence[Sequence[float]]
    odds: Odds = DEFAULT_ODDS


@dataclass(frozen=True)
class Seen:
    """A bus that stood at a place of the way: which of the drives, when, and where along the way."""

    drive: int
    standing: Standing
    along_m: float


@dataclass(frozen=True)
class FoundStop:
    """A place where a bus stands again and again, with what speaks for a stop.

    Attributes:
        seen: the standings, one of each drive at most.
        passed: how many drives came past.
        lat: degrees WGS-84.
        lon: degrees WGS-84.
        course_deg: on which buses come to it.
        along_m: along the way.
        known: the stop that is recorded there.
        boarded: how many of the drives had pupils board or alight there.
        confidence: that it is a stop, 0 to 1.
    """

    seen: Sequence[Seen]
    passed: int
    lat: float
    lon: float
    course_deg: float | None
    along_m: float
    known: KnownStop | None
    boarded: int
    confidence: float

    @property
    def dwell_s(self) -> float:
        """How long buses usually stand."""
        return median(one.standing.lasted_s for one in self.seen)

    @property
    def aside_m(self) -> float | None:
        """How far to the right of their way buses usually stand, where that can be told."""
        return median_or_none([one.standing.aside_m for one in self.seen])


def found_stops(group: Alike, known: Knowledge) -> list[FoundStop]:
    """Places where drives of one way stand and that may be stops, in order; those that hardly can be are left out."""
    seen = sorted(seen_along(group), key=lambda one: one.along_m)
    found = [judged(together, group, known) for together in groups(seen)]
    return [one for one in found if one.confidence >= NOT_STOPS_BELOW]


def seen_along(group: Alike) -> Iterator[Seen]:
    """The standings of all drives, where they lie on the way."""
    for number, drive in enumerate(group.drives):
        places: list[Place | None] = places_in_order(group.traces[0], drive.standings)
        for one, place in zip(drive.standings, places, strict=True):
            if place is not None:
                yield Seen(number, one, place.along_m)


def groups(seen: Sequence[Seen]) -> Iterator[list[Seen]]:
    """Standings that may be of one stop; of a drive that stood there twice, the longer one."""
    group: list[Seen] = []
    for one in seen:
        if group and one.along_m - group[-1].along_m > APART_M:
            yield one_of_each(group)
            group = []
        group.append(one)
    if group:
        yield one_of_each(group)


def one_of_each(group: Sequence[Seen]) -> list[Seen]:
    """The longest standing of each drive."""
    longest: dict[int, Seen] = {}
    for one in group:
        before = longest.get(one.drive)
        if before is None or one.standing.lasted_s > before.standing.lasted_s:
            longest[one.drive] = one
    return list(longest.values())


def judged(seen: Sequence[Seen], group: Alike, known: Knowledge) -> FoundStop:
    """A place with all that speaks for and against a stop there."""
    odds = known.odds
    lat, lon = median(one.standing.lat for one in seen), median(one.standing.lon for one in seen)
    course = mean_course([one.standing.course_deg for one in seen])
    stood = {one.drive for one in seen}
    passed = [
        number
        for number, trace in enumerate(group.traces)
        if number in stood or trace.passes(lat, lon, course)
    ]
    there = stop_at(known.stops, lat, lon, course)
    boarded = sum(is_boarded(one.standing, known.boarded_s[group.drives[one.drive].day]) for one in seen)
    aside = median_or_none([one.standing.aside_m for one in seen])
    log_odds = math.log(odds.prior) + precision(seen, odds)
    log_odds += sum(stood_or_not(one in stood, group.drives[one].period_s, odds) for one in passed)
    log_odds += sum(duration(one.standing.lasted_s, odds) for one in seen)
    log_odds += odds.log_aside if aside is not None and aside >= odds.aside_m else 0.0
    log_odds += odds.log_known if there else 0.0
    log_odds += odds.log_boarded if boarded else 0.0
    return FoundStop(
        seen=seen,
        passed=len(passed),
        lat=lat,
        lon=lon,
        course_deg=course,
        along_m=median(one.along_m for one in seen),
        known=there,
        boarded=boarded,
        confidence=1 / (1 + math.exp(-log_odds)),
    )


def is_boarded(one: Standing, boarded_s: Sequence[float]) -> bool:
    """Whether pupils boarded or alighted while a bus stood."""
    return any(one.came_s - BOARDING_S <= at_s <= one.left_s + BOARDING_S for at_s in boarded_s)


def stood_or_not(stood: bool, period_s: float, odds: Odds) -> float:
    """What it counts that a drive stood at a place, or came past it without; seldom reports overlook a standing."""
    noticed = min(1.0, max(0.5, (odds.usual_s + 5) / period_s))
    at_stop, at_light = odds.stands_at_stop * noticed, odds.stands_at_light * noticed
    return math.log(at_stop / at_light) if stood else math.log((1 - at_stop) / (1 - at_light))


def duration(lasted_s: float, odds: Odds) -> float:
    """What the length of a standing counts: boarding times are log-normal, what is left of a red light is even."""
    if lasted_s > odds.light_s:
        return math.log(1.3)
    lasted_s = max(lasted_s, 1.0)
    away = math.log(lasted_s / odds.usual_s) / odds.spread
    at_stop = math.exp(-(away**2) / 2) / (lasted_s * odds.spread * math.sqrt(2 * math.pi))
    return math.log(min(2.0, max(0.4, at_stop * odds.light_s)))


def precision(group: Sequence[Seen], odds: Odds) -> float:
    """What it counts how near to each other buses stood: at a kerb, or somewhere in a queue."""
    middle = median(one.along_m for one in group)
    count = 0.0
    for one in group:
        away = (one.along_m - middle) / odds.kerb_m
        at_stop = math.exp(-(away**2) / 2) / (odds.kerb_m * math.sqrt(2 * math.pi))
        count += math.log(max(0.1, at_stop * odds.queue_m))
    return count * (len(group) - 1) / len(group)


def stop_at(known: Sequence[KnownStop], lat: float, lon: float, course: float | None) -> KnownStop | None:
    """The nearest recorded stop within 30 m, of those that buses come to in this direction."""
    near = [
        (distance_m(lat, lon, one.lat, one.lon), one.stop, one)
        for one in known
        if one.approach_deg is None
        or course is None
        or angle_between_deg(one.approach_deg, course) <= OPPOSITE_DEG
    ]
    metres, _stop, nearest = min(near, default=(math.inf, 0, None), key=lambda one: one[:2])
    return nearest if metres <= KNOWN_M else None


def mean_course(courses: Sequence[float | None]) -> float | None:
    """The mean of directions; None of none."""
    known = [math.radians(one) for one in courses if one is not None]
    if not known:
        return None
    return math.degrees(math.atan2(sum(map(math.sin, known)), sum(map(math.cos, known)))) % 360


def median_or_none(values: Sequence[float | None]) -> float | None:
    """The median of those that are known."""
    known = [one for one in values if one is not None]
    return median(known) if known else None
