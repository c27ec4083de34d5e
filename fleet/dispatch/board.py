"""Reads: the dispatch board, with a row for each bus and each run that its plate card names for today."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.db.models import Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fleet.dispatch.gate import GateDecision
from fleet.dispatch.models import GateCheck
from fleet.dispatch.plan import TripPlan
from fleet.dispatch.queries import (
    CONFIRMED,
    Run,
    buses_dispatched_by,
    preview,
    pupils_planned,
    usual_crews,
    usual_plan,
)
from fleet.dispatch.times import local_day
from fleet.people.models import User
from fleet.permits.queries import cards_in_force
from fleet.routes.models import Route
from fleet.vehicles.models import Bus
from fleet.vehicles.plates import normalise_plate


class RowState(TextChoices):
    """What has become of a run today."""

    NOT_ASKED = "not_asked", _("Not asked yet")
    REFUSED = "refused", _("Refused")
    OVERRIDDEN = "overridden", _("Overridden")
    ALLOWED = "allowed", _("Allowed")


@dataclass(frozen=True)
class BoardRow:
    """A run of a bus.

    Attributes:
        bus: its id.
        plate: its plate.
        route: id of the approved route.
        first: local time at which the run may begin.
        last: by which it ends.
        state: what the gate said last.
        check: id of that answer.
        refusals: how many reasons it gave.
    """

    bus: int
    plate: str
    route: int
    first: time
    last: time
    state: RowState = RowState.NOT_ASKED
    check: int | None = None
    refusals: int = 0

    @property
    def run(self) -> Run:
        """As the plate card has it."""
        return Run(self.bus, self.route, self.first, self.last)


@dataclass(frozen=True)
class Foreseen:
    """What the gate would say of a run now.

    Attributes:
        plan: as it is usually run.
        decision: with what is not known before departure among its reasons.
    """

    plan: TripPlan
    decision: GateDecision


@dataclass(frozen=True)
class Asked:
    """What the gate said of a trip."""

    pk: int
    starts_at: time
    state: RowState
    refusals: int


def rows_of(person: User, day: date, text: str = "", state: str = "") -> list[BoardRow]:
    """The runs of the buses in a person's reach on a day, by time; in three queries for any number of buses.

    Args:
        person: who looks.
        day: the local day.
        text: of the plate, the route or the school; empty for all.
        state: a `RowState`; empty for all.
    """
    buses = buses_dispatched_by(person)
    asked = answers_on(buses, day)
    cards = cards_in_force(day).filter(wanted(text), bus__in=buses.order_by().values("pk"))
    rows = [
        answered(BoardRow(bus, plate, route, time.fromisoformat(first), time.fromisoformat(last)), asked[bus])
        for bus, plate, route, times in cards.values_list("bus_id", "plate", "route_id", "times")
        for first, last in times
    ]
    found = [one for one in rows if not state or one.state == state]
    return sorted(found, key=lambda one: (one.first, one.plate))


def wanted(text: str) -> Q:
    """The plate cards that a text means."""
    if not text:
        return Q()
    return (
        Q(plate__icontains=normalise_plate(text))
        | Q(route__name__icontains=text)
        | Q(route__name_en__icontains=text)
        | Q(bus__school__name__icontains=text)
        | Q(bus__school__name_en__icontains=text)
    )


def answers_on(buses: QuerySet[Bus], day: date) -> dict[int, list[Asked]]:
    """What the gate said of trips on a day, by bus, the newest answer last."""
    begins, ends = local_day(day)
    checks = GateCheck.objects.filter(
        bus__in=buses.order_by().values("pk"), starts_at__gte=begins, starts_at__lt=ends
    ).annotate(confirmed=CONFIRMED)
    found: dict[int, list[Asked]] = defaultdict(list)
    ordered = checks.order_by("checked_at", "pk")
    for pk, bus, starts_at, allowed, refusals, confirmed in ordered.values_list(
        "pk", "bus_id", "starts_at", "allowed", "refusals", "confirmed"
    ):
        state = state_of(allowed=allowed, confirmed=confirmed)
        found[bus].append(Asked(pk, timezone.localtime(starts_at).time(), state, len(refusals)))
    return found


def state_of(*, allowed: bool, confirmed: bool) -> RowState:
    """What an answer means for the trip."""
    if allowed:
        return RowState.ALLOWED
    return RowState.OVERRIDDEN if confirmed else RowState.REFUSED


def answered(row: BoardRow, asked: Sequence[Asked]) -> BoardRow:
    """A run with the newest answer for a departure within it."""
    answers = [one for one in asked if row.first <= one.starts_at <= row.last]
    if not answers:
        return row
    newest = answers[-1]
    return replace(row, state=newest.state, check=newest.pk, refusals=newest.refusals)


def without_card(person: User, day: date) -> int:
    """How many buses in a person's reach have no plate card in force, and so no run."""
    return buses_dispatched_by(person).exclude(pk__in=cards_in_force(day).values("bus")).count()


def foresee(rows: Sequence[BoardRow], day: date) -> list[Foreseen]:
    """What the gate would say of each run, as its bus usually runs it.

    Raises:
        NoProfileError: where no regulation profile holds on that day.
    """
    buses = Bus.objects.select_related("school").in_bulk({one.bus for one in rows})
    routes = Route.objects.in_bulk({one.route for one in rows})
    crews = usual_crews(list(buses), day)
    zone = timezone.get_current_timezone()
    planned = pupils_planned([one.run for one in rows], day)
    plans = [
        usual_plan(
            buses[one.bus],
            datetime.combine(day, one.first, zone),
            routes[one.route],
            crews[one.bus],
            planned.get(one.run),
        )
        for one in rows
    ]
    return [Foreseen(plan, decision) for plan, decision in zip(plans, preview(plans, day), strict=True)]
