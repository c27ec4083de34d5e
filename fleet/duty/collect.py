"""Reads what tells what drivers did: sign-ins, trips, statements, and the reports of their buses."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from fleet.duty.models import SignIn, Statement
from fleet.duty.sources import AtWheel, Piece, activities, without
from fleet.trips.models import Trip, TripState
from fleet.trips.reports import reports_of_bus
from telematics.duty.motion import MotionLimits, Report, motion
from telematics.duty.timeline import Activity, Interval, Stretch
from telematics.fix import UNFIT_FOR_RULES

MOTION = MotionLimits()
OVERDUE = timedelta(hours=6)
"""A trip that nobody ended is taken to have ended so long after its planned end."""
SAID = timedelta(days=3)
"""What a driver said at a sign-out holds no longer than this."""


def seconds(moment: datetime) -> int:
    """Whole seconds since 1970, UTC."""
    return int(moment.timestamp())


def moment(at_s: int) -> datetime:
    """The moment of some seconds since 1970."""
    return datetime.fromtimestamp(at_s, UTC)


def log_of(driver: int, since: datetime, until: datetime, now: datetime) -> list[Piece]:
    """What is known of a driver in a span of time, from its sources.

    Args:
        driver: id.
        since: the span begins.
        until: and ends; what has not been yet is left out.
        now: the present.
    """
    span = Interval(seconds(since), seconds(min(until, now)))
    if span.length_s <= 0:
        return []
    signed = list(
        SignIn.objects.current()
        .filter(driver=driver, since__lt=until)
        .filter(Q(until__isnull=True) | Q(until__gt=since - SAID))
        .order_by("since")
    )
    trips = list(trips_in(since - SAID, until).filter(driver=driver, bus__isnull=False))
    foreign = foreign_sign_ins(driver, {one.bus_id for one in trips if one.bus_id}, since, until, now)
    at_wheel = [AtWheel(one.bus_id, seconds(one.since), seconds(one.until or now), False) for one in signed]
    for trip in trips:
        if trip.bus_id:
            elsewhere = [
                Interval(one.start_s, one.end_s)
                for one in at_wheel
                if not one.on_trip and one.bus != trip.bus_id
            ]
            spans = without(span_of(trip, now), [*foreign[trip.bus_id], *elsewhere])
            at_wheel += [AtWheel(trip.bus_id, *part, on_trip=True) for part in spans]
    said = [
        Stretch(seconds(one.since), seconds(one.until), Activity(one.activity))
        for one in Statement.objects.current().filter(driver=driver, since__lt=until, until__gt=since)
    ]
    present = [one for one in at_wheel if one.end_s > span.start_s and one.start_s < span.end_s]
    moved = {bus: motion_of(bus, span) for bus in sorted({one.bus for one in present})}
    return activities(present, moved, [*said, *after_sign_outs(signed, at_wheel, now)], span)


def trips_in(since: datetime, until: datetime) -> QuerySet[Trip]:
    """The trips that ran, or were to run, in a span of time."""
    return (
        Trip.objects.filter(starts_at__lt=until + OVERDUE, ends_at__gt=since - OVERDUE)
        .exclude(state=TripState.CANCELLED)
        .order_by("starts_at", "pk")
    )


def span_of(trip: Trip, now: datetime) -> Interval:
    """From when to when a trip has run, as its crew said; where they did not, as planned."""
    since = trip.started_at or trip.starts_at
    until = trip.ended_at
    if until is None:
        runs_on = trip.state in (TripState.RUNNING, TripState.CLOSING)
        until = min(now, trip.ends_at + OVERDUE) if runs_on else trip.ends_at
    return Interval(seconds(since), max(seconds(min(until, now)), seconds(since)))


def foreign_sign_ins(
    driver: int, buses: set[int], since: datetime, until: datetime, now: datetime
) -> dict[int, list[Interval]]:
    """When others than a driver were signed in on buses: they drove, whomever the trip names."""
    found: dict[int, list[Interval]] = defaultdict(list)
    rows = SignIn.objects.current().filter(bus__in=buses, since__lt=until)
    rows = rows.filter(Q(until__isnull=True) | Q(until__gt=since - SAID)).exclude(driver=driver)
    for bus, start, end in rows.values_list("bus_id", "since", "until"):
        found[bus].append(Interval(seconds(start), seconds(end or now)))
    return found


def after_sign_outs(signed: list[SignIn], at_wheel: list[AtWheel], now: datetime) -> list[Stretch]:
    """What a driver said to do after each sign-out, until they were next with a bus."""
    found: list[Stretch] = []
    for one in signed:
        if one.until is None or not one.afterwards:
            continue
        start_s = seconds(one.until)
        later = [other.start_s for other in at_wheel if other.end_s > start_s and other.start_s >= start_s]
        end_s = min([seconds(min(now, one.until + SAID)), *later])
        if start_s < end_s:
            found.append(Stretch(start_s, end_s, Activity(one.afterwards)))
    return found


def motion_of(bus: int, span: Interval) -> list[Stretch]:
    """When a bus drove and stood in a span of time, by its reports."""
    reports = reports_of_bus(
        bus, moment(span.start_s - MOTION.context_s), moment(span.end_s + MOTION.context_s), None
    )
    fit = [
        Report(seconds(fix.time), fix.speed_mps, fix.lat, fix.lon)
        for fix in reports
        if not fix.verdicts & UNFIT_FOR_RULES
    ]
    return motion(fit, MOTION)
