"""When a bus was driven, as its reports tell: driving and standing; a silence is neither.

A stop shorter than `shortest_stand_s` between two stretches of driving, for pupils or a traffic light, is driving.
"""

import itertools
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from telematics.duty.timeline import Activity, Stretch, merged
from telematics.geometry import distance_m


class Report(NamedTuple):
    """What one report says of motion: seconds since 1970 UTC, metres per second, degrees WGS-84."""

    at_s: int
    speed_mps: float | None
    lat: float | None = None
    lon: float | None = None


class MotionLimits(msgspec.Struct, frozen=True):
    """What tells driving from standing, and both from silence.

    Attributes:
        max_gap_s: between reports further apart than this nothing is known.
        moving_mps: slower than this is standing.
        shortest_stand_s: a shorter stop is part of the driving around it.
    """

    max_gap_s: int = 300
    moving_mps: float = 1.5
    shortest_stand_s: int = 180

    @property
    def context_s(self) -> int:
        """How far before and after a moment reports have to be read to tell what it was."""
        return self.max_gap_s + self.shortest_stand_s


def motion(reports: Iterable[Report], limits: MotionLimits) -> list[Stretch]:
    """Driving, and standing as rest, in order; what lies between them is unknown.

    Args:
        reports: of one bus, in event order.
        limits: what tells them apart.
    """
    pieces = [
        Stretch(
            one.at_s,
            other.at_s,
            Activity.DRIVING if is_moving(one, other, limits.moving_mps) else Activity.REST,
        )
        for one, other in itertools.pairwise(reports)
        if 0 < other.at_s - one.at_s <= limits.max_gap_s
    ]
    known = joined(pieces)
    for index in range(1, len(known) - 1):
        before, stand, after = known[index - 1 : index + 2]
        is_short = stand.end_s - stand.start_s < limits.shortest_stand_s
        is_within = before.end_s == stand.start_s and stand.end_s == after.start_s
        if stand.activity is Activity.REST and is_short and is_within:
            known[index] = Stretch(stand.start_s, stand.end_s, Activity.DRIVING)
    return joined(known)


def is_moving(one: Report, other: Report, moving_mps: float) -> bool:
    """Whether a bus moved from one report to the next: by the speed that it had, or by the way where none is told."""
    if one.speed_mps is not None:
        return one.speed_mps >= moving_mps
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return (other.speed_mps or 0.0) >= moving_mps
    return distance_m(one.lat, one.lon, other.lat, other.lon) >= moving_mps * (other.at_s - one.at_s)


def joined(pieces: list[Stretch]) -> list[Stretch]:
    """Adjoining pieces of the same activity as one; gaps between pieces stay."""
    found: list[Stretch] = []
    for piece in pieces:
        if found and found[-1].end_s == piece.start_s:
            found[-1:] = merged((found[-1], piece))
        else:
            found.append(piece)
    return found
