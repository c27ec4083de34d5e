"""Writes: what past trips teach about the roads, and how far off predictions are; once a night, from stops' times.

The roads are learned from every trip whose stops were seen. How wide ranges have to be is learned on the newest
third of the days, with roads that only the days before have taught: no prediction is judged by what it learned from.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from fleet.trips.models import StopVisit, Trip, TripState
from fleet.trips.predictor import Learned
from fleet.trips.timetables import planned_trip
from telematics.prediction.arrivals import ArrivalModel
from telematics.prediction.pace import PaceBook, Passing
from telematics.prediction.progress import Progress, Roads
from telematics.timetable import PlannedTrip

DAYS = 60
"""Older days teach nothing: timetables, roadworks and seasons change."""
FOR_RANGES = 3
"""Of the days, the newest one in so many teaches how wide ranges have to be."""


@dataclass(frozen=True)
class Seen:
    """A past trip, with the times at which its stops were reached.

    Attributes:
        day: service day.
        planned: as it was planned.
        times: Unix seconds by number of the stop; those that are not known are left out.
    """

    day: date
    planned: PlannedTrip
    times: dict[int, float]


def seen_trips(first: date, last: date) -> Iterator[Seen]:
    """The trips of some days that have ended, with what was seen of their stops."""
    trips = Trip.objects.filter(
        service_date__range=(first, last), state__in=(TripState.CLOSING, TripState.CLOSED)
    )
    visits: dict[int, list[StopVisit]] = defaultdict(list)
    for visit in StopVisit.objects.filter(trip__in=trips).order_by("trip", "order").iterator(chunk_size=2000):
        visits[visit.trip_id].append(visit)
    for trip in trips.order_by("service_date", "pk"):
        stops = visits[trip.pk]
        reached = ((number, one.arrived_at or one.departed_at) for number, one in enumerate(stops))
        times = {number: at.timestamp() for number, at in reached if at}
        if len(times) > 1:
            yield Seen(trip.service_date, planned_trip(trip, stops), times)


def passings_of(seen: Seen, roads: Roads) -> Iterator[Passing]:
    """The stretches between stops that were both reached, each with its planned share of the time between."""
    pattern = seen.planned.pattern
    stretches = roads.stretches(pattern)
    planned_s = roads.planned_s(seen.planned)
    middles_m = (stretches.edges_m[:-1] + stretches.edges_m[1:]) / 2
    for (before, left_s), (after, came_s) in pairwise(sorted(seen.times.items())):
        between = np.flatnonzero(
            (middles_m > pattern.stops[before].at_m) & (middles_m <= pattern.stops[after].at_m)
        )
        whole_s = float(planned_s[between].sum())
        if whole_s <= 0 or came_s <= left_s:
            continue
        clock_s = left_s - seen.planned.midnight_s
        for number in between:
            taken_s = float(planned_s[number]) * (came_s - left_s) / whole_s
            yield Passing(
                stretches.keys[int(number)], seen.planned.day_kind, clock_s, float(planned_s[number]), taken_s
            )
            clock_s += taken_s


def learn(seen: Sequence[Seen]) -> Learned | None:
    """What past trips teach; None where there are none."""
    if not seen:
        return None
    roads = Roads({})
    days = sorted({one.day for one in seen})
    from_day = days[-max(len(days) // FOR_RANGES, 1)]
    before = [one for one in seen if one.day < from_day]
    judged = [one for one in seen if one.day >= from_day]
    model = ArrivalModel()
    book = PaceBook(all_passings(before, roads))
    pairs = [pair for one in judged for pair in expected_and_actual(one, roads, book, model)]
    if pairs and before:
        centre_s, actual_s = np.array(pairs).T
        model.learn_range(centre_s, actual_s)
    return Learned(all_passings(seen, roads), model.range_ends.tolist(), len(pairs))


def all_passings(seen: Iterable[Seen], roads: Roads) -> list[Passing]:
    """The passings of many trips."""
    return [passing for one in seen for passing in passings_of(one, roads)]


def expected_and_actual(
    seen: Seen, roads: Roads, book: PaceBook, model: ArrivalModel
) -> Iterator[tuple[float, float]]:
    """At each stop reached, for each one after it: seconds expected, and what it took."""
    progress = Progress(seen.planned, roads, book)
    reached = sorted(seen.times.items())
    for place, (number, at_s) in enumerate(reached):
        progress.report(at_s, seen.planned.pattern.stops[number].at_m)
        ahead_s = progress.ahead_s()
        centre_s = model.centre_s(ahead_s, progress.signals(at_s))
        for later, came_s in reached[place + 1 :]:
            yield float(centre_s[later]), came_s - at_s


def learn_from(today: date) -> Learned | None:
    """What the days before today teach."""
    return learn(list(seen_trips(today - timedelta(days=DAYS), today - timedelta(days=1))))
