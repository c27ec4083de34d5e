"""From the reports of a day to its drives: what a bus did between two places where it was parked or at the school."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

import msgspec

from telematics.fix import UNFIT_FOR_RULES, Fix
from telematics.geometry import angle_between_deg, bearing_deg, distance_m

STANDS_BELOW_MPS = 1.0
STANDING_REACH_M = 30.0
STOP_AND_GO_S = 45.0
"""A bus that moves up a few metres and stands again within this time has stood once."""
SILENCE_S = 120.0
"""Nobody knows what a bus did in a longer silence."""
PARKED_S = 600.0
"""Who stands longer does not wait for pupils."""
SHORTEST_DRIVE_M = 500.0
AT_SCHOOL_M = 120.0
AT_SCHOOL_S = 20.0
EDGE_S = 8.0
"""So much longer, at most, than the reports show on either side does a standing last."""
BEFORE_M, STRAIGHT_DEG = 40.0, 20.0
FARTHEST_ASIDE_M = 12.0
"""No bay is deeper: the bus has turned off its way."""


class Spot(msgspec.Struct, frozen=True, gc=False):
    """Where a bus was: Unix seconds, degrees WGS-84, course in degrees where it is known, speed in m/s."""

    at_s: float
    lat: float
    lon: float
    course_deg: float | None
    speed_mps: float


class Standing(msgspec.Struct, frozen=True):
    """A bus that stood still for a while.

    Attributes:
        came_s: Unix seconds, as well as the reports tell.
        left_s: the same.
        lat: of the middle of its reports, degrees WGS-84.
        lon: the same.
        course_deg: on which it came, where that is known.
        aside_m: how far to the right of its own way before and after it stood; None where the way bends there.
        first: number of its first report among those of the day.
        last: number of its last one.
    """

    came_s: float
    left_s: float
    lat: float
    lon: float
    course_deg: float | None
    aside_m: float | None
    first: int
    last: int

    @property
    def lasted_s(self) -> float:
        """Seconds."""
        return self.left_s - self.came_s


class Drive(msgspec.Struct, frozen=True):
    """What a bus drove between two places where it was parked, at the school, or out of hearing.

    Attributes:
        day: number of the day among those given.
        spots: in event order.
        standings: in event order, those at its ends too unless they are at a depot.
        from_school: whether it began at the school.
        to_school: whether it ended there.
    """

    day: int
    spots: Sequence[Spot]
    standings: Sequence[Standing]
    from_school: bool = False
    to_school: bool = False

    @property
    def period_s(self) -> float:
        """Usual time between two reports."""
        return median([after.at_s - before.at_s for before, after in pairwise(self.spots)] or [1.0])


def spots_of(fixes: Sequence[Fix], spacing_s: float = 1.5) -> list[Spot]:
    """Sound positions in event order, no denser than `spacing_s`; speeds that were not reported follow from them."""
    spots: list[Spot] = []
    for fix in sorted(fixes, key=lambda fix: (fix.time, fix.digest)):
        if fix.verdicts & UNFIT_FOR_RULES or fix.lat is None or fix.lon is None:
            continue
        at_s = fix.time.timestamp()
        if spots and at_s - spots[-1].at_s < spacing_s:
            continue
        speed = fix.speed_mps
        if speed is None:
            speed = (
                distance_m(spots[-1].lat, spots[-1].lon, fix.lat, fix.lon) / (at_s - spots[-1].at_s)
                if spots
                else 0.0
            )
        spots.append(Spot(at_s, fix.lat, fix.lon, fix.course_deg, speed))
    return spots


def standings_of(spots: Sequence[Spot]) -> list[Standing]:
    """Where and how long a bus stood still."""
    runs: list[list[int]] = []
    for number, spot in enumerate(spots):
        if spot.speed_mps >= STANDS_BELOW_MPS:
            continue
        if runs and is_same_standing(spots, runs[-1], number):
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return [standing(spots, first, last) for first, last in runs]


def is_same_standing(spots: Sequence[Spot], run: Sequence[int], number: int) -> bool:
    """Whether a report belongs to a standing that was seen before."""
    anchor, before, now = spots[run[0]], spots[run[1]], spots[number]
    limit_s = SILENCE_S if number == run[1] + 1 else STOP_AND_GO_S
    return (
        now.at_s - before.at_s <= limit_s and apart_m(anchor, now) <= STANDING_REACH_M
        and all(apart_m(anchor, one) <= STANDING_REACH_M for one in spots[run[1] : number])
    )  # fmt: skip


def standing(spots: Sequence[Spot], first: int, last: int) -> Standing:
    """The reports from one to another as one standing."""
    inside = [one for one in spots[first : last + 1] if one.speed_mps < STANDS_BELOW_MPS]
    lat, lon = median(one.lat for one in inside), median(one.lon for one in inside)
    before_s = (spots[first].at_s - spots[first - 1].at_s) / 2 if first else 0.0
    after_s = (spots[last + 1].at_s - spots[last].at_s) / 2 if last + 1 < len(spots) else 0.0
    came, gone = _spot_away(spots, first, -1), _spot_away(spots, last, 1)
    course, aside = None, None
    if came is not None and came.at_s > spots[first].at_s - SILENCE_S:
        course = bearing_deg(came.lat, came.lon, lat, lon)
        if gone is not None and gone.at_s < spots[last].at_s + SILENCE_S:
            aside = right_of_chord_m(came, gone, lat, lon)
    return Standing(
        spots[first].at_s - min(before_s, EDGE_S), spots[last].at_s + min(after_s, EDGE_S), lat, lon, course, aside,
        first, last,
    )  # fmt: skip


def _spot_away(spots: Sequence[Spot], number: int, step: int) -> Spot | None:
    """The first report before or after one that lies some way off."""
    here, at = spots[number], number + step
    while 0 <= at < len(spots):
        if apart_m(here, spots[at]) >= BEFORE_M:
            return spots[at]
        at += step
    return None


def right_of_chord_m(before: Spot, after: Spot, lat: float, lon: float) -> float | None:
    """How far a place lies to the right of the straight way between two reports; None where the way bends."""
    heading = bearing_deg(before.lat, before.lon, after.lat, after.lon)
    towards = bearing_deg(before.lat, before.lon, lat, lon)
    if angle_between_deg(heading, towards) > STRAIGHT_DEG:
        return None
    aside_m = math.sin(math.radians(towards - heading)) * distance_m(before.lat, before.lon, lat, lon)
    return aside_m if abs(aside_m) <= FARTHEST_ASIDE_M else None


def drives_of(
    day: int, spots: Sequence[Spot], school: tuple[float, float] | None, depots: Sequence[tuple[float, float]]
) -> list[Drive]:
    """A day cut where the bus was parked, at the school, or silent for long.

    Args:
        day: its number.
        spots: of the day, in event order.
        school: (lat, lon) of its gate; None where that is not known.
        depots: (lat, lon) where the bus spends its nights.
    """
    standings = standings_of(spots)
    at_school = [one for one in standings if school and is_at(one, *school) and one.lasted_s >= AT_SCHOOL_S]
    cuts = [one for one in standings if one in at_school or one.lasted_s >= PARKED_S]
    drives = []
    for before, after in pairwise([None, *cuts, None]):
        first, last = before.last if before else 0, after.first if after else len(spots) - 1
        for begin, end in unbroken(spots, first, last):
            left = before if before and begin == first else None
            reached = after if after and end == last else None
            inside = [one for one in standings if begin < one.first and one.last < end]
            drive = Drive(
                day,
                spots[begin : end + 1],
                [*ends(left, depots, is_left=True), *inside, *ends(reached, depots)],
                from_school=left in at_school,
                to_school=reached in at_school,
            )
            if length_of_m(drive.spots) >= SHORTEST_DRIVE_M:
                drives.append(drive)
    return drives


def ends(
    one: Standing | None, depots: Sequence[tuple[float, float]], *, is_left: bool = False
) -> list[Standing]:
    """A standing at the end of a drive, unless it was at a depot; how the bus had come there is of another drive."""
    if one is None or any(distance_m(one.lat, one.lon, *place) <= AT_SCHOOL_M for place in depots):
        return []
    return [msgspec.structs.replace(one, course_deg=None, aside_m=None) if is_left else one]


def unbroken(spots: Sequence[Spot], first: int, last: int) -> Iterator[tuple[int, int]]:
    """Stretches of reports without a long silence."""
    begin = first
    for number in range(first, last):
        if spots[number + 1].at_s - spots[number].at_s > PARKED_S:
            yield begin, number
            begin = number + 1
    yield begin, last


def nights_of(days: Sequence[Sequence[Spot]]) -> list[tuple[float, float]]:
    """Where days begin and end with a bus that is parked: its depots."""
    return [
        (one.lat, one.lon)
        for spots in days
        for standings in (standings_of(spots),)
        for one in standings[:1] + standings[-1:]
        if one.lasted_s >= PARKED_S and (one.first == 0 or one.last == len(spots) - 1)
    ]


def is_at(one: Standing, lat: float, lon: float) -> bool:
    """Whether a bus stood near a school's gate."""
    return distance_m(one.lat, one.lon, lat, lon) <= AT_SCHOOL_M


def apart_m(one: Spot, other: Spot) -> float:
    """Metres between two reports."""
    return distance_m(one.lat, one.lon, other.lat, other.lon)


def length_of_m(spots: Sequence[Spot]) -> float:
    """The way driven, jitter at a standstill left out."""
    moving = [one for one in spots if one.speed_mps >= STANDS_BELOW_MPS]
    return sum(apart_m(before, after) for before, after in pairwise(moving))
