"""Writes: trips advanced by the reports of their buses: stops, state, where they are, when they are expected.

The reports of a bus on a day are matched against all of its trips of that day together, so that two runs over the
same road are told apart. What the matching remembers is a cache of the log: when a report comes late, or a trip gets
another bus, the day is matched again from its beginning, which gives what the order of events gives.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import msgspec
from django.db import transaction
from django.utils import timezone

from fleet.family.changed import family_changed
from fleet.findings.models import Finding
from fleet.ledger.aboard import counted_on_day
from fleet.trips.changes import RAN_UNLET, record, step_taken
from fleet.trips.models import PredictionSample, Progress, StopVisit, Tracking, Trip, TripEvent, TripState
from fleet.trips.predictor import PredictedStop, Predictor
from fleet.trips.reports import reports_of_bus
from fleet.trips.rules import calls_of, limiters_of, plan_of, route_exceptions, tell
from fleet.trips.states import Situation, Step
from fleet.trips.timetables import planned_trip
from fleet.trips.visits import (
    FIELDS,
    arrived_last,
    departed_first,
    forget,
    is_under_way,
    leave_unknown,
    take_call,
    take_position,
)
from fleet.turns import in_turns
from telematics.fix import Fix
from telematics.match import Candidates, MatchState, Position, step
from telematics.rules.episode import ReportKey
from telematics.rules.trip import day as rules
from telematics.rules.trip.aboard import CountedDay
from telematics.rules.trip.day import DayState
from telematics.rules.trip.plan import Plan
from telematics.timetable import PlannedTrip

BEFORE = timedelta(minutes=45)
"""Reports so long before the first departure of the day are matched: a bus goes to its first stop."""
AFTER = timedelta(hours=2)
"""Reports so long after the planned end of the last trip are matched: so late a trip may be."""
FRESH = timedelta(minutes=1)
"""Of older reports no predictions are kept as samples: nobody could have seen them."""

decode_state = msgspec.msgpack.Decoder(MatchState).decode
decode_rules = msgspec.msgpack.Decoder(DayState).decode


class Advanced(NamedTuple):
    """What reports have brought.

    Attributes:
        trips: ids of the trips of which something is known anew.
        findings: what is found, or has changed.
        withdrawn: findings that the reports no longer bear out.
    """

    trips: set[int]
    findings: list[Finding]
    withdrawn: list[Finding]


NOTHING = Advanced(set(), [], [])


class Remembered(NamedTuple):
    """What is remembered of a bus on a day."""

    match: MatchState
    rules: DayState


@dataclass
class Followed:
    """A trip while it is followed."""

    trip: Trip
    visits: list[StopVisit]
    planned: PlannedTrip
    progress: Progress
    newest: tuple[ReportKey, Position] | None = None
    under_way_at: datetime | None = None
    is_touched: bool = False
    is_over: bool = False


@dataclass
class BusDay:
    """A bus with its trips of a day, in the order in which the matching numbers them, and as the rules take them."""

    tracking: Tracking
    followed: list[Followed]
    late_since: datetime | None = None
    by_id: dict[str, Followed] = field(init=False)
    plans: dict[str, Plan] = field(default_factory=dict)
    counted: CountedDay | None = None

    def __post_init__(self) -> None:
        self.by_id = {one.planned.trip_id: one for one in self.followed}

    @property
    def since(self) -> datetime:
        """The first moment whose reports count."""
        return self.followed[0].trip.starts_at - BEFORE

    @property
    def until(self) -> datetime:
        """The last one."""
        return max(one.trip.ends_at for one in self.followed) + AFTER

    @property
    def key(self) -> ReportKey | None:
        """The newest report that was taken."""
        if self.tracking.reported_at is None or self.tracking.digest is None:
            return None
        return ReportKey(self.tracking.reported_at, self.tracking.digest)

    def pupils_at(self, time: datetime) -> int | None:
        """Who was aboard; remembers that it was asked, for whoever counts late."""
        if self.counted is None:
            trips = [one.trip for one in self.followed]
            self.counted = counted_on_day(self.tracking.bus_id, trips, self.since, self.until)
        self.tracking.asked_at = time
        return self.counted.at(time)

    @property
    def has_to_begin_anew(self) -> bool:
        """Whether the past is another than the one that was matched."""
        newest = self.tracking.reported_at
        late = newest is not None and self.late_since is not None and self.late_since <= newest
        return late or self.tracking.trips != [one.trip.pk for one in self.followed]


def follow(
    buses: Iterable[int], predictor: Predictor, now: datetime, late: dict[int, datetime] | None = None
) -> Advanced:
    """Advance the trips of some buses by what has been reported since.

    Args:
        buses: that have reported.
        predictor: knows the trips under way.
        now: the present.
        late: by bus, the oldest event time of reports that came late.
    """
    late = late or {}
    predictor.refresh()
    days = {timezone.localtime(time).date() for time in (now, *late.values())}
    whole = Advanced(set(), [], [])
    for bus, day in in_turns(sorted((bus, day) for bus in {*buses, *late} for day in days)):
        trips, findings, withdrawn = follow_bus(bus, day, predictor, now, late.get(bus))
        whole.trips.update(trips)
        whole.findings.extend(findings)
        whole.withdrawn.extend(withdrawn)
    family_changed(whole.trips)
    return whole


@transaction.atomic
def follow_bus(
    bus: int, day: date, predictor: Predictor, now: datetime, late_since: datetime | None = None
) -> Advanced:
    """Advance the trips of a bus on a day, in one transaction."""
    one = bus_day(bus, day, late_since)
    if one is None or one.since > now:
        return NOTHING
    state = prepared(one, predictor)
    is_anew = one.tracking.reported_at is None
    one.plans = plans_of(one, predictor)
    candidates = Candidates([each.planned for each in one.followed], predictor.line)
    newest = None
    for fix in reports_of_bus(bus, one.since, min(one.until, now), one.key):
        state, newest = advanced(one, state, fix, candidates, predictor), fix
    if newest is None:
        return NOTHING
    told, findings, withdrawn = tell_findings(one, state.rules, now, is_anew=is_anew)
    keep_tracking(one, state.match, told, newest)
    begun = [number for number, each in enumerate(one.followed) if each.newest and each.under_way_at]
    for each in one.followed[: begun[-1] if begun else 0]:
        give_up(each, bus)
    touched = [each for each in one.followed if each.is_touched]
    for each in touched:
        keep(each, predictor, now)
    return Advanced({each.trip.pk for each in touched}, findings, withdrawn)


def bus_day(bus: int, day: date, late_since: datetime | None = None) -> BusDay | None:
    """A bus with its trips of a day, locked; None where it has none."""
    trips = lock_trips_of(bus, day)
    stops: dict[int, list[StopVisit]] = defaultdict(list)
    for visit in StopVisit.objects.filter(trip__in=trips).order_by("trip", "order"):
        stops[visit.trip_id].append(visit)
    trips = [trip for trip in trips if stops[trip.pk]]
    if not trips:
        return None
    progress = Progress.objects.in_bulk([trip.pk for trip in trips])
    tracking, _ = Tracking.objects.get_or_create(bus_id=bus, service_date=day)
    followed = [
        Followed(
            trip,
            stops[trip.pk],
            planned_trip(trip, stops[trip.pk]),
            progress.get(trip.pk) or Progress(trip=trip),
        )
        for trip in trips
    ]
    return BusDay(tracking, followed, late_since)


def lock_trips_of(bus: int, day: date) -> list[Trip]:
    """The trips of a bus's day, locked, always in the same order."""
    found = Trip.objects.filter(bus=bus, service_date=day).exclude(state=TripState.CANCELLED)
    return list(found.select_for_update(of=("self",)).order_by("starts_at", "pk"))


def prepared(one: BusDay, predictor: Predictor) -> Remembered:
    """What is gone on from; where the past is another, nothing, and the stops are as if never reached."""
    if not one.has_to_begin_anew and one.tracking.state:
        try:
            return Remembered(decode_state(one.tracking.state), decode_rules(one.tracking.rules))
        except msgspec.DecodeError:
            pass
    one.tracking.reported_at = one.tracking.digest = one.tracking.asked_at = None
    one.tracking.trips = [each.trip.pk for each in one.followed]
    for each in one.followed:
        each.is_touched = forget(each.visits, one.tracking.bus_id)
        predictor.begin_anew(each.planned)
    return Remembered(MatchState(), DayState())


def plans_of(one: BusDay, predictor: Predictor) -> dict[str, Plan]:
    """The trips of a bus's day as the rules take them."""
    exceptions = route_exceptions(each.trip for each in one.followed)
    limiters = limiters_of(each.trip for each in one.followed)
    return {
        each.planned.trip_id: plan_of(
            each.trip,
            each.visits,
            predictor.line(each.planned),
            exceptions.get(each.trip.pk, ""),
            limiters.get(each.trip.pattern_id, ()),
        )
        for each in one.followed
    }


def tell_findings(
    one: BusDay, state: DayState, now: datetime, *, is_anew: bool
) -> tuple[DayState, list[Finding], list[Finding]]:
    """Store what the rules find on a bus's day, where it is another than was last told."""
    trips = [each.trip for each in one.followed]
    calls = [
        call
        for each in one.followed
        for call in calls_of(each.trip, each.visits, one.plans[each.planned.trip_id], one.tracking.bus_id)
    ]
    return tell(
        state,
        calls,
        trips,
        bus=one.tracking.bus_id,
        day=one.tracking.service_date,
        now=now,
        is_anew=is_anew,
    )


def advanced(
    one: BusDay, state: Remembered, fix: Fix, candidates: Candidates, predictor: Predictor
) -> Remembered:
    """Take the bus's next report."""
    after, position, calls = step(state.match, fix, candidates)
    for call in calls:
        called = one.by_id[call.trip_id]
        take_call(called.visits, call, one.tracking.bus_id)
        called.is_touched = True
    here = one.by_id.get(position.trip_id) if position and position.trip_id else None
    if position and here:
        key = ReportKey.of(fix)
        take_position(here.visits, position, key, one.tracking.bus_id)
        predictor.take(here.planned, fix.time.timestamp(), position.along_m)
        here.newest, here.is_touched = (key, position), True
        if here.under_way_at is None and is_under_way(here.visits, position):
            here.under_way_at = fix.time
    return Remembered(after, rules.step(state.rules, fix, position, one.plans, pupils_at=one.pupils_at))


def keep_tracking(one: BusDay, match: MatchState, told: DayState, newest: Fix) -> None:
    """Store what the matching and the rules remember."""
    one.tracking.reported_at, one.tracking.digest = newest.time, newest.digest
    one.tracking.state = msgspec.msgpack.encode(match)
    one.tracking.rules = msgspec.msgpack.encode(told)
    one.tracking.save()


def keep(each: Followed, predictor: Predictor, now: datetime) -> None:
    """Store what is known of a trip: its stops, its state, where it is, and when it is expected."""
    StopVisit.objects.bulk_update(each.visits, FIELDS)
    take_steps(each)
    if each.newest is None:
        return
    key, position = each.newest
    progress = each.progress
    progress.reported_at, progress.distance_m, progress.phase = key.time, position.along_m, position.phase
    is_open = each.trip.state in (TripState.PLANNED, TripState.DISPATCHED, TripState.RUNNING)
    orders = [visit.order for visit in each.visits]
    told = predictor.predicted(each.planned, key.time.timestamp(), orders) if is_open else []
    progress.predictions = [one._asdict() for one in told]
    if is_open and now - key.time <= FRESH:
        keep_samples(progress, told, key.time)
    if told:
        progress.predicted_at = key.time
    progress.save()
    if not is_open:
        predictor.begin_anew(each.planned)


def give_up(each: Followed, bus: int) -> None:
    """End a trip whose bus was seen on a later one: nobody knows of the stops that were ahead."""
    if each.trip.state == TripState.RUNNING or each.under_way_at:
        each.is_over = each.is_touched = True
        leave_unknown(each.visits, bus)


def take_steps(each: Followed) -> None:
    """Have the trip's state follow what was seen. One that nobody let go stays planned, and its history says so."""
    trip, started_at = each.trip, departed_first(each.visits) or each.under_way_at
    if started_at and trip.state == TripState.DISPATCHED:
        step_taken(trip, Step.START, Situation(), by=None, started_at=started_at)
    elif started_at and trip.state == TripState.PLANNED and not was_told_of(trip):
        record(trip, RAN_UNLET, by=None, details={"at": started_at.isoformat()})
    ended_at = arrived_last(each.visits)
    if (ended_at or each.is_over) and trip.state == TripState.RUNNING:
        step_taken(trip, Step.ARRIVE, Situation(), by=None, ended_at=ended_at)


def was_told_of(trip: Trip) -> bool:
    """Whether the trip's history has already that it runs without having been let go."""
    return TripEvent.objects.filter(trip=trip, kind=RAN_UNLET).exists()


def keep_samples(progress: Progress, told: list[PredictedStop], time: datetime) -> None:
    """Keep what is predicted, once a minute, to be held against what comes."""
    before = progress.predicted_at
    if before and before.replace(second=0, microsecond=0) == time.replace(second=0, microsecond=0):
        return
    PredictionSample.objects.bulk_create(
        (
            PredictionSample(
                trip_id=progress.trip_id,
                order=one.order,
                predicted_at=time,
                median_at=moment(one.median),
                low_at=moment(one.low),
                high_at=moment(one.high),
            )
            for one in told
        ),
        ignore_conflicts=True,
    )


def moment(unix_s: float) -> datetime:
    """The moment of a Unix time."""
    return datetime.fromtimestamp(unix_s, UTC)
