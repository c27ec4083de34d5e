"""The gate of a bus: a trip as it is usually run, what is asked at departure, and the question itself."""

from datetime import date, datetime, time
from itertools import chain
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.dispatch.changes import check_trip
from fleet.dispatch.models import GateCheck
from fleet.dispatch.plan import TripPlan
from fleet.dispatch.pre_trip import ITEMS
from fleet.dispatch.queries import (
    Run,
    buses_dispatched_by,
    checks_for,
    pre_trip_checks_on,
    preview,
    pupils_planned,
    usual_crews,
    usual_plan,
)
from fleet.dispatch.words import reason_in_words
from fleet.people.models import User
from fleet.permits.models import PlateCard
from fleet.permits.queries import cards_in_force
from fleet.regulations.queries import NoProfileError
from fleet.trips.changes import plan_of
from fleet.trips.queries import trips_for
from fleet.vehicles.models import Bus
from web.dispatch.forms import GateForm
from web.person import person_of
from web.registry.sections import label_of, shown

MOST_CHECKS = 10


@require_http_methods(["GET", "POST"])
def gate(request: HttpRequest, pk: int) -> HttpResponse:
    """What is known of the bus's next trip, and the form that asks the gate."""
    person = person_of(request)
    bus = get_object_or_404(buses_dispatched_by(person), pk=pk)
    may_ask = rules.has_perm("dispatch.check_trip", person, bus)
    if request.method == "POST" and not may_ask:
        raise Http404
    today = timezone.localdate()
    card = cards_in_force(today).filter(bus=bus).select_related("route").first()
    plan = plan_asked(request, person, bus) or next_plan(bus, card, request.GET.get("run", ""), today)
    form = GateForm(request.POST or None, plan=plan, bus=bus, person=person)
    if form.is_valid() and (check := asked(form, bus, person)):
        return redirect("dispatch_check", pk=check.pk)
    record_access(by=person, action=Action.VIEW, objects=filter(None, (plan.driver, plan.attendant)))
    checked = pre_trip_checks_on(bus, today)
    context = {
        "bus": bus,
        "card": card,
        "form": form,
        "may_ask": may_ask,
        "may_check": rules.has_perm("vehicles.check_bus", person, bus),
        "may_change": rules.has_perm("vehicles.change_bus", person, bus),
        "plan": plan,
        "checks_before": [(check, looked_at(check)) for check in checked],
        "answers": checks_for(person).filter(bus=bus)[:MOST_CHECKS],
        **foreseen(plan, today),
    }
    return render(request, "dispatch/gate.html", context)


def asked(form: GateForm, bus: Bus, person: User) -> GateCheck | None:
    """The gate's answer; None where it can't be asked, which the form then says."""
    try:
        return check_trip(plan=form.plan(bus), by=person)
    except (NoProfileError, PermissionDenied) as error:
        form.add_error(None, str(error))
        return None


def plan_asked(request: HttpRequest, person: User, bus: Bus) -> TripPlan | None:
    """The plan of the trip that the address names, where the person may see it and the bus runs it."""
    named = request.GET.get("trip", "")
    trip = trips_for(person).filter(pk=named, bus=bus).first() if named.isdecimal() else None
    return plan_of(trip) if trip else None


def next_plan(bus: Bus, card: PlateCard | None, run: str, today: date) -> TripPlan:
    """The run that the address names, else the next of the day, else the last; now where there is no card.

    How many pupils are planned comes from the trip within the run.
    """
    route = card.route if card else None
    crews = usual_crews([bus.pk], today)[bus.pk]
    now = timezone.localtime()
    chosen = run_asked(card, run, now) if card else None
    if chosen is None:
        return usual_plan(bus, now, route, crews)
    planned = pupils_planned([chosen], today)
    return usual_plan(bus, departure(chosen, today, now), route, crews, planned.get(chosen))


def run_asked(card: PlateCard, named: str, now: datetime) -> Run | None:
    """The run of a plate card that is named, else the next, else the last; None where it has none."""
    runs = [
        Run(card.bus_id, card.route_id, time.fromisoformat(first), time.fromisoformat(last))
        for first, last in card.times
    ]
    called = (one for one in runs if f"{one.first:%H:%M}" == named)
    ahead = (one for one in runs if now.time() <= one.last)
    return next(chain(called, ahead, runs[-1:]), None)


def departure(run: Run, today: date, now: datetime) -> datetime:
    """When a run begins; a moment within it where it has begun already."""
    begins = datetime.combine(today, run.first, now.tzinfo)
    return max(begins, now.replace(second=0, microsecond=0)) if now.time() <= run.last else begins


def foreseen(plan: TripPlan, today: date) -> dict[str, Any]:
    """What the gate would say now, for the template."""
    try:
        decision = preview([plan], today)[0]
    except NoProfileError as error:
        return {"trouble": str(error)}
    return {"ahead": [reason_in_words(one) for one in decision.ahead]}


def looked_at(check: Any) -> list[tuple[str, str, str]]:
    """The items of a check before the trip: name, state, state in words."""
    return [(label_of(type(check), name), getattr(check, name), shown(check, name)) for name in ITEMS]
