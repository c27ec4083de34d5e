"""The page of a trip: its stops with planned, predicted and actual times, what happened to it, what can be done."""

from datetime import timedelta
from typing import Any

import rules
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from fleet.audit.models import Action
from fleet.dispatch.words import cure_in_words, wrong_in_words
from fleet.ledger.permissions import VIEW as VIEW_LEDGER
from fleet.ledger.queries import ledger_for
from fleet.people.models import User
from fleet.trips.changes import CHANGE, RUN, gate_word, newest_check
from fleet.trips.models import Trip, TripState
from fleet.trips.punctuality import delay_of, lateness
from fleet.trips.queries import BoardRow, complete, progress_of, shown, stops_of, trips_for
from fleet.trips.states import Step
from fleet.trips.words import OBSTACLES, event_in_words
from fleet.vehicles.permissions import WATCH_BUS
from web.person import person_of
from web.replay.span import replay_address
from web.trips.board import note_crews
from web.trips.forms import LatenessForm

STEPS_BY_HAND = {
    TripState.DISPATCHED: Step.START,
    TripState.RUNNING: Step.ARRIVE,
    TripState.CLOSING: Step.CLOSE,
}
"""What a person may do where no report has: a bus without a device runs, too."""
CANCELLABLE = (TripState.PLANNED, TripState.DISPATCHED)
AROUND = timedelta(minutes=5)
"""Shown of a replay before the trip and after it."""
SUBSTITUTABLE = (TripState.PLANNED, TripState.DISPATCHED, TripState.RUNNING)


def found_trip(person: User, pk: int) -> Trip:
    """A trip that a person may see.

    Raises:
        Http404: where there is none within their reach.
    """
    trip: Trip = get_object_or_404(shown(trips_for(person)).distinct(), pk=pk)
    return trip


@require_GET
def trip_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A trip."""
    person = person_of(request)
    return page_of(request, found_trip(person, pk), person)


def page_of(
    request: HttpRequest, trip: Trip, person: User, problem: str = "", status: int = 200
) -> HttpResponse:
    """A trip's page; with what keeps a step from being taken."""
    row = BoardRow(trip, lateness(trip, progress_of(trip), timezone.now()))
    complete([row])
    note_crews(person, Action.VIEW, [trip], row.at_wheel)
    check = newest_check(trip) if trip.state == TripState.PLANNED else trip.gate_check
    context = {
        "trip": trip,
        "row": row,
        "problem": problem,
        "stops": [stop_row(visit, expected) for visit, expected in stops_of(trip)],
        "progress": progress_of(trip),
        "events": [
            (event, event_in_words(event.kind))
            for event in trip.events.select_related("by").order_by("at", "pk")
        ],
        "obstacles": [OBSTACLES[one] for one in row.obstacles],
        "check": check,
        "word": gate_word(trip, check),
        "refusals": [(wrong_in_words(one), one["article"], cure_in_words(one)) for one in check.refusals]
        if check and not check.allowed
        else [],
        "gate_url": gate_address(trip),
        "replay_url": replay_url(person, trip),
        "ledger": ledger_for(trip) if rules.has_perm(VIEW_LEDGER, person, trip) else None,
        **what_may_be_done(person, trip),
    }
    return render(request, "trips/detail.html", context, status=status)


def stop_row(visit: Any, expected: Any) -> dict[str, Any]:
    """A stop as the page shows it."""
    delay = delay_of(visit)
    return {
        "visit": visit,
        "expected": expected,
        "delay_minutes": round(delay.total_seconds() / 60) if delay is not None else None,
        "between": [key[0] for key in visit.evidence.get("between", [])],
    }


def what_may_be_done(person: User, trip: Trip) -> dict[str, Any]:
    """The steps that the person may take now, for the template."""
    may_run, may_change = rules.has_perm(RUN, person, trip), rules.has_perm(CHANGE, person, trip)
    by_hand = STEPS_BY_HAND.get(TripState(trip.state))
    return {
        "may_dispatch": may_run and trip.state == TripState.PLANNED,
        "step_by_hand": by_hand if may_run else None,
        "may_cancel": may_change and trip.state in CANCELLABLE,
        "may_substitute": may_change and trip.state in SUBSTITUTABLE,
        "may_explain": may_change and trip.state != TripState.CANCELLED,
        "lateness_form": LatenessForm(initial={"reason": trip.late_reason}),
    }


def replay_url(person: User, trip: Trip) -> str:
    """Where a trip that has started is replayed; nowhere for who may not watch its bus."""
    if not trip.bus or not trip.started_at or not rules.has_perm(WATCH_BUS, person, trip.bus):
        return ""
    until = trip.ended_at or max(trip.ends_at, timezone.now())
    return replay_address(trip.bus.pk, trip.started_at - AROUND, until + AROUND)


def gate_address(trip: Trip) -> str:
    """Where the gate is asked about the trip's bus; nothing where that page is not installed."""
    if trip.bus_id is None:
        return ""
    try:
        return f"{reverse('dispatch_gate', args=[trip.bus_id])}?trip={trip.pk}"
    except NoReverseMatch:
        return ""
