"""Reads: what was found, alarmed and driven of a subject, in a number of queries that does not grow with it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from fleet.alarms.models import Alarm, AlarmState, Reason
from fleet.alarms.queries import alarms_for
from fleet.findings.models import Finding
from fleet.grants import reach_with
from fleet.people.models import Driver, User
from fleet.people.queries import drivers_for
from fleet.reports.models import ReportSubscription
from fleet.reports.permissions import VIEW
from fleet.reports.subjects import VIEW_DRIVER, Subject, bounds_of, bounds_within
from fleet.trips.models import OPEN_STATES, Trip, TripState
from fleet.trips.punctuality import LATE_AT
from fleet.trips.queries import trips_for
from fleet.trips.statistics import Punctuality, punctuality_of
from fleet.vehicles.models import Bus

MOST_NAMED = 50
"""So many buses and drivers are named, those with most findings; the report says that there are more."""
ENDED = (TripState.CLOSING, TripState.CLOSED)


class Found(NamedTuple):
    """Findings of a rule and severity; `points` of those whose points are known, `unrated` are the others."""

    rule: str
    severity: str
    number: int
    points: int
    unrated: int


class Named(NamedTuple):
    """Findings of a bus or driver."""

    one: Bus | Driver
    number: int
    points: int


class OfDay(NamedTuple):
    """A day's findings and alarms."""

    day: date
    findings: int
    alarms: int


@dataclass(frozen=True)
class AlarmFigures:
    """Alarms, without those that late reports have undone.

    Attributes:
        count: that came before people.
        unresolved: of these.
        unseen: of these, acknowledged by nobody yet, or resolved without that.
        suppressed: that did not come before people.
        median_wait: until somebody acknowledged; None where nobody has.
    """

    count: int
    unresolved: int
    unseen: int
    suppressed: int
    median_wait: timedelta | None


@dataclass(frozen=True)
class TripFigures:
    """Trips that were planned for the days.

    Attributes:
        planned: all.
        ran: to their end.
        late: of these, known to have ended more than five minutes late.
        end_unknown: of these, nobody knows when they ended.
        cancelled: called off.
        unknown: that should be over, and of which nobody knows that they ran.
        open: that are ahead or under way.
    """

    planned: int
    ran: int
    late: int
    end_unknown: int
    cancelled: int
    unknown: int
    open: int


@dataclass(frozen=True)
class Report:
    """What happened of a subject from a first to a last day, both included.

    Attributes:
        drivers: those whom the reader may see; None where none may be named.
        routes: on-time performance by route.
    """

    subject: Subject
    first: date
    last: date
    findings: list[Found]
    days: list[OfDay]
    alarms: AlarmFigures
    trips: TripFigures
    routes: list[Punctuality]
    buses: list[Named]
    drivers: list[Named] | None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.findings or self.alarms.count or self.alarms.suppressed or self.trips.planned)

    @property
    def found(self) -> int:
        """All findings."""
        return sum(one.number for one in self.findings)

    @property
    def points(self) -> int:
        """Penalty points of those findings whose points are known."""
        return sum(one.points for one in self.findings)

    @property
    def stops_known(self) -> int:
        """Stops at which the time is known."""
        return sum(one.known for one in self.routes)

    @property
    def stops_unknown(self) -> int:
        """Stops of ended trips of which nothing is known."""
        return sum(one.unknown for one in self.routes)

    @property
    def on_time_share(self) -> float | None:
        """Of the stops at which the time is known, 0 to 1."""
        return sum(one.on_time for one in self.routes) / self.stops_known if self.stops_known else None


def report_of(
    person: User, subject: Subject, first: date, last: date, now: datetime, *, with_drivers: bool = True
) -> Report:
    """The report of a subject, of what a person reaches of it.

    Args:
        person: who reads it; that they may read of the subject is checked before (`subjects_for`).
        subject: what it is about.
        first: local day.
        last: local day, included.
        now: the present.
        with_drivers: whether drivers are named where the person may see them.
    """
    bounds = bounds_of(subject)
    since, until = midnight(first), midnight(last + timedelta(days=1))
    started = Q(started_at__gte=since, started_at__lt=until)
    seen = bounds_within(reach_with(person, VIEW)).findings
    findings = Finding.objects.filter(seen, bounds.findings, started, withdrawn_at=None)
    alarms = alarms_for(person, VIEW).filter(bounds.alarms, started).exclude(reason=Reason.WITHDRAWN)
    trips = trips_for(person, VIEW).filter(bounds.trips, service_date__range=(first, last))
    before_people = alarms.filter(suppression=None)
    return Report(
        subject=subject,
        first=first,
        last=last,
        findings=found_by_rule(findings),
        days=by_day(findings, before_people, first, last),
        alarms=alarm_figures(alarms, before_people),
        trips=trip_figures(trips, now),
        routes=punctuality_of(trips.filter(state__in=ENDED), "route"),
        buses=named(findings, "bus", Bus.objects.all()),
        drivers=drivers_of(person, findings) if with_drivers else None,
    )


def midnight(day: date) -> datetime:
    """The beginning of a local day."""
    return timezone.make_aware(datetime.combine(day, time()))


def found_by_rule(findings: QuerySet[Finding]) -> list[Found]:
    """Findings by rule and severity, the commonest first."""
    rows = (
        findings.order_by()
        .values("rule", "severity")
        .annotate(count=Count("pk"), rated=Count("points"), total=Sum("points", default=0))
        .order_by("-count", "rule", "severity")
    )
    return [
        Found(row["rule"], row["severity"], row["count"], row["total"], row["count"] - row["rated"])
        for row in rows
    ]


def by_day(findings: QuerySet[Finding], alarms: QuerySet[Alarm], first: date, last: date) -> list[OfDay]:
    """Each day's findings and alarms, days without any too."""
    found, raised = counted_by_day(findings), counted_by_day(alarms)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [OfDay(day, found[day], raised[day]) for day in days]


def counted_by_day(rows: QuerySet[Any]) -> Counter[date]:
    """How many began on each local day."""
    counted = rows.order_by().values(day=TruncDate("started_at")).annotate(count=Count("pk"))
    return Counter({row["day"]: row["count"] for row in counted})


def alarm_figures(alarms: QuerySet[Alarm], before_people: QuerySet[Alarm]) -> AlarmFigures:
    """How many alarms there were, and how soon people took them."""
    shown = Q(suppression=None)
    counted = alarms.order_by().aggregate(
        count=Count("pk", filter=shown),
        unresolved=Count("pk", filter=shown & ~Q(state=AlarmState.RESOLVED)),
        unseen=Count("pk", filter=shown & Q(seen_at=None)),
        suppressed=Count("pk", filter=~shown),
    )
    taken = before_people.filter(seen_at__isnull=False).order_by().values_list("raised_at", "seen_at")
    waits_s = [max((seen_at - raised_at).total_seconds(), 0.0) for raised_at, seen_at in taken if seen_at]
    return AlarmFigures(**counted, median_wait=timedelta(seconds=median(waits_s)) if waits_s else None)


def trip_figures(trips: QuerySet[Trip], now: datetime) -> TripFigures:
    """What became of trips."""
    ran, over = Q(state__in=ENDED), Q(state__in=OPEN_STATES) & ~Q(state__in=ENDED) & Q(ends_at__lt=now)
    started = Q(state=TripState.RUNNING)
    return TripFigures(
        **trips.order_by().aggregate(
            planned=Count("pk"),
            ran=Count("pk", filter=ran),
            late=Count("pk", filter=ran & Q(ended_at__gt=F("ends_at") + LATE_AT)),
            end_unknown=Count("pk", filter=ran & Q(ended_at=None)),
            cancelled=Count("pk", filter=Q(state=TripState.CANCELLED)),
            unknown=Count("pk", filter=over & ~started),
            open=Count("pk", filter=started | (Q(state__in=OPEN_STATES) & ~ran & Q(ends_at__gte=now))),
        )
    )


def named(findings: QuerySet[Finding], field: str, records: QuerySet[Any]) -> list[Named]:
    """The buses or drivers with most findings: one more than are named, where there are more."""
    rows = list(
        findings.filter(**{f"{field}__in": records.values("pk")})
        .order_by()
        .values(one=F(field))
        .annotate(count=Count("pk"), total=Sum("points", default=0))
        .order_by("-count", "one")[: MOST_NAMED + 1]
    )
    by_id = records.in_bulk([row["one"] for row in rows])
    return [Named(by_id[row["one"]], row["count"], row["total"]) for row in rows]


def drivers_of(person: User, findings: QuerySet[Finding]) -> list[Named] | None:
    """The drivers with most findings whom a person may see."""
    if not reach_with(person, VIEW_DRIVER):
        return None
    return named(findings, "driver", drivers_for(person, VIEW_DRIVER))


def subscriptions_of(person: User) -> Iterable[ReportSubscription]:
    """What a person gets by e-mail."""
    return ReportSubscription.objects.current().filter(person=person).select_related("organisation")
