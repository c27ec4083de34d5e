"""How many alarms a normal day of the demo's district brings before its coordinator, in each ten minutes.

The whole day is driven in fast motion through the real writer, follower, ledgers and periodic tasks, on a clock of
its own: every bus in the morning and in the afternoon, each trip let go by the gate, pupils boarding and getting off.
EEMUA 191 gives one alarm in ten minutes as what a person can handle for long. The last line is JSON::

    script/bench alarm_load [--step SECONDS] [--period SECONDS]
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING
from unittest import mock

from telematics.fix import Arrival
from telematics.simulator.district import demo_district
from telematics.simulator.school_days import driven_day
from tests.benchmarks.stage import Stage

if TYPE_CHECKING:
    from fleet.trips.models import Trip

TEN_MINUTES = timedelta(minutes=10)
SATURDAY = 5
TASK_EVERY = timedelta(minutes=1)
ASKED_BEFORE = timedelta(minutes=20)
"""The gate is asked so long before a trip leaves."""


class Clock:
    """The day's time, UTC."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The present."""
        return self.now


def arrivals_of(day: date, period_s: float) -> list[Arrival]:
    """What all units of the district report on a day, as it is made."""
    from django.utils import timezone

    zone, simulated = timezone.get_default_timezone(), demo_district()
    found = [
        Arrival(bus.device_id, fix, fix.time)
        for bus in simulated.buses[:-1]
        for fix in driven_day(simulated, bus, day, zone, period_s=period_s)
        if fix.time is not None
    ]
    return sorted(found, key=lambda one: one.received_at)


def slices(arrivals: list[Arrival], step: timedelta) -> Iterator[tuple[datetime, list[Arrival]]]:
    """The reports of each step, with the moment in which it ends."""
    first = arrivals[0].received_at

    def number(one: Arrival) -> int:
        return (one.received_at - first) // step

    for at, group in groupby(arrivals, number):
        yield first + (at + 1) * step, list(group)


def drive(day: date, clock: Clock, step: timedelta, period_s: float) -> int:
    """Drive the day; gives how many reports came in."""
    from fleet.alarms.tasks import escalate_alarms
    from fleet.duty.tasks import follow_duty
    from fleet.ingest.registry import Registry
    from fleet.ingest.tasks import watch_silences
    from fleet.ingest.writer import Writer
    from fleet.ledger.tasks import watch_ledgers
    from fleet.people.models import User
    from fleet.regulations.profile import current_rulebook
    from fleet.trips.follower import Follower
    from fleet.trips.models import Trip
    from fleet.trips.tasks import detect_substitutes
    from web.demo_people import ADMINISTRATOR
    from web.demo_riders import ride_along
    from web.demo_trips import let_go

    by = User.objects.get(username=ADMINISTRATOR)
    writer, follower = Writer(current_rulebook(), Registry(100)), Follower(clock=clock)
    waiting = list(Trip.objects.filter(service_date=day, departure__isnull=False).order_by("starts_at", "pk"))
    arrivals, tasks_at = arrivals_of(day, period_s), clock.now
    for now, batch in slices(arrivals, step):
        clock.now = now
        due = [trip for trip in waiting if trip.starts_at - ASKED_BEFORE <= now]
        waiting = waiting[len(due) :]
        let_go(due, by=by)
        stored = writer.store(batch)
        follower.follow(set(stored.positions), stored.late)
        ride_along(now)
        if now >= tasks_at:
            tasks_at = now + TASK_EVERY
            for task in (watch_silences, watch_ledgers, detect_substitutes, follow_duty, escalate_alarms):
                task()
    return len(arrivals)


def measure(day: date, clock: Clock, options: argparse.Namespace) -> dict[str, object]:
    """Drive a day, print its alarms, and give their load."""
    from django.utils import timezone

    from fleet.alarms.models import Alarm
    from fleet.alarms.queries import alarms_for, rate_by_ten_minutes
    from fleet.findings.models import Finding
    from fleet.people.models import User
    from fleet.trips.models import Trip

    reports = drive(day, clock, timedelta(seconds=options.step), options.period)
    coordinator = User.objects.get(username="coordinator")
    alarms = list(alarms_for(coordinator).select_related("bus").order_by("raised_at"))
    for one in alarms:
        print(f"{timezone.localtime(one.raised_at):%H:%M:%S}  {one.severity:<9} {one.rule:<22} {one.bus}")
    findings = Counter(Finding.objects.filter(withdrawn_at=None).values_list("rule", "severity"))
    trips = list(Trip.objects.filter(service_date=day, departure__isnull=False).order_by("starts_at"))
    served = [(first - TEN_MINUTES, last + TEN_MINUTES) for first, last in halves(trips)]
    counts = [count for since, until in served for count in rate_by_ten_minutes(alarms, since, until)]
    return {
        "day": day.isoformat(),
        "reports": reports,
        "trips": dict(Counter(trip.state for trip in trips)),
        "findings": {f"{rule} {severity}": number for (rule, severity), number in sorted(findings.items())},
        "alarms": Alarm.objects.count(),
        "by_rule": dict(Counter(one.rule for one in alarms)),
        "in_each_ten_minutes": counts,
        "mean_in_ten_minutes": round(sum(counts) / len(counts), 2),
        "most_in_ten_minutes": max(counts),
        "eemua_191": 1,
    }


def next_school_day(today: date) -> date:
    """The first Monday to Friday after a day."""
    return next(day for ahead in range(1, 4) if (day := today + timedelta(days=ahead)).weekday() < SATURDAY)


def halves(trips: Sequence["Trip"]) -> Iterator[tuple[datetime, datetime]]:
    """From when until when trips are under way, in the morning and in the afternoon."""
    noon = trips[0].starts_at + timedelta(hours=4)
    for _is_late, group in groupby(trips, lambda trip: trip.starts_at > noon):
        half = list(group)
        yield half[0].starts_at, max(trip.ends_at for trip in half)


def main() -> None:
    """Measure, and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", type=float, default=30.0, help="seconds that are taken together")
    parser.add_argument("--period", type=float, default=5.0, help="seconds from report to report")
    options = parser.parse_args()
    with Stage(sqlite=True):
        from django.utils import timezone

        from fleet.trips.models import Trip, TripState
        from web.demo import seed

        day = next_school_day(timezone.localdate())
        clock = Clock(datetime.combine(day, time(5), timezone.get_default_timezone()))
        with mock.patch("django.utils.timezone.now", clock):
            seed("a long enough password")
            extra = Trip.objects.filter(departure=None)
            extra.update(state=TripState.CANCELLED)  # what the demo's endless simulator would drive
            print(json.dumps(measure(day, clock, options), ensure_ascii=False))


if __name__ == "__main__":
    main()
