"""Predicted arrivals of the trips under way, from what was learned of the roads, each night and by day."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import structlog
from django.conf import settings

from telematics.line import Line
from telematics.prediction.arrivals import ArrivalModel
from telematics.prediction.pace import PaceBook, Passing
from telematics.prediction.progress import Progress, Roads
from telematics.timetable import PlannedTrip

log = structlog.get_logger(__name__)


class Learned(msgspec.Struct):
    """What the nights have taught, as kept in the data directory.

    Attributes:
        passings: of stretches of road, of the days that count.
        range_ends: as `ArrivalModel.range_ends`.
        arrivals: so many arrivals they rest on.
    """

    passings: list[Passing]
    range_ends: list[list[float]]
    arrivals: int


class PredictedStop(NamedTuple):
    """Predicted arrival at a stop, Unix seconds: the time said, and the 80 % range."""

    order: int
    median: float
    low: float
    high: float


def learned_file() -> Path:
    """Where what was learned is kept."""
    return Path(settings.DATA_DIR) / "arrivals.msgpack"


def keep(learned: Learned) -> None:
    """Put what was learned in the place of what was."""
    path = learned_file()
    fresh = path.with_suffix(".new")
    fresh.write_bytes(msgspec.msgpack.encode(learned))
    fresh.replace(path)


def kept() -> Learned | None:
    """What was learned; None where nothing was yet, or another version of this program has learned it."""
    try:
        return msgspec.msgpack.decode(learned_file().read_bytes(), type=Learned)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        log.warning("learned_arrivals_unreadable", error=repr(error))
        return None


class Predictor:
    """Knows the roads, and the trips that are under way.

    Without anything learned, the planned times carry the expectation, and the range is that of buses in general.
    """

    def __init__(self) -> None:
        self._learned_at = 0.0
        self._roads = Roads({})
        self._book = PaceBook()
        self._model = ArrivalModel()
        self._under_way: dict[str, Progress] = {}
        self._taught_s: dict[str, float] = {}

    def refresh(self) -> None:
        """Read what was learned last night, once it is there."""
        path = learned_file()
        changed_at = path.stat().st_mtime if path.exists() else 0.0
        if changed_at == self._learned_at:
            return
        self._learned_at = changed_at
        if learned := kept():
            self._book = PaceBook(learned.passings)
            self._model.range_ends = np.array(learned.range_ends)

    def line(self, trip: PlannedTrip) -> Line:
        """The line of a trip's pattern."""
        return self._roads.line(trip.pattern)

    def begin_anew(self, trip: PlannedTrip) -> None:
        """Forget a trip's way so far."""
        self._under_way.pop(trip.trip_id, None)

    def take(self, trip: PlannedTrip, time_s: float, along_m: float) -> None:
        """Take a trip's next place, in event time.

        What it tells of the roads is learned once, though the trip may be begun anew.
        """
        if trip.trip_id not in self._under_way:
            self._book.settle()
            self._under_way[trip.trip_id] = Progress(trip, self._roads, self._book)
        passings, _ = self._under_way[trip.trip_id].report(time_s, along_m)
        if time_s > self._taught_s.get(trip.trip_id, 0.0):
            self._taught_s[trip.trip_id] = time_s
            for passing in passings:
                self._book.add(passing, time_s)

    def predicted(self, trip: PlannedTrip, time_s: float, orders: Sequence[int]) -> list[PredictedStop]:
        """Arrivals at the stops ahead, as of the newest report.

        Args:
            trip: under way.
            time_s: of that report, Unix seconds.
            orders: of its stops on the pattern.
        """
        progress = self._under_way.get(trip.trip_id)
        if progress is None:
            return []
        ahead_s = progress.ahead_s()
        said, lower, upper = self._model.predict(ahead_s, progress.signals(time_s))
        return [
            PredictedStop(order, *(round(time_s + float(row[number])) for row in (said, lower, upper)))
            for number, order in enumerate(orders)
            if ahead_s[number] > 0
        ]

    def finish(self, open_trips: set[str]) -> None:
        """Let go of trips that are not open any more."""
        for trip_id in self._under_way.keys() - open_trips:
            del self._under_way[trip_id]
        for trip_id in self._taught_s.keys() - open_trips:
            del self._taught_s[trip_id]
