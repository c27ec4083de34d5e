"""The follower, with all rules on trips: shuffled, repeated, split, delayed reports and taps give what order gives.

Each example is a random day twice, in the database, and is taken back afterwards.
"""

import random
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet.findings.models import Finding
from fleet.ledger.changes import record_pupil
from fleet.ledger.models import PupilDeed
from fleet.trips.changes import dispatch_trip
from fleet.trips.follower import Follower
from fleet.trips.models import Tracking
from fleet.trips.recount import follow_recounted
from telematics.pipeline import ingest
from telematics.rules.trip.day import RULES
from tests.fleet.builders import RULEBOOK, database_log
from tests.pupils.builders import assigned, pupil
from tests.telematics.builders import arrival
from tests.telematics.trip_rules.days import MPS, STOP_M, Seen, Way, cut, trip_days
from tests.trips.builders import MONDAY, gate_check, line, trips_on
from tests.trips.drives import LONG_AGO, device_in, report
from tests.trips.limiters import limiter

pytestmark = pytest.mark.django_db

QUICK = settings(
    max_examples=8, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
DROPPED = [{}, {}, {"rules": b""}, {"rules": b"\xc1"}, {"state": b""}]
ASIDE = ("subject", "bus_id", "trip_id", "driver_id", "rule", "started_at", "last_at", "ended_at", "peak", "limit",
         "severity", "details", "evidence", "article")  # fmt: skip


class Tap(tuple[PupilDeed, datetime]):
    """A child gets on or off."""


@pytest.fixture
def one(db):
    made = line()
    limiter(made, begins_m=300, ends_m=1_900, limit_kmh=25, since=LONG_AGO)
    child = pupil(made.where)
    assigned(made.where, child, made.pattern, 2)
    return made, child, device_in(made.bus).identifier


@pytest.fixture
def trip(one):
    (made,) = trips_on(MONDAY)
    gate_check(made)
    return dispatch_trip(trip=made, by=one[0].where.coordinator)


def fixes(trip, day: list[Seen]):
    stretched = trip.visits.get(order=2).distance_m / STOP_M
    return [
        report(
            trip.starts_at + timedelta(seconds=seen.seconds), seen.metres * stretched, seen.mps, seen.aside_m
        )
        for seen in day
    ]


class Story:
    """A day as it is told to the system, in batches."""

    def __init__(self, one, trip) -> None:
        (self.line, self.child, self.unit), self.trip = one, trip
        self.log = database_log()
        self.follower = Follower(lambda: trip.ends_at + timedelta(hours=3))

    def hears(self, batch) -> None:
        reports = [thing for thing in batch if not isinstance(thing, Tap)]
        for deed, at in (thing for thing in batch if isinstance(thing, Tap)):
            by = self.line.where.coordinator
            record_pupil(trip=self.trip, pupil=self.child, deed=deed, by=by, at=at)
        ingest([arrival(fix, self.unit, 1) for fix in reports], self.log, RULEBOOK)
        self.follower.follow({self.trip.bus_id}, self.log.stored.late)

    def found(self):
        """What stands, once everything has come."""
        follow_recounted(self.trip.ends_at + timedelta(hours=3))
        found = Finding.objects.filter(rule__in=RULES, withdrawn_at=None)
        return sorted(found.values_list(*ASIDE), key=str)


def told(one, trip, batches, drops=()):
    """What is found of a story; nothing of it stays in the database."""
    with transaction.atomic():
        story = Story(one, trip)
        for number, batch in enumerate(batches):
            story.hears(batch)
            if number < len(drops) and drops[number]:
                Tracking.objects.update(**drops[number])
        found = story.found()
        transaction.set_rollback(True)
    return found


@given(data=st.data())
@QUICK
def test_the_order_of_arrival_of_reports_and_taps_does_not_matter(one, trip, data):
    reports = fixes(trip, data.draw(trip_days(most=4)))
    times = st.sampled_from([fix.time for fix in reports])
    boards, leaves = sorted(data.draw(st.lists(times, min_size=2, max_size=2)))
    taps = [Tap((PupilDeed.BOARDING, boards)), Tap((PupilDeed.ALIGHTING, leaves))]
    taps = data.draw(st.sampled_from([taps, taps[:1], []]))
    in_order = told(one, trip, [[*taps, *reports]])
    again = data.draw(st.lists(st.sampled_from(reports), max_size=6))
    batches = cut(data.draw, data.draw(st.permutations([*taps, *reports, *again])))
    drops = data.draw(st.lists(st.sampled_from(DROPPED), max_size=len(batches)))
    assert told(one, trip, batches, drops) == in_order


def early_and_driven_on() -> Way:
    way = Way(-300)
    way.stand(20, 10)
    for stop in (1, 2):
        way.drive(stop * STOP_M)
        way.stand(20, 10)
    way.drive(2_400)
    way.stand(300, 20)
    way.drive(3 * STOP_M)
    way.stand(60, 10)
    way.drive(3 * STOP_M + 200 * MPS, aside_m=800)
    return way


def around_a_stop() -> Way:
    way = Way(0)
    way.stand(20, 10)
    way.drive(STOP_M - 400)
    way.drive(STOP_M + 400, aside_m=250)
    way.drive(2 * STOP_M)
    return way


def back_to_a_stop() -> Way:
    way = Way(0)
    way.stand(20, 10)
    way.drive(2 * STOP_M)
    way.stand(20, 10)
    way.drive(STOP_M)
    way.stand(30, 10)
    way.drive(2 * STOP_M)
    return way


EVENTFUL = {
    early_and_driven_on: {"early_departure", "speed_limiter", "unapproved_stop", "pupils_outside_trip"},
    around_a_stop: {"missed_stop", "route_deviation", "speed_limiter"},
    back_to_a_stop: {"wrong_order", "speed_limiter"},
}


def test_the_eventful_days_have_something_for_every_rule():
    assert set().union(*EVENTFUL.values()) == RULES


@pytest.mark.parametrize("drive", EVENTFUL)
def test_an_eventful_day_is_found_whatever_comes_first(one, trip, drive):
    reports = fixes(trip, drive().seen)
    told_of = [Tap((PupilDeed.BOARDING, reports[0].time)), *reports]
    in_order = told(one, trip, [told_of])
    assert {found[ASIDE.index("rule")] for found in in_order} == EVENTFUL[drive]
    for seed in range(2):
        shuffled = random.Random(seed).sample(told_of, len(told_of))
        assert told(one, trip, [shuffled[:20], shuffled[20:50], shuffled[50:]]) == in_order
