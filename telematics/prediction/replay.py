"""Recorded reports seen again one by one, as they came: matched, predicted from, learned from; never a later one."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import msgspec
import numpy as np

from telematics.fix import Fix
from telematics.gtfs import Feed
from telematics.match import Candidates, MatchState, step
from telematics.prediction.arrivals import ArrivalModel, effects, learn_strengths
from telematics.prediction.pace import PaceBook, Passing
from telematics.prediction.progress import Progress, Roads, Signals
from telematics.prediction.recordings import Report
from telematics.timetable import Numbers, PlannedTrip

HORIZON_S = 2400.0
"""Nothing further ahead than this is learned from."""


class Matched(msgspec.Struct, frozen=True):
    """A report on its trip's line.

    Attributes:
        report: the report.
        trip: what the bus drives.
        along_m: where it is along the line; off it, where it was last seen on it.
        joined: whether it has been on the line at all; before that it is taken to be at the start.
    """

    report: Report
    trip: PlannedTrip
    along_m: float
    joined: bool


class Forecast(msgspec.Struct, frozen=True):
    """What was said at one report of the stops ahead; seconds from the report."""

    matched: Matched
    stops: "np.ndarray[tuple[int], np.dtype[np.intp]]"
    said_s: Numbers
    lower_s: Numbers
    upper_s: Numbers
    baseline_s: Numbers


class Resolved(msgspec.Struct, frozen=True):
    """Past expectations whose arrival has become known: expected seconds, what goes with them, actual seconds."""

    expected_s: Numbers
    signals: list[Signals]
    actual_s: Numbers


_NOTHING = Resolved(np.zeros(0), [], np.zeros(0))


class _Open(msgspec.Struct):
    """A bus under way, and what was expected at its reports of stops not yet passed."""

    progress: Progress
    times_s: list[float]
    signals: list[Signals]
    ahead_s: list[Numbers]


def match_reports(reports: Iterable[Report], feed: Feed, roads: Roads) -> Iterator[Matched]:
    """Each report with its place along its trip."""
    states: dict[tuple[tuple[str, str], str, float], tuple[MatchState, float, bool]] = {}
    for report in reports:
        trip = feed.planned(report.trip_id, report.time_s)
        key = (report.run, report.trip_id, trip.midnight_s)
        state, along_m, joined = states.get(key, (MatchState(), 0.0, False))
        fix = Fix(datetime.fromtimestamp(report.time_s, UTC), report.lat, report.lon, source="recording")
        candidates = Candidates([trip], lambda planned: roads.line(planned.pattern))
        state, position, _ = step(state, fix, candidates)
        if position is not None and position.trip_id is not None:
            along_m, joined = position.along_m, True
        states[key] = (state, along_m, joined)
        yield Matched(report, trip, along_m, joined)


class Replay:
    """Buses under way, as their reports come in.

    Args:
        roads: the lines.
        book: what is known of them; it is taught each passing.
    """

    def __init__(self, roads: Roads, book: PaceBook) -> None:
        self._roads = roads
        self._book = book
        self._open: dict[tuple[tuple[str, str], str, float], _Open] = {}

    def take(self, matched: Matched) -> tuple[Progress, list[Passing], Resolved]:
        """Take the next report: the bus, the stretches it has passed, and the expectations that it settles."""
        report = matched.report
        key = (report.run, report.trip_id, matched.trip.midnight_s)
        if key not in self._open:
            self._book.settle()
            self._open[key] = _Open(Progress(matched.trip, self._roads, self._book), [], [], [])
        bus = self._open[key]
        if not matched.joined:
            bus.progress.at_m = matched.along_m
            return bus.progress, [], _NOTHING
        passings, stops = bus.progress.report(report.time_s, matched.along_m)
        resolved = self._resolved(bus, stops)
        bus.times_s.append(report.time_s)
        bus.signals.append(bus.progress.signals(report.time_s))
        bus.ahead_s.append(bus.progress.ahead_s())
        for passing in passings:
            self._book.add(passing, report.time_s)
        return bus.progress, passings, resolved

    @staticmethod
    def _resolved(bus: _Open, stops: list[tuple[int, float]]) -> Resolved:
        expected, signals, actual = [], [], []
        for stop, passed_s in stops:
            for time_s, signal, ahead_s in zip(bus.times_s, bus.signals, bus.ahead_s, strict=True):
                if 0 < ahead_s[stop] <= HORIZON_S and time_s < passed_s:
                    expected.append(float(ahead_s[stop]))
                    signals.append(signal)
                    actual.append(passed_s - time_s)
        return Resolved(np.array(expected), signals, np.array(actual))


def all_passings(matched: Iterable[Matched], roads: Roads) -> dict[str, list[Passing]]:
    """The stretches that buses passed, by day."""
    replay = Replay(roads, PaceBook())
    by_day: dict[str, list[Passing]] = {}
    for one in matched:
        _, passings, _ = replay.take(one)
        by_day.setdefault(one.report.day, []).extend(passings)
    return by_day


def train(
    matched: list[Matched], roads: Roads, progressed: Callable[[str], None]
) -> tuple[PaceBook, ArrivalModel]:
    """Learn roads, strengths and ranges from past days.

    Strengths and ranges are learned from errors on each day as predicted by the other days, as they will be on a day
    that nobody has seen; so they need no days of their own.
    """
    by_day = all_passings(matched, roads)
    rows, expected, holds, actual = [], [], [], []
    for day in by_day:
        progressed(f"learning from {day}")
        others = [passing for other, passings in by_day.items() if other != day for passing in passings]
        replay = Replay(roads, PaceBook(others))
        for one in matched:
            if one.report.day != day:
                continue
            _, _, resolved = replay.take(one)
            if len(resolved.expected_s):
                signals = _columns(resolved.signals)
                rows.append(np.column_stack(effects(resolved.expected_s, signals)))
                expected.append(resolved.expected_s)
                holds.append(np.asarray(signals.hold_s))
                actual.append(resolved.actual_s)
    model = ArrivalModel()
    if actual:
        expected_s, actual_s, table = np.concatenate(expected), np.concatenate(actual), np.vstack(rows)
        ahead_s = expected_s + np.concatenate(holds)
        model.strengths = learn_strengths(table, actual_s - ahead_s, ahead_s)
        model.learn_range(np.maximum(ahead_s + table @ model.strengths, 0.0), actual_s)
    return PaceBook([passing for passings in by_day.values() for passing in passings]), model


def predict(
    matched: Iterable[Matched], roads: Roads, book: PaceBook, model: ArrivalModel
) -> Iterator[Forecast]:
    """What is said at each report, learning on as arrivals become known."""
    replay = Replay(roads, book)
    for one in matched:
        progress, _, resolved = replay.take(one)
        if len(resolved.expected_s):
            model.track(model.centre_s(resolved.expected_s, _columns(resolved.signals)), resolved.actual_s)
        yield forecast(one, progress, model)


def forecast(matched: Matched, progress: Progress, model: ArrivalModel) -> Forecast:
    """What is said of the stops ahead, beside the baseline that carries the current delay forward."""
    time_s = matched.report.time_s
    ahead_s = progress.ahead_s()
    stops = np.flatnonzero(progress.stops_m > matched.along_m)
    said = model.predict(ahead_s[stops], progress.signals(time_s))
    clock_s = np.array(matched.trip.stop_clock_s)
    late_s = progress.timetable_delay_s(time_s)
    baseline_s = matched.trip.midnight_s + clock_s[stops] + late_s - time_s
    return Forecast(matched, stops, said.seconds, said.lower_s, said.upper_s, baseline_s)


def _columns(signals: list[Signals]) -> Signals:
    return Signals(*(np.array(column, dtype=float) for column in zip(*signals, strict=True)))
