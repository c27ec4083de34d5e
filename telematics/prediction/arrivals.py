"""Seconds until arrival, with a range, for one bus or for fifty thousand: plain arithmetic on arrays.

The expected seconds over the stretches ahead are corrected for what the bus itself shows: a late bus makes up time
and an early one loses some, ever more the further ahead (an Ornstein-Uhlenbeck return to the timetable), and a bus
that was slow so far stays a little slow, which fades; and what all buses met of late, this one meets in part. How
strong each is, and how wide the range, is learned on past days.

The range is conformal: quantiles of past errors by how far ahead they were (Vovk, Gammerman, Shafer, Algorithmic
Learning in a Random World, 2005), which go on being tracked while errors become known, so that coverage holds when
the days change (Gibbs and Candes, Adaptive Conformal Inference Under Distribution Shift, NeurIPS 2021).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from telematics.prediction.progress import Signals
from telematics.timetable import Numbers

RETURN_S = 1500.0
"""How long a bus needs to come back to its timetable, if it does."""
FADES_S = 300.0
"""How long a disturbance of the last minutes lasts."""
LOWER, UPPER = 0.095, 0.905
"""The ends of the 80 % range: a little wider, as following correlated errors makes it hold some 1.5 % less."""
KNOTS_S = np.array([30.0, 90.0, 180.0, 300.0, 480.0, 720.0, 1080.0, 1600.0])
"""Seconds ahead at which quantiles are kept; between them they are interpolated."""
EARLIER_S = np.array([5.0, 11.0, 17.0, 22.0, 25.0, 25.0, 14.0, 5.0])
"""By how much the time that is said is before the median, by knot: whoever is told too late misses the bus.
docs/arrivals.md tells what that costs."""
ENDS = np.array([LOWER, UPPER])
NEAR_S = 120.0
"""Up to here all that lies ahead counts alike when strengths are learned."""
TRACKING = 0.0015
"""How far, in scales, one error moves an end of the range. The time that is said is not moved: on recorded days that
made its errors larger."""
PRIOR_EFFECTS = np.array([-0.35, 0.1, 0.1, 0.12, -0.5, 0.1, 0.0, 0.4])
PRIOR_ENDS = np.array([-1.2, 1.35])
NUMBER_OF_EFFECTS = len(PRIOR_EFFECTS)


class Prediction(NamedTuple):
    """Seconds from the report until arrival: the time that is said, and the 80 % range."""

    seconds: Numbers
    lower_s: Numbers
    upper_s: Numbers


def effects(ahead_s: Numbers, signals: Signals) -> tuple[Numbers, ...]:
    """What corrects `ahead_s`, each to be multiplied by its learned strength.

    Args:
        ahead_s: expected seconds to each stop; buses along the first axis, stops along the last.
        signals: of each bus, in arrays that broadcast against it.
    """
    back = 1.0 - np.exp(-ahead_s / RETURN_S)
    soon = 1.0 - np.exp(-ahead_s / FADES_S)
    delay_s = np.asarray(signals.delay_s)
    return (
        np.maximum(delay_s, 0.0) * back,
        np.minimum(delay_s, 0.0) * back,
        np.asarray(signals.recent_s / (signals.recent_expected_s + FADES_S) * FADES_S) * soon,
        np.asarray(signals.long_s / (signals.long_expected_s + 2 * FADES_S)) * ahead_s,
        np.asarray((np.asarray(signals.hold_s) > 0) * 60.0) * np.ones_like(ahead_s),
        60.0 * soon,
        60.0 * np.ones_like(ahead_s),
        np.asarray(signals.lately) * ahead_s,
    )


def scale_s(ahead_s: Numbers) -> Numbers:
    """How uncertain an arrival so far ahead is: independent delays add up by their squares."""
    return np.asarray(np.sqrt(15.0**2 + 10.0 * np.maximum(ahead_s, 0.0)))


class ArrivalModel:
    """What turns expectation and signals into a prediction.

    Attributes:
        strengths: of the `effects`.
        range_ends: quantiles of past errors in scales: lower and upper end; by `KNOTS_S`.
    """

    def __init__(self) -> None:
        self.strengths: Numbers = PRIOR_EFFECTS.copy()
        self.range_ends: Numbers = np.repeat(PRIOR_ENDS[:, None], len(KNOTS_S), axis=1)

    def centre_s(self, ahead_s: Numbers, signals: Signals) -> Numbers:
        """Corrected seconds until arrival."""
        centre = ahead_s + signals.hold_s
        for strength, effect in zip(self.strengths, effects(ahead_s, signals), strict=True):
            centre = centre + strength * effect
        return np.maximum(centre, 0.0)

    def predict(self, ahead_s: Numbers, signals: Signals) -> Prediction:
        """The prediction for each stop ahead."""
        return self.spread(self.centre_s(ahead_s, signals))

    def spread(self, centre_s: Numbers) -> Prediction:
        """The prediction about corrected seconds."""
        scale = scale_s(centre_s)
        lower, upper = (
            np.maximum(centre_s + np.interp(centre_s, KNOTS_S, row) * scale, 0.0) for row in self.range_ends
        )
        said = centre_s - np.interp(centre_s, KNOTS_S, EARLIER_S)
        return Prediction(np.clip(said, lower, upper), lower, upper)

    def learn_range(self, centre_s: Numbers, actual_s: Numbers) -> None:
        """Take the quantiles of past errors, each knot's from the errors nearest to it.

        A knot with fewer than 200 errors leans on what is known of arrivals in general.
        """
        errors = (actual_s - centre_s) / scale_s(centre_s)
        nearest = _knots_of(centre_s)
        for knot in range(len(KNOTS_S)):
            here = errors[nearest == knot]
            if len(here):
                learned = np.quantile(here, ENDS)
                weight = len(here) / (len(here) + 200)
                self.range_ends[:, knot] = weight * learned + (1 - weight) * PRIOR_ENDS

    def track(self, centre_s: Numbers, actual_s: Numbers) -> None:
        """Move the range's ends by errors that have become known, along the gradient of the pinball loss."""
        errors = (actual_s - centre_s) / scale_s(centre_s)
        nearest = _knots_of(centre_s)
        for error, knot in zip(errors, nearest, strict=True):
            below = error < self.range_ends[:, knot]
            lower, upper = self.range_ends[:, knot] + TRACKING * (ENDS - below)
            self.range_ends[:, knot] = min(lower, upper), max(lower, upper)


def learn_strengths(rows: Numbers, missed_s: Numbers, ahead_s: Numbers) -> Numbers:
    """The strengths under which past arrivals would have been missed least, in absolute seconds.

    Iteratively reweighted least squares about `PRIOR_EFFECTS` with a ridge, so that few days move them little.

    Args:
        rows: the effects of each past prediction.
        missed_s: actual less expected seconds.
        ahead_s: expected seconds, for the weight: near arrivals vary less, and are fewer than far ones, so that each
            doubling of the time ahead counts about alike.
    """
    if not len(rows):
        return PRIOR_EFFECTS.copy()
    left = missed_s - rows @ PRIOR_EFFECTS
    change = np.zeros(NUMBER_OF_EFFECTS)
    expected_error = scale_s(ahead_s)
    rarity = NEAR_S / (NEAR_S + ahead_s)
    for _ in range(12):
        weights = rarity / (np.maximum(np.abs(left - rows @ change), 0.3 * expected_error) * expected_error)
        gram = (rows * weights[:, None]).T @ rows
        ridge = np.diag(0.02 * np.diag(gram) + 400.0)
        change = np.linalg.solve(gram + ridge, (rows * weights[:, None]).T @ left)
    return np.asarray(PRIOR_EFFECTS + change)


def _knots_of(centre_s: Numbers) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    return np.asarray(np.abs(np.subtract.outer(np.sqrt(centre_s), np.sqrt(KNOTS_S))).argmin(axis=1))


def stack(signals: Sequence[Signals]) -> Signals:
    """The signals of many buses as columns, to broadcast against their stops."""
    return Signals(*(np.array(column, dtype=float)[:, None] for column in zip(*signals, strict=True)))
