"""What is done on the pages of trips: steps, substitutes, the reason for lateness."""

from collections.abc import Callable
from typing import Any

import rules
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fleet.people.models import User
from fleet.trips.changes import CHANGE, TripError, dispatch_trip, explain_lateness, move_trip, substitute
from fleet.trips.models import Trip
from fleet.trips.states import Step
from web.person import person_of
from web.trips.detail import found_trip, page_of
from web.trips.forms import LatenessForm, SubstituteForm

BY_HAND = (Step.START, Step.ARRIVE, Step.CLOSE, Step.CANCEL, Step.RECALL)


def seen(request: HttpRequest, pk: int) -> tuple[Trip, User]:
    """The trip as the person has seen it, by the version that the form was shown with.

    Raises:
        Http404: where there is none within their reach.
    """
    person = person_of(request)
    trip = found_trip(person, pk)
    sent = request.POST.get("version", "")
    trip.version = int(sent) if sent.isdecimal() else trip.version
    return trip, person


def answered(request: HttpRequest, trip: Trip, person: User, write: Callable[[], Any]) -> HttpResponse:
    """Do it and go back to the trip; what is in the way is said there."""
    try:
        write()
    except TripError as error:
        return page_of(request, found_trip(person, trip.pk), person, str(error), status=409)
    except PermissionDenied as error:
        raise Http404 from error
    messages.success(request, _("Kept."))
    return redirect("trip_detail", trip.pk)


@require_POST
def trip_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take a step with a trip."""
    trip, person = seen(request, pk)
    if step == Step.DISPATCH:
        return answered(request, trip, person, lambda: dispatch_trip(trip=trip, by=person))
    if step not in BY_HAND:
        raise Http404
    reason = request.POST.get("reason", "")
    return answered(
        request, trip, person, lambda: move_trip(trip=trip, step=Step(step), by=person, reason=reason)
    )


@require_POST
def trip_lateness(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why a trip is late."""
    trip, person = seen(request, pk)
    form = LatenessForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return answered(request, trip, person, lambda: explain_lateness(trip=trip, reason=reason, by=person))


@require_http_methods(["GET", "POST"])
def trip_substitute(request: HttpRequest, pk: int) -> HttpResponse:
    """Have another bus, driver or attendant run a trip."""
    trip, person = seen(request, pk)
    if not rules.has_perm(CHANGE, person, trip):
        raise Http404
    proposed = {
        name: request.GET[name] for name in ("bus", "driver") if request.GET.get(name, "").isdecimal()
    }
    form = SubstituteForm(request.POST or None, trip=trip, person=person, initial=proposed)
    if form.is_valid():
        try:
            substitute(trip=trip, by=person, **form.cleaned_data)
        except TripError as error:
            form.add_error(None, str(error))
        except PermissionDenied:
            form.add_error("bus", _("You may not name this bus."))
        else:
            messages.success(request, _("Kept."))
            return redirect("trip_detail", pk)
    status = 422 if form.errors else 200
    return render(request, "trips/substitute.html", {"trip": trip, "form": form}, status=status)
