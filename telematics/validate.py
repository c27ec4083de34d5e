"""Verdicts on a report: what is doubtful about it, alone and after the one before. Marks, never deletes."""

from datetime import datetime, timedelta

import msgspec

from telematics.fix import NO_VERDICT, Fix, Verdict
from telematics.geometry import distance_m


class Plausibility(msgspec.Struct, frozen=True):
    """What a school bus, its receiver and the network can do.

    Attributes:
        top_speed_mps: faster than any road vehicle; 70 m/s is 252 km/h.
        slack_m: how far apart two reports of a standing bus may lie: multipath in a street of high houses.
        stale_after: arrival later than this after the event is history, not news.
        future_tolerance: how far receiver and server clocks may differ.
        memory: after so long without a report, a position says nothing about the next one.
        rivals_to_believe: so many jumped reports that agree outweigh the one they jumped from.
    """

    top_speed_mps: float = 70.0
    slack_m: float = 150.0
    stale_after: timedelta = timedelta(seconds=120)
    future_tolerance: timedelta = timedelta(seconds=120)
    memory: timedelta = timedelta(minutes=10)
    rivals_to_believe: int = 3


class Sighting(msgspec.Struct, frozen=True, gc=False):
    """A sound position: what is left of a report once it has been believed."""

    time: datetime
    lat: float
    lon: float
    speed_mps: float | None = None
    course_deg: float | None = None


class Track(msgspec.Struct, frozen=True, gc=False):
    """The last sound position, and the reports since that contradict it but agree with each other."""

    last: Sighting | None = None
    rival: Sighting | None = None
    rivals: int = 0


def judge_alone(fix: Fix, received_at: datetime, limits: Plausibility) -> Verdict:
    """What is doubtful about `fix` whatever came before it, beside the marks that it already bears."""
    verdict = fix.verdicts
    if fix.lat is None or fix.lon is None:
        verdict |= Verdict.VOID
    if fix.speed_mps is not None and fix.speed_mps > limits.top_speed_mps:
        verdict |= Verdict.IMPLAUSIBLE
    delay = received_at - fix.time
    if delay > limits.stale_after:
        verdict |= Verdict.STALE
    elif -delay > limits.future_tolerance:
        verdict |= Verdict.FUTURE
    return verdict


def judge_move(track: Track, here: Sighting, limits: Plausibility) -> tuple[Track, Verdict]:
    """Whether a bus can have come from the track's last position to `here`.

    A single wild report is marked and forgotten. Where several in a row agree with each other, the position
    that they left was the wild one, and the track goes on from them.

    Returns:
        The track after it, and ``Verdict.JUMPED`` or no verdict.
    """
    if track.last is None or can_follow(track.last, here, limits):
        return Track(last=here), NO_VERDICT
    rivals = track.rivals + 1 if track.rival and can_follow(track.rival, here, limits) else 1
    if rivals >= limits.rivals_to_believe:
        return Track(last=here), NO_VERDICT
    return Track(last=track.last, rival=here, rivals=rivals), Verdict.JUMPED


def can_follow(before: Sighting, after: Sighting, limits: Plausibility) -> bool:
    """Whether a road vehicle seen at `before` can be at `after`; after a long silence it can be anywhere."""
    elapsed = after.time - before.time
    if elapsed > limits.memory:
        return True
    reach_m = limits.top_speed_mps * max(elapsed.total_seconds(), 0.0) + limits.slack_m
    crude_m = 111_320.0 * (abs(after.lat - before.lat) + abs(after.lon - before.lon))
    return crude_m <= reach_m or distance_m(before.lat, before.lon, after.lat, after.lon) <= reach_m
