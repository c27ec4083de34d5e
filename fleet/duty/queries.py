"""Reads: drivers' logs, what they may still drive, and who is signed in where."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from fleet.duty.models import DutyStretch, SignIn
from fleet.duty.permissions import VIEW_DUTY
from fleet.people.models import Driver, User
from fleet.people.queries import drivers_for
from fleet.regulations.profile import HERE
from fleet.regulations.queries import NoProfileError, profile_for
from telematics.duty.left import TimeLeft, time_left
from telematics.duty.rules import LAWS, Numbers, Rules
from telematics.duty.timeline import (
    Activity,
    Interval,
    Stretch,
    Timeline,
    make_timeline,
    with_rest_for_unknown,
)

COUNTED = timedelta(days=15)
"""How far back driving counts at most: a fortnight, and the day that it began in."""


def rules_on(numbers: Numbers) -> Rules:
    """The rules of the country that this installation runs in."""
    return LAWS[HERE.partition("-")[0]](numbers, timezone.get_default_timezone())


def stretches_of(drivers: Collection[int], since: datetime, until: datetime) -> QuerySet[DutyStretch]:
    """The logs of drivers in a span of time, in order."""
    rows = DutyStretch.objects.filter(driver__in=drivers, since__lt=until, until__gt=since)
    return rows.select_related("bus").order_by("driver", "since")


def timeline_of(driver: int, since: datetime, until: datetime) -> tuple[Timeline, dict[Interval, int | None]]:
    """A driver's log as rules take it, and the certified capacity of the bus in each stretch of driving."""
    rows = list(stretches_of([driver], since, until))
    seats = {
        Interval(int(one.since.timestamp()), int(one.until.timestamp())): one.bus.certified_capacity
        for one in rows
        if one.bus
    }
    return timeline(rows, since, until), seats


def timeline(rows: Iterable[DutyStretch], since: datetime, until: datetime) -> Timeline:
    """Rows of one driver's log as a timeline."""
    facts = [
        Stretch(int(one.since.timestamp()), int(one.until.timestamp()), Activity(one.activity))
        for one in rows
    ]
    return make_timeline(facts, int(since.timestamp()), int(until.timestamp()))


def timelines_of(drivers: Collection[int], until: datetime) -> dict[int, Timeline]:
    """What counts of the logs of drivers up to a moment, by driver, in one query."""
    since = until - COUNTED
    rows: dict[int, list[DutyStretch]] = defaultdict(list)
    for one in stretches_of(drivers, since, until):
        rows[one.driver_id].append(one)
    return {driver: timeline(rows[driver], since, until) for driver in drivers}


def driving_time_left(driver: Driver, at: datetime) -> list[TimeLeft]:
    """How much longer a driver may drive without a pause from a moment on, by rule; the tightest first.

    Time of which nothing is known is taken as rest: nobody is kept from driving by what nobody knows.

    Args:
        driver: who would drive.
        at: the moment; what lies between the log's end and it is unknown.

    Raises:
        NoProfileError: where no regulation profile is in force on that day.
    """
    return left_of(timelines_of([driver.pk], at)[driver.pk], at)


def left_of(log: Timeline, at: datetime) -> list[TimeLeft]:
    """The same, of a log that was read."""
    rules = rules_on(profile_for(HERE, timezone.localdate(at)).numbers)
    return time_left(with_rest_for_unknown(log), rules, int(at.timestamp()))


NO_LIMIT_MIN = 24 * 60.0


def driving_left_at(asked: Collection[tuple[int, datetime]]) -> dict[tuple[int, datetime], float]:
    """Minutes that drivers may still drive at some moments of one day, in as many queries for many as for one.

    Args:
        asked: (driver id, moment) pairs.

    Raises:
        NoProfileError: where no regulation profile is in force.
    """
    if not asked:
        return {}
    last = max(moment for _driver, moment in asked)
    rules = rules_on(profile_for(HERE, timezone.localdate(last)).numbers)
    logs = timelines_of({driver for driver, _moment in asked}, last)
    return {
        (driver, moment): min(
            (
                one.left_s / 60
                for one in time_left(with_rest_for_unknown(logs[driver]), rules, int(moment.timestamp()))
            ),
            default=NO_LIMIT_MIN,
        )
        for driver, moment in asked
    }


@dataclass(frozen=True)
class Standing:
    """Where a driver stands.

    Attributes:
        driver: who.
        signed: on which bus they are signed in, where they are.
        now: what they are doing, as far as is known.
        left: how much longer they may drive, by rule, the tightest first.
    """

    driver: Driver
    signed: SignIn | None
    now: Activity
    left: list[TimeLeft]

    @property
    def tightest(self) -> TimeLeft | None:
        """What sets how long they may drive on."""
        return self.left[0] if self.left else None


def standings(person: User, now: datetime) -> list[Standing]:
    """The drivers in a person's reach, those with the least time left first; as many queries for many as for one."""
    drivers = list(drivers_for(person, VIEW_DUTY).current())
    signed = {
        one.driver_id: one
        for one in SignIn.objects.current()
        .filter(driver__in=[driver.pk for driver in drivers], until__isnull=True)
        .select_related("bus")
    }
    logs = timelines_of([driver.pk for driver in drivers], now)
    try:
        rules = rules_on(profile_for(HERE, timezone.localdate(now)).numbers)
    except NoProfileError:
        rules = ()
    found = [
        Standing(
            driver,
            signed.get(driver.pk),
            activity_at(logs[driver.pk]),
            time_left(with_rest_for_unknown(logs[driver.pk]), rules, int(now.timestamp())),
        )
        for driver in drivers
    ]
    return sorted(found, key=lambda one: one.tightest.left_s if one.tightest else 0)


FRESH_S = 300
"""The log is made anew each minute; what it said last counts for so long."""


def activity_at(log: Timeline) -> Activity:
    """What a driver does at the end of a log, as far as is known."""
    for one in reversed(log):
        if log[-1].end_s - one.end_s > FRESH_S:
            break
        if one.activity is not Activity.UNKNOWN:
            return one.activity
    return Activity.UNKNOWN


def drivers_at_wheel(buses: Collection[int], now: datetime) -> dict[int, SignIn]:
    """Who is signed in on buses, by bus.

    Args:
        buses: their ids.
        now: the present.
    """
    signed = SignIn.objects.current().filter(bus__in=buses, until__isnull=True, since__lte=now)
    return {one.bus_id: one for one in signed.select_related("driver")}


def bus_of_driver(driver: int | None, now: datetime) -> int | None:
    """The bus that a driver is signed in on."""
    signed = SignIn.objects.current().filter(driver=driver, until__isnull=True, since__lte=now)
    found: int | None = signed.values_list("bus", flat=True).first()
    return found
