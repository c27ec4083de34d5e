"""One bus on one trip, live: what is expected of the way ahead, and how the way so far compares with it."""

from collections import deque
from typing import NamedTuple

import numpy as np

from telematics.line import Line
from telematics.prediction.pace import PaceBook, Passing
from telematics.prediction.stretches import Stretches, Usual, cut, planned_s, usual_of
from telematics.timetable import Numbers, PlannedTrip, RoutePattern

RECENT_S = 300.0
LONG_S = 1200.0
TERMINAL_M = 150.0
"""A bus this near to the first stop before its time waits for it."""
TERMINAL_LEAVES_M = 300.0
"""Time spent up to here is waiting, and says nothing of how fast the bus drives."""
SILENCE_S = 180.0
"""Over a longer gap between reports nobody knows when the bus passed what lies between."""
NO_TIMETABLE_PACE_S_PER_M = 0.2
"""Where no timetable says: 18 km/h, stops included, until the roads have been learned."""
WATCHED_S = 300.0
"""So long a bus is watched before it is believed to keep to its timetable."""
WANDERS = 0.1
"""Real buses change their delay by some half a second each second; below this, a bus keeps to its timetable."""


class Signals(NamedTuple):
    """What a bus's own way so far says of the way ahead: a number for one bus, an array for many.

    Attributes:
        delay_s: how late against the timetable; 0 without one, or waiting for the planned departure.
        recent_s: seconds lost against what was expected over the last five minutes.
        recent_expected_s: the seconds that were expected.
        long_s: the same over the last twenty minutes.
        long_expected_s: the seconds that were expected.
        hold_s: seconds to wait until the planned departure.
        lately: by what share all buses were slower than expected when this one began its trip.
    """

    delay_s: "float | Numbers"
    recent_s: "float | Numbers"
    recent_expected_s: "float | Numbers"
    long_s: "float | Numbers"
    long_expected_s: "float | Numbers"
    hold_s: "float | Numbers"
    lately: "float | Numbers" = 0.0


class Roads:
    """The patterns' lines and stretches, made once each; and what share of a trip each stretch usually takes.

    Args:
        trips_of: per pattern id, the planned times at its stops of all its trips.
    """

    def __init__(self, trips_of: dict[str, list[PlannedTrip]]) -> None:
        self._trips_of = trips_of
        self._made: dict[str, tuple[Line, Stretches, dict[str, Usual]]] = {}

    def line(self, pattern: RoutePattern) -> Line:
        """The pattern's line."""
        return self._of(pattern)[0]

    def stretches(self, pattern: RoutePattern) -> Stretches:
        """The pattern's stretches."""
        return self._of(pattern)[1]

    def planned_s(self, trip: PlannedTrip) -> Numbers:
        """What is expected of each stretch of a trip before anything is learned, seconds."""
        _, stretches, usual = self._of(trip.pattern)
        return planned_s(trip, stretches, usual.get(trip.day_kind), NO_TIMETABLE_PACE_S_PER_M)

    def _of(self, pattern: RoutePattern) -> tuple[Line, Stretches, dict[str, Usual]]:
        if pattern.pattern_id not in self._made:
            line = Line(pattern.line)
            stretches = cut(pattern, line)
            usual = usual_of(self._trips_of.get(pattern.pattern_id, ()), stretches)
            self._made[pattern.pattern_id] = (line, stretches, usual)
        return self._made[pattern.pattern_id]


class Progress:
    """A bus on a trip.

    Args:
        trip: what it drives.
        roads: where.
        book: what is known of the roads when it starts.
    """

    def __init__(self, trip: PlannedTrip, roads: Roads, book: PaceBook) -> None:
        self.trip = trip
        self._edges_m = roads.stretches(trip.pattern).edges_m
        self._keys = roads.stretches(trip.pattern).keys
        self._planned_s = roads.planned_s(trip)
        self.stops_m = trip.pattern.stop_distances_m()
        starts_s = trip.stop_clock_s[0] if trip.stop_clock_s else 0.0
        self._clock_s = starts_s + np.append(0.0, np.cumsum(self._planned_s))[:-1]
        self._learnable = (self._edges_m[:-1] >= TERMINAL_M) & (self._edges_m[1:] <= self.stops_m[-1] - 50.0)
        self.foresee(book)
        self._seen: deque[tuple[float, float, float]] = deque()
        self.at_m = -1.0
        self._furthest = (-1.0, 0.0)
        self._entered_s: float | None = None  # when it came onto its present stretch, where that was seen
        self._lately: float | None = None
        self._delay: tuple[float, float] | None = None  # when the bus was seen last, and how late it was
        self._wandered_s, self._watched_s = 0.0, 0.0

    def foresee(self, book: PaceBook) -> None:
        """Take what the book says now of the way."""
        self._book = book
        each = book.expected_s(self._keys, self.trip.day_kind, self._clock_s, self._planned_s)
        self._expected_s = np.append(0.0, np.cumsum(each))
        self.stops_expected_s = np.interp(self.stops_m, self._edges_m, self._expected_s)

    def expected_at(self, along_m: float) -> float:
        """Expected seconds from the start of the line to here."""
        return float(np.interp(along_m, self._edges_m, self._expected_s))

    def ahead_s(self) -> Numbers:
        """Expected seconds from where the bus is to each stop; negative for stops behind it."""
        by_roads_s = np.asarray(self.stops_expected_s - self.expected_at(self.at_m))
        keeps = self._keeps_to_timetable()
        if not keeps:
            return by_roads_s
        planned_s = np.array(self.trip.stop_clock_s)
        by_timetable_s = planned_s - np.interp(self.at_m, self.stops_m, planned_s)
        return np.asarray(by_roads_s + keeps * (by_timetable_s - by_roads_s))

    def report(self, time_s: float, along_m: float) -> tuple[list[Passing], list[tuple[int, float]]]:
        """Take the bus's next place in event time (Unix seconds).

        Returns:
            The stretches that it has passed since, and the stops, each with the Unix time at which it passed them.
        """
        self.at_m = along_m
        if self._lately is None:
            self._lately = self._book.lately(time_s)
        self._watch(time_s)
        before_m, before_s = self._furthest
        passed: tuple[list[Passing], list[tuple[int, float]]] = ([], [])
        if before_m >= 0 and along_m > before_m and time_s - before_s <= SILENCE_S:
            passed = self._passed(before_m, before_s, along_m, time_s)
        if along_m > before_m:
            if time_s - before_s > SILENCE_S:
                self._entered_s = None
            self._furthest = (along_m, time_s)
        if along_m >= TERMINAL_LEAVES_M:
            self._seen.append((time_s, along_m, self.expected_at(along_m)))
            while self._seen[0][0] < time_s - LONG_S:
                self._seen.popleft()
        return passed

    def _passed(
        self, from_m: float, from_s: float, to_m: float, to_s: float
    ) -> tuple[list[Passing], list[tuple[int, float]]]:
        def when(at_m: float) -> float:
            return from_s + (at_m - from_m) / (to_m - from_m) * (to_s - from_s)

        passings = []
        first, last = np.searchsorted(self._edges_m, [from_m, to_m], side="right")
        for edge in range(int(first), int(last)):
            at_s = when(float(self._edges_m[edge]))
            if self._entered_s is not None and self._learnable[edge - 1]:
                clock_s = self._entered_s - self.trip.midnight_s
                taken_s = at_s - self._entered_s
                planned_s = float(self._planned_s[edge - 1])
                passings.append(
                    Passing(self._keys[edge - 1], self.trip.day_kind, clock_s, planned_s, taken_s)
                )
            self._entered_s = at_s
        stops = np.flatnonzero((self.stops_m > from_m) & (self.stops_m <= to_m))
        return passings, [(int(stop), when(float(self.stops_m[stop]))) for stop in stops]

    def timetable_delay_s(self, time_s: float) -> float:
        """How late the bus is by its timetable, seconds; negative for early; 0 without a timetable."""
        if not self.trip.stop_clock_s:
            return 0.0
        planned = np.interp(self.at_m, self.stops_m, self.trip.stop_clock_s)
        return time_s - self.trip.midnight_s - float(planned)

    def signals(self, time_s: float) -> Signals:
        """What the way so far says, as of the newest report."""
        delay_s, hold_s = self.timetable_delay_s(time_s), 0.0
        if self.trip.stop_clock_s and self.at_m < TERMINAL_M and time_s < self.trip.starts_s():
            delay_s, hold_s = 0.0, self.trip.starts_s() - time_s
        wanders = 1.0 - self._keeps_to_timetable()
        recent_s, recent_expected_s = self._lost_s(time_s, RECENT_S)
        long_s, long_expected_s = self._lost_s(time_s, LONG_S)
        return Signals(
            delay_s * wanders,
            recent_s * wanders,
            recent_expected_s,
            long_s * wanders,
            long_expected_s,
            hold_s,
            (self._lately or 0.0) * wanders,
        )

    def _watch(self, time_s: float) -> None:
        """Follow by how much its delay changes."""
        if not self.trip.stop_clock_s or self.at_m < TERMINAL_M:
            return
        late_s = self.timetable_delay_s(time_s)
        if self._delay is not None and time_s > self._delay[0]:
            since_s = time_s - self._delay[0]
            fades = float(np.exp(-since_s / (2 * WATCHED_S)))
            self._wandered_s = self._wandered_s * fades + abs(late_s - self._delay[1])
            self._watched_s = self._watched_s * fades + since_s
        self._delay = (time_s, late_s)

    def _keeps_to_timetable(self) -> float:
        """0 for a real bus; up to 1 for one whose delay has hardly changed for long."""
        if self._watched_s < WATCHED_S:
            return 0.0
        return float(np.exp(-((self._wandered_s / self._watched_s / WANDERS) ** 2)))

    def _lost_s(self, time_s: float, within_s: float) -> tuple[float, float]:
        then = next((seen for seen in self._seen if seen[0] >= time_s - within_s), None)
        if then is None:
            return 0.0, 0.0
        expected_s = self.expected_at(self.at_m) - then[2]
        return time_s - then[0] - expected_s, expected_s
