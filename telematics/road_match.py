"""On which road a bus is: by position, heading and continuity; a few hypotheses that each report bears out or not.

A hidden Markov model, kept small. A hypothesis is a road in a direction. Each report gives each road near it a misfit
(how far off, how far turned), which is smoothed over the last few reports, since errors of receivers last. Going over
to another road costs nothing to speak of where the two meet, and much where they don't: so a bus on a flyover stays
there while a street runs below it, and one on an expressway while a service road runs beside it; until reports are so
far off that they say otherwise, or the bus stands and the match begins anew.

Everything that is nearly as likely as the best is plausible; who judges by the match gives the driver the benefit.
"""

import math
from datetime import datetime, timedelta

import msgspec

from telematics.fix import Fix
from telematics.roads import METRES_PER_DEGREE, RoadIndex

LEAST_SIGMA_M = 8.0
"""Maps and receivers together are seldom better than that, whatever the receiver says."""
LEAST_COS = math.cos(math.radians(50))
"""A bus on a road heads along it within 50 degrees, bends included."""
TURN_WEIGHT = 20.0
"""Misfit of a turn: 0.3 at 10 degrees, 1.2 at 20, 3.6 at 35."""
REPORTS_THAT_COUNT = 3.0
"""As many independent reports are the smoothed ones worth."""
SMOOTHING = 0.7
MEETING_COST, NEAR_COST, FAR_COST, APART_COST, TURN_ROUND_COST = 0.3, 0.6, 2.0, 8.0, 4.0
FAR_M = 150.0
"""Who went so far between two reports may have used a road between two that don't meet."""
PLAUSIBLE_WITHIN, KEPT_WITHIN, KEPT = 4.0, 12.0, 5
MIN_SPEED_FOR_COURSE_MPS = 2.0
"""A slower receiver does not know which way it is heading."""
OUT_OF_SIGHT = timedelta(seconds=30)
"""For so long a bus is believed to be where it was while no road fits: in a street canyon, at a bend."""
SILENCE = timedelta(seconds=120)


class Hypothesis(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A road that a bus may be on.

    Attributes:
        key: of the road.
        backward: whether the bus goes against its line.
        cost: of the way there, over the reports.
        misfit: of the last reports, smoothed.
    """

    key: int
    backward: bool
    cost: float
    misfit: float

    @property
    def score(self) -> float:
        """How unlikely it is: the smaller the better."""
        return self.cost + REPORTS_THAT_COUNT * self.misfit


class Match(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What is remembered of a bus on the roads.

    Attributes:
        time: of the last report that a road fitted.
        lat: of that report, degrees.
        lon: of that report, degrees.
        hypotheses: the best first.
    """

    time: datetime
    lat: float
    lon: float
    hypotheses: tuple[Hypothesis, ...]

    def plausible(self, index: RoadIndex) -> list[Hypothesis]:
        """The hypotheses that are nearly as likely as the best one, which comes first.

        Args:
            index: the roads; what it has not, since roads were imported anew meanwhile, is left out.
        """
        kept = [one for one in self.hypotheses if one.key in index.number_of]
        most = kept[0].score + PLAUSIBLE_WITHIN if kept else 0.0
        return [one for one in kept if one.score <= most]


def step(state: Match | None, report: Fix, index: RoadIndex) -> Match | None:
    """Take the next report in event time.

    Args:
        state: what is remembered; None at the beginning.
        report: a sound report.
        index: the roads.

    Returns:
        What is remembered now; None where the bus is on no road that is known.
    """
    if report.lat is None or report.lon is None:
        return state
    if state is not None and report.time - state.time > SILENCE:
        state = None
    course = report.course_deg if (report.speed_mps or 0.0) >= MIN_SPEED_FOR_COURSE_MPS else None
    near = index.near(report.lat, report.lon, course, least_cos=LEAST_COS)
    if not near:
        return state if state is not None and report.time - state.time <= OUT_OF_SIGHT else None
    sigma_m = max(LEAST_SIGMA_M, report.accuracy_m or 0.0)
    before = known(state, index)
    is_far = state is not None and moved_m(state, report) >= FAR_M
    found = []
    for (road, backward), (away_m, turn) in near.items():
        off = away_m / sigma_m
        misfit = off * off / 2 + TURN_WEIGHT * turn
        found.append(come_to(road, misfit, before, index, backward=backward, is_far=is_far))
    if len(found) == 1:
        _score, key, backward, _cost, misfit = found[0]
        return Match(report.time, report.lat, report.lon, (Hypothesis(key, backward, 0.0, misfit),))
    found.sort()
    most, least_cost = found[0][0] + KEPT_WITHIN, min([one[3] for one in found])
    kept = [
        Hypothesis(key, backward, cost - least_cost, misfit)
        for score, key, backward, cost, misfit in found[:KEPT]
        if score <= most
    ]
    return Match(report.time, report.lat, report.lon, tuple(kept))


def known(state: Match | None, index: RoadIndex) -> list[tuple[int, Hypothesis]]:
    """The hypotheses whose roads the index has, with their numbers in it: roads can be imported anew meanwhile."""
    if state is None:
        return []
    number_of = index.number_of
    return [(number_of[one.key], one) for one in state.hypotheses if one.key in number_of]


def come_to(
    road: int,
    misfit: float,
    before: list[tuple[int, Hypothesis]],
    index: RoadIndex,
    *,
    backward: bool,
    is_far: bool,
) -> tuple[float, int, bool, float, float]:
    """A road near a report, come to from the likeliest of those before: score, key, direction, cost and misfit.

    The likeliest sorts first, and always the same of two that are as likely.
    """
    key = index.roads[road].key
    if not before:  # one report is worth one
        return misfit, key, backward, 0.0, misfit / REPORTS_THAT_COUNT
    best, best_cost, best_misfit = math.inf, 0.0, 0.0
    for other, one in before:
        cost = one.cost
        if other != road:
            cost += transition_cost(other, road, index, is_far=is_far)
        elif one.backward != backward:
            cost += TURN_ROUND_COST
        smoothed = SMOOTHING * one.misfit + (1 - SMOOTHING) * misfit
        score = cost + REPORTS_THAT_COUNT * smoothed
        if score < best:
            best, best_cost, best_misfit = score, cost, smoothed
    return best, key, backward, best_cost, best_misfit


def transition_cost(road: int, other: int, index: RoadIndex, *, is_far: bool) -> float:
    """What it costs to have come from a road to another one."""
    neighbours = index.neighbours
    if other in neighbours[road]:
        return MEETING_COST
    if not neighbours[road].isdisjoint(neighbours[other]):
        return NEAR_COST
    return FAR_COST if is_far else APART_COST


def moved_m(state: Match, report: Fix) -> float:
    """How far a report lies from the last one, metres."""
    if report.lat is None or report.lon is None:
        return 0.0
    north = (report.lat - state.lat) * METRES_PER_DEGREE
    east = (report.lon - state.lon) * METRES_PER_DEGREE * math.cos(math.radians(state.lat))
    return math.hypot(east, north)
