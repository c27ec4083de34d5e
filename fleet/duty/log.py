"""Writes: drivers' logs and what the law finds in them, made anew from their sources; doing it again changes nothing.

A late report, a corrected sign-in or a withdrawn entry has the stretch of time behind it made anew, so the log is the
same in whatever order its sources became known.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from fleet.duty.collect import log_of, moment, motion_of, seconds, span_of, trips_in
from fleet.duty.judge import driver_episodes, unidentified_episode
from fleet.duty.models import DutyStretch, SignIn
from fleet.duty.queries import rules_on, timeline_of
from fleet.duty.sources import Piece, without
from fleet.findings.changes import About, reconcile
from fleet.findings.models import Rule
from fleet.people.drivers import Driver
from fleet.regulations.profile import HERE
from fleet.regulations.queries import NoProfileError, profile_for
from telematics.duty.finding import DutyRule
from telematics.duty.timeline import Activity, Interval

LOOKED_BACK = timedelta(days=15)
"""A fortnight of driving can count in a finding, and the day that it began in."""
LIVE_FOR = timedelta(minutes=10)
WARNING = Rule.DRIVING_TIME_WARNING.value
DUTY_RULES = (*(rule.value for rule in DutyRule), WARNING)


@transaction.atomic
def rebuild(driver: int, since: datetime, now: datetime) -> None:
    """Make a driver's log anew from a moment on, and the findings that it gives.

    Args:
        driver: id.
        since: what was before is as it was.
        now: the present.
    """
    Driver.objects.select_for_update().get(pk=driver)
    store(driver, Interval(seconds(since), seconds(now)), log_of(driver, since, now, now))
    judge(driver, since - LOOKED_BACK, now)


def store(driver: int, span: Interval, pieces: Sequence[Piece]) -> None:
    """Put pieces in the place of a driver's log in a span of time; rows that reach out of it are cut."""
    if span.length_s <= 0:
        return
    touching = DutyStretch.objects.filter(
        driver=driver, since__lte=moment(span.end_s), until__gte=moment(span.start_s)
    )
    before = [
        Piece(seconds(one.since), seconds(one.until), Activity(one.activity), one.bus_id) for one in touching
    ]
    kept = [
        Piece(part.start_s, part.end_s, one.activity, one.bus)
        for one in before
        for part in without(Interval(one.start_s, one.end_s), [span])
    ]
    after = joined(sorted([*kept, *pieces]))
    if after == sorted(before):
        return
    touching.delete()
    DutyStretch.objects.bulk_create(
        DutyStretch(
            driver_id=driver,
            bus_id=one.bus,
            since=moment(one.start_s),
            until=moment(one.end_s),
            activity=one.activity.value,
        )
        for one in after
    )


def joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Adjoining pieces of the same activity and bus as one."""
    found: list[Piece] = []
    for one in pieces:
        last = found[-1] if found else None
        if last and (last.end_s, last.activity, last.bus) == (one.start_s, one.activity, one.bus):
            found[-1] = last._replace(end_s=one.end_s)
        else:
            found.append(one)
    return found


def judge(driver: int, since: datetime, now: datetime) -> None:
    """Make a driver's findings those that the log gives, as far as they began in it from a moment on."""
    try:
        profile = profile_for(HERE, timezone.localdate(now))
    except NoProfileError:
        return
    timeline, buses = timeline_of(driver, since - LOOKED_BACK, now)
    told = driver_episodes(timeline, buses, rules_on(profile.numbers), profile.numbers, now)
    subject = f"driver:{driver}"
    reconcile(
        [(About(subject, driver=driver), one) for one in told if one.started_at >= since],
        subjects=[subject],
        rules=DUTY_RULES,
        since=since,
        profile=profile.code,
        now=now,
        live_for=LIVE_FOR,
    )


def find_unidentified(since: datetime, now: datetime) -> int:
    """Make the findings of trips of which nobody knows who drove them; gives how many there are.

    Args:
        since: trips that were to run from then on.
        now: the present.
    """
    trips = list(trips_in(since, now).filter(bus__isnull=False))
    told = []
    for trip in trips:
        if trip.driver_id is not None or trip.bus_id is None:
            continue
        span = span_of(trip, now)
        if span.length_s == 0:
            continue
        signed = SignIn.objects.current().filter(bus=trip.bus_id, since__lt=moment(span.end_s))
        taken = [
            Interval(seconds(one.since), seconds(one.until or now))
            for one in signed
            if one.until is None or seconds(one.until) > span.start_s
        ]
        moving = [one for one in motion_of(trip.bus_id, span) if one.activity is Activity.DRIVING]
        alone = [
            part
            for one in moving
            for part in without(Interval(max(one.start_s, span.start_s), min(one.end_s, span.end_s)), taken)
            if part.length_s > 0
        ]
        if alone:
            about = About(f"trip:{trip.pk}", bus=trip.bus_id, trip=trip.pk)
            told.append((about, unidentified_episode(alone, now)))
    if trips:
        reconcile(
            told,
            subjects=[f"trip:{trip.pk}" for trip in trips],
            rules=[Rule.UNIDENTIFIED_DRIVER.value],
            since=min(moment(span_of(trip, now).start_s) for trip in trips),
            profile="",
            now=now,
            live_for=LIVE_FOR,
        )
    return len(told)
