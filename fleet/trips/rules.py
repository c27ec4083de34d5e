"""The rules on trips, between rows and `telematics.rules.trip`: what is approved, who is expected, what is found."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

import msgspec
from django.utils import timezone

from fleet.dispatch.models import GateOverride
from fleet.findings.changes import About, reconcile
from fleet.findings.models import Finding
from fleet.pupils.riders import riders_of
from fleet.regulations.profile import HERE
from fleet.regulations.queries import profile_for
from fleet.routes.models import Direction, LimiterStretch
from fleet.trips.models import StopVisit, Trip, VisitState
from fleet.trips.visits import is_by
from telematics.line import Line
from telematics.rules.episode import ReportKey
from telematics.rules.trip import day as rules
from telematics.rules.trip import stops
from telematics.rules.trip.day import DEFAULT_LIMITS, DayState
from telematics.rules.trip.plan import Found, Plan, Stretch
from telematics.rules.trip.stops import Call
from telematics.units import kmh_to_mps

LIVE_FOR = timedelta(minutes=5)
"""What ended longer ago is history when it is found. Stops are told of once the bus has passed them."""
DAY = timedelta(days=1)


def plan_of(
    trip: Trip, visits: Sequence[StopVisit], line: Line, exception: str, limiters: Sequence[Stretch]
) -> Plan:
    """A trip as the rules take it."""
    return Plan(
        trip_id=str(trip.pk),
        line=line,
        stops_m=[visit.distance_m for visit in visits],
        starts_at=trip.starts_at,
        ends_at=trip.ends_at,
        exception=exception,
        limiters=limiters,
    )


def limiters_of(trips: Iterable[Trip]) -> dict[int, list[Stretch]]:
    """The speed limiters of some trips' patterns, by pattern; archived ones held until then."""
    found: dict[int, list[Stretch]] = defaultdict(list)
    for one in LimiterStretch.objects.filter(pattern__in={trip.pattern_id for trip in trips}):
        limit_mps = kmh_to_mps(one.limit_kmh)
        found[one.pattern_id].append(Stretch(one.begins_m, one.ends_m, limit_mps, one.since, one.archived_at))
    return found


def route_exceptions(trips: Iterable[Trip]) -> dict[int, str]:
    """Why trips may leave their route, by id, of those for which two people have said so (Art 30)."""
    checks = {trip.gate_check_id: trip.pk for trip in trips if trip.gate_check_id}
    confirmed = GateOverride.objects.filter(check_made__in=checks, confirmation__isnull=False)
    return {
        checks[check]: exception for check, exception in confirmed.values_list("check_made_id", "exception")
    }


def calls_of(trip: Trip, visits: Sequence[StopVisit], plan: Plan, bus: int) -> Iterator[Call]:
    """What became of the stops of a trip that a bus left out, or left before their time."""
    of_interest = [visit for visit in visits if is_by(visit, bus) and is_of_interest(visit)]
    if not of_interest:
        return
    expected = {one.order: one.expected for one in riders_of(trip.pattern, trip.service_date)}
    to_school = trip.pattern.direction == Direction.TO_SCHOOL
    terminal = visits[-1] if to_school else visits[0]
    for visit in of_interest:
        before, after = visit.evidence["between"]
        lat, lon = plan.line.point_at(visit.distance_m)
        yield Call(
            trip_id=plan.trip_id,
            number=visit.order,
            planned_at=visit.planned_at,
            departed_at=visit.departed_at,
            uncertainty=timedelta(seconds=visit.uncertainty_s or 0.0),
            is_skipped=visit.state == VisitState.SKIPPED,
            pupils=sum(expected.values()) if visit is terminal else expected.get(visit.order, 0),
            boards=(visit is not terminal) == to_school,
            confidence=visit.confidence or 0.0,
            evidence=(msgspec.convert(before, ReportKey), msgspec.convert(after, ReportKey)),
            lat=lat,
            lon=lon,
        )


def is_of_interest(visit: StopVisit) -> bool:
    """Whether a stop was left out or left early, so that it has to be asked who waited there."""
    if visit.state == VisitState.SKIPPED:
        return True
    return visit.departed_at is not None and visit.departed_at < visit.planned_at - DEFAULT_LIMITS.stops.early


def tell(
    state: DayState,
    calls: Iterable[Call],
    trips: Sequence[Trip],
    *,
    bus: int,
    day: date,
    now: datetime,
    is_anew: bool,
) -> tuple[DayState, list[Finding], list[Finding]]:
    """Store what the rules find on a bus's day, where it is another than was last told.

    Args:
        state: what the rules remember.
        calls: what became of the stops.
        trips: of the bus on the day.
        bus: its id.
        day: local.
        now: the present.
        is_anew: whether the day was begun anew, so that something else may have been told of it before.

    Returns:
        The state with what is told now, the findings that are new or have changed, and those withdrawn.
    """
    story = (*state.found, *stops.judged(calls, DEFAULT_LIMITS.stops))
    if story == state.told and not is_anew:
        return state, [], []
    begins = datetime.combine(day, time(), timezone.get_default_timezone())
    by_id = {str(trip.pk): trip for trip in trips}
    episodes = [
        (about(one, bus, by_id.get(one.trip_id)), one.episode())
        for one in story
        if begins <= one.first.time < begins + DAY
    ]
    changed, withdrawn = reconcile(
        episodes,
        subjects=[f"bus:{bus}"],
        rules=rules.RULES,
        since=begins,
        until=begins + DAY,
        profile=profile_for(HERE, day).code,
        now=now,
        live_for=LIVE_FOR,
    )
    return msgspec.structs.replace(state, told=story), changed, withdrawn


def about(found: Found, bus: int, trip: Trip | None) -> About:
    """Whom a finding is about."""
    if trip is None:
        return About(f"bus:{bus}", bus)
    return About(f"bus:{bus}", bus, trip.pk, trip.driver_id)
