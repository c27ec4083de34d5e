"""How fast buses pass each stretch of road, learned from every passing of every bus, and shrunk to what is planned.

A passing takes planned seconds x factor of the stretch x factor of the day kind and time of day x factor of the
stretch around that time of day. Each factor is a ratio of sums, observed over expected, that begins at a prior worth
so many passings, so that a stretch that nobody has driven yet is expected to take what is planned, and each passing
moves it a little (empirical Bayes shrinkage).
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from telematics.prediction.stretches import StretchKey
from telematics.timetable import Numbers

PRIOR_PASSINGS = 4.0
"""What is planned for a stretch counts as much as so many passings of it."""
PRIOR_HOURS_S = 5_000.0
"""What is known of all days counts, for a time of day, as much as so many seconds of driving then."""
LONGEST = 3.5
"""A passing that takes longer than so many times what is planned counts as that: breakdowns are not traffic."""
BINS = 48
"""Half hours of the day."""
KERNEL_S = 1800.0
"""Standard deviation of the kernel that smooths over the time of day."""
PRIOR_PART_PASSINGS = 8.0
"""What is known of a stretch at all times counts, around a time of day, as much as so many passings then."""
PARTS = 12
"""Parts of the day, two hours each, in which a stretch is remembered."""
PART_KERNEL_S = 7200.0
"""Standard deviation of the kernel that smooths a stretch over the time of day."""
ROUNDS = 5
LATELY_S = 3600.0
"""How long what buses met is of use to those that start after them."""
PRIOR_LATELY_S = 3_000.0
"""That nothing unusual goes on counts as much as so many seconds of driving."""
BREAKDOWN = 8.0
"""Of what goes on, a passing tells no more than so many times what was expected."""


class Passing(msgspec.Struct, frozen=True, gc=False):
    """One bus over one stretch.

    Attributes:
        key: the stretch.
        day_kind: as `PlannedTrip.day_kind`.
        clock_s: time of day, seconds.
        planned_s: what was planned.
        taken_s: what it took.
    """

    key: StretchKey
    day_kind: str
    clock_s: float
    planned_s: float
    taken_s: float


class PaceBook:
    """What has been learned of the roads.

    Args:
        passings: what to begin with; more are taken by `add`.
    """

    def __init__(self, passings: Sequence[Passing] = ()) -> None:
        self._roads: dict[StretchKey, tuple[float, float]] = {}
        self._hours: dict[str, tuple[Numbers, Numbers]] = {}
        self._parts: dict[StretchKey, Numbers] = {}
        self._kernel = _kernel(BINS, KERNEL_S)
        self._part_kernel = _kernel(PARTS, PART_KERNEL_S)
        self._level: dict[str, Numbers] = {}
        self._lately = (0.0, 0.0, 0.0)
        if passings:
            self._fit(passings)

    def expected_s(
        self, keys: Sequence[StretchKey], day_kind: str, clock_s: Numbers, planned_s: Numbers
    ) -> Numbers:
        """What each stretch is expected to take at these times of day, seconds."""
        roads = np.array([self._roads.get(key, (0.0, 0.0)) for key in keys])
        prior_s = PRIOR_PASSINGS * planned_s
        factors = (roads[:, 0] + prior_s) / (roads[:, 1] + prior_s)
        each_s = planned_s * factors * self.level(day_kind)[_bins(clock_s, BINS)]
        unknown = np.zeros((2, PARTS))
        parts = np.array([self._parts.get(key, unknown) for key in keys])
        then = np.einsum("kip,kp->ki", parts, self._part_kernel[_bins(clock_s, PARTS)])
        prior_s = PRIOR_PART_PASSINGS * each_s
        return np.asarray(each_s * (then[:, 0] + prior_s) / (factors * then[:, 1] + prior_s))

    def level(self, day_kind: str) -> Numbers:
        """The factor of each half hour on such a day."""
        if day_kind not in self._level:
            taken = sum((hours[0] for hours in self._hours.values()), np.zeros(BINS)) @ self._kernel
            expected = sum((hours[1] for hours in self._hours.values()), np.zeros(BINS)) @ self._kernel
            pooled = (taken + PRIOR_HOURS_S) / (expected + PRIOR_HOURS_S)
            own = self._hours.get(day_kind, (np.zeros(BINS), np.zeros(BINS)))
            self._level[day_kind] = (own[0] @ self._kernel + PRIOR_HOURS_S * pooled) / (
                own[1] @ self._kernel + PRIOR_HOURS_S
            )
        return self._level[day_kind]

    def lately(self, time_s: float) -> float:
        """By what share all buses have been slower than expected of late; negative for faster.

        Args:
            time_s: now, Unix seconds.
        """
        last_s, lost_s, expected_s = self._lately
        fades = np.exp(-max(time_s - last_s, 0.0) / LATELY_S)
        return float(lost_s * fades / (expected_s * fades + PRIOR_LATELY_S))

    def add(self, passing: Passing, time_s: float) -> None:
        """Take one more passing, which ended at this Unix time."""
        taken_s = min(passing.taken_s, LONGEST * passing.planned_s)
        clock_s = np.array([passing.clock_s])
        number = int(_bins(clock_s, BINS)[0])
        level = float(self.level(passing.day_kind)[number])
        taken, expected = self._roads.get(passing.key, (0.0, 0.0))
        prior_s = PRIOR_PASSINGS * passing.planned_s
        road = (taken + prior_s) / (expected + prior_s)
        self._roads[passing.key] = (taken + taken_s, expected + passing.planned_s * level)
        self._notice(passing.taken_s, passing.planned_s * road * level, time_s)
        parts = self._parts.setdefault(passing.key, np.zeros((2, PARTS)))
        parts[:, int(_bins(clock_s, PARTS)[0])] += (taken_s, passing.planned_s * level)
        hours = self._hours.setdefault(passing.day_kind, (np.zeros(BINS), np.zeros(BINS)))
        hours[0][number] += taken_s
        hours[1][number] += passing.planned_s * road

    def _notice(self, taken_s: float, expected_s: float, time_s: float) -> None:
        last_s, lost_s, of_s = self._lately
        fades = np.exp(-max(time_s - last_s, 0.0) / LATELY_S)
        lost_now_s = min(taken_s, BREAKDOWN * expected_s) - expected_s
        self._lately = (max(time_s, last_s), lost_s * fades + lost_now_s, of_s * fades + expected_s)

    def settle(self) -> None:
        """Bring the times of day up to date with what was added."""
        self._level.clear()

    def _fit(self, passings: Sequence[Passing]) -> None:
        """Both factors together, by turns, which `add` only approaches."""
        keys = list({one.key: None for one in passings})
        kinds = list({one.day_kind: None for one in passings})
        number_of = {key: number for number, key in enumerate(keys)}
        road = np.array([number_of[one.key] for one in passings])
        kind = np.array([kinds.index(one.day_kind) for one in passings])
        clock_s = np.array([one.clock_s for one in passings])
        hour = _bins(clock_s, BINS)
        planned_s = np.array([one.planned_s for one in passings])
        taken_s = np.minimum([one.taken_s for one in passings], LONGEST * planned_s)
        prior_s = PRIOR_PASSINGS * np.bincount(road, planned_s) / np.bincount(road)
        taken_on = np.bincount(road, taken_s)
        for _ in range(ROUNDS):
            levels = np.array([self.level(name) for name in kinds])[kind, hour]
            expected_on = np.bincount(road, planned_s * levels)
            factors = ((taken_on + prior_s) / (expected_on + prior_s))[road]
            for number, name in enumerate(kinds):
                of_kind = kind == number
                self._hours[name] = (
                    np.bincount(hour[of_kind], taken_s[of_kind], BINS).astype(np.float64),
                    np.bincount(hour[of_kind], (planned_s * factors)[of_kind], BINS).astype(np.float64),
                )
            self.settle()
        self._roads = {
            key: (float(taken), float(expected))
            for key, taken, expected in zip(keys, taken_on, expected_on, strict=True)
        }
        expected_s = planned_s * np.array([self.level(name) for name in kinds])[kind, hour]
        place = road * PARTS + _bins(clock_s, PARTS)
        sums = [np.bincount(place, each, len(keys) * PARTS) for each in (taken_s, expected_s)]
        parts = np.stack([each.reshape(-1, PARTS) for each in sums], axis=1)
        self._parts = dict(zip(keys, parts, strict=True))


def _bins(clock_s: Numbers, bins: int) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    return (np.floor(clock_s / (86_400 / bins)) % bins).astype(np.intp)


def _kernel(bins: int, width_s: float) -> Numbers:
    """How much one part of the day says about another, around the clock."""
    apart = np.abs(np.subtract.outer(np.arange(bins), np.arange(bins)))
    apart_s = np.minimum(apart, bins - apart) * (86_400 / bins)
    return np.asarray(np.exp(-0.5 * (apart_s / width_s) ** 2))
