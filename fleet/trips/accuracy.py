"""How good the predictions of arrivals were, held against what came: figures from the record, nothing else.

Horizons and bands are those of the Transit ETA benchmark; a positive error is a bus that came later than was said.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Subquery

from fleet.trips.models import PredictionSample, StopVisit

HORIZONS_MIN = ((0, 3), (3, 6), (6, 10), (10, 15), (15, 30))
BANDS_MIN = {(0, 3): (-0.5, 1.5), (3, 6): (-1.0, 2.5), (6, 10): (-1.0, 3.5), (10, 15): (-1.5, 4.5)}
"""Errors that a traveller does not mind, by horizon."""
PROMISED = 0.8
"""The share of arrivals that the range promises to hold."""


@dataclass(frozen=True)
class Held:
    """A prediction and what came: moments."""

    predicted_at: datetime
    median_at: datetime
    low_at: datetime
    high_at: datetime
    actual_at: datetime

    @property
    def ahead_s(self) -> float:
        """How far ahead the arrival really was."""
        return (self.actual_at - self.predicted_at).total_seconds()

    @property
    def error_s(self) -> float:
        """Positive where the bus came later than was said."""
        return (self.actual_at - self.median_at).total_seconds()

    @property
    def is_within(self) -> bool:
        """Whether it came within the range."""
        return self.low_at <= self.actual_at <= self.high_at


@dataclass(frozen=True)
class Horizon:
    """The figures of predictions so far ahead.

    Attributes:
        first_min: minutes ahead, from.
        last_min: until.
        count: of predictions.
        mae_s: mean absolute error.
        bias_s: mean error.
        in_band: share within the benchmark's band; None where there is no band.
        in_range: share of arrivals within the range.
    """

    first_min: int
    last_min: int
    count: int
    mae_s: float
    bias_s: float
    in_band: float | None
    in_range: float


@dataclass(frozen=True)
class Accuracy:
    """All figures."""

    count: int
    in_range: float | None
    horizons: list[Horizon]


def accuracy_of(held: Iterable[Held]) -> Accuracy:
    """The figures of some predictions; of arrivals more than half an hour ahead none count."""
    longest_s = HORIZONS_MIN[-1][1] * 60
    counted = [one for one in held if 0 <= one.ahead_s <= longest_s]
    horizons = []
    for first, last in HORIZONS_MIN:
        is_last = last == HORIZONS_MIN[-1][1]
        of = [one for one in counted if first * 60 <= one.ahead_s < last * 60 + is_last]
        if of:
            horizons.append(horizon(first, last, of))
    inside = sum(one.is_within for one in counted) / len(counted) if counted else None
    return Accuracy(len(counted), inside, horizons)


def horizon(first: int, last: int, held: list[Held]) -> Horizon:
    """The figures of one horizon."""
    errors = [one.error_s for one in held]
    band = BANDS_MIN.get((first, last))
    in_band = [band[0] * 60 <= error <= band[1] * 60 for error in errors] if band else None
    return Horizon(
        first,
        last,
        len(held),
        sum(map(abs, errors)) / len(held),
        sum(errors) / len(held),
        sum(in_band) / len(held) if in_band is not None else None,
        sum(one.is_within for one in held) / len(held),
    )


def held_of_school(school: int, first: date, last: date) -> Iterable[Held]:
    """What was predicted of a school's trips on some days and came, as the record has it."""
    arrived = StopVisit.objects.filter(trip=OuterRef("trip"), order=OuterRef("order"))
    rows = (
        PredictionSample.objects.filter(
            trip__pattern__route__school=school, trip__service_date__range=(first, last)
        )
        .annotate(actual_at=Subquery(arrived.values("arrived_at")[:1]))
        .exclude(actual_at=None)
        .values_list("predicted_at", "median_at", "low_at", "high_at", "actual_at")
    )
    return (Held(*row) for row in rows.iterator(chunk_size=2000))
