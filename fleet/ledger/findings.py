"""Writes: what a trip's ledger finds, told anew whenever something of it becomes known, and each minute.

Findings are about the trip, or about one pupil of it, whose guardians are told of no other child. Their details name
who caused them: they can't clear the alarm alone.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from fleet.family.pupil_notices import tell_not_in_class
from fleet.findings.changes import About, reconcile
from fleet.findings.models import Finding, Rule
from fleet.ledger.limits import left_aboard_limits, minutes_to_class, overloading_limits
from fleet.ledger.queries import (
    arrived_after_closing,
    closed_at,
    crew_of,
    occupancy_count,
    occupancy_reports,
    records_of,
)
from fleet.ledger.standing import ended_at
from fleet.pupils.models import Pupil
from fleet.regulations.profile import HERE
from fleet.regulations.queries import NoProfileError, RuleSet, profile_for
from fleet.trips.models import Trip, TripState
from fleet.turns import in_turns
from telematics.rules.counts_aboard import head_counts, named_counts
from telematics.rules.episode import Episode
from telematics.rules.ledger import Ledger, PupilState, ledger_of
from telematics.rules.ledger_episodes import contradicting_counts, missing_in_class, unexpected_riders
from telematics.rules.ledger_records import TripRecords
from telematics.rules.left_aboard import OpenTrip, left_aboard
from telematics.rules.overloading import Capacity, contradictions, overloading

log = structlog.get_logger(__name__)

LIVE_FOR = timedelta(minutes=10)
BEFORE = timedelta(days=1)
RULES = (
    Rule.LEFT_ABOARD,
    Rule.BOARDED_BUT_ABSENT,
    Rule.CONTRADICTING_COUNTS,
    Rule.UNEXPECTED_RIDER,
    Rule.OVERLOADING,
)


def review(trip: Trip, now: datetime) -> list[Finding]:
    """Find what a trip's ledger shows now.

    Args:
        trip: with its pattern, route, bus and crew.
        now: the present.

    Returns:
        The findings that are new, changed or withdrawn.
    """
    try:
        profile = profile_for(HERE, trip.service_date)
    except NoProfileError:
        log.warning("ledger_without_profile", trip=trip.pk)
        return []
    records = records_of(trip)
    episodes = list(found_in(trip, records, profile, now))
    told = {(about.subject, one.rule, one.started_at): (about, one) for about, one in episodes}
    stored = Finding.objects.filter(trip=trip, rule__in=RULES).exclude(subject="")
    changed, undone = reconcile(
        list(told.values()),
        subjects={
            subject_of(trip),
            *(about.subject for about, _ in episodes),
            *stored.values_list("subject", flat=True),
        },
        rules=RULES,
        since=trip.starts_at - BEFORE,
        profile=profile.code,
        now=now,
        live_for=LIVE_FOR,
    )
    for one in changed:
        if one.rule == Rule.BOARDED_BUT_ABSENT and one.ended_at is None:
            tell_not_in_class(trip, Pupil.objects.get(pk=one.details["pupil"]))
        log.info(
            "ledger_finding", trip=trip.pk, finding=one.pk, rule=one.rule, stage=one.details.get("stage")
        )
    return [*changed, *undone]


def subject_of(trip: Trip, part: str = "") -> str:
    """Whom a finding is about: the trip, or a part of it."""
    return f"trip:{trip.pk}{part and ':'}{part}"


def found_in(
    trip: Trip, records: TripRecords, profile: RuleSet, now: datetime
) -> Iterable[tuple[About, Episode]]:
    """Every episode of a trip, with whom it is about."""
    ledger = ledger_of(records)

    def about(part: str = "") -> About:
        return About(subject_of(trip, part), bus=trip.bus_id, trip=trip.pk, driver=trip.driver_id)

    for one in episodes_left_aboard(trip, ledger, profile, now):
        yield about(), one
    for one in contradicting_counts(ledger, records):
        yield about(), one
    way = timedelta(minutes=minutes_to_class(profile))
    for pupil, one in missing_in_class(ledger, records, on_the_way=way, now=now):
        yield about(f"pupil:{pupil}"), one
    for pupil, one in unexpected_riders(ledger):
        yield about(f"pupil:{pupil}"), one
    yield from ((about(part), one) for part, one in episodes_of_numbers(trip, records, profile, now))


def episodes_left_aboard(trip: Trip, ledger: Ledger, profile: RuleSet, now: datetime) -> list[Episode]:
    """A trip that stays open after its end, or whose late records show that it should not have closed."""
    end = ended_at(trip, now)
    if end is None:
        return []
    closed = closed_at(trip)
    unbalanced = arrived_after_closing(trip, closed) if closed and not ledger.balances else None
    return left_aboard(
        OpenTrip(
            ended_at=end,
            closed_at=closed,
            aboard=len(ledger.pupils(PupilState.ABOARD, PupilState.EXPECTED)),
            unbalanced_since=unbalanced,
            caused_by=crew_accounts(trip),
            records=[f"trip:{trip.pk}"],
        ),
        now,
        left_aboard_limits(profile),
    )


def crew_accounts(trip: Trip) -> list[int]:
    """Ids of the accounts of a trip's driver and attendant."""
    return sorted({one.user_id for one in (trip.driver, trip.attendant) if one is not None and one.user_id})


def episodes_of_numbers(
    trip: Trip, records: TripRecords, profile: RuleSet, now: datetime
) -> list[tuple[str, Episode]]:
    """Overloading, and machines that contradict people; nothing of a bus that has not been named."""
    if trip.bus is None:
        return []
    until = closed_at(trip) or now
    counts = [
        *named_counts(records),
        *head_counts(records),
        *map(occupancy_count, occupancy_reports(trip, until)),
    ]
    capacity = Capacity(trip.bus.capacity_pupils, trip.bus.capacity_adults)
    limits = overloading_limits(profile, capacity)
    adults = crew_of(trip)
    over = overloading(counts, adults, capacity, limits, until) if limits else []
    contradicting = contradictions(counts, adults, until)
    return [*(("", one) for one in over), *(("machine", one) for one in contradicting)]


def watch(now: datetime) -> int:
    """Review every trip that may have been left open, or whose teachers spoke before the bus came.

    Returns:
        How many findings are new or changed.
    """
    day = timezone.localtime(now).date()
    recent = Trip.objects.filter(service_date__gte=day - BEFORE, service_date__lte=day)
    open_trips = recent.filter(state__in=(TripState.RUNNING, TripState.CLOSING))
    just_closed = recent.filter(state=TripState.CLOSED, ended_at__gte=now - timedelta(minutes=30))
    found = 0
    crew = ("pattern__route", "bus", "driver", "attendant")
    for trip in in_turns((open_trips | just_closed).select_related(*crew)):
        found += len(review(trip, now))
    return found
