"""The crew's page of a trip: tap who boards and gets off, count, walk through, close. Each tap has its own key."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import rules
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.findings.changes import raise_sos
from fleet.ledger.changes import LedgerError, correct, record_count, record_pupil, record_walk
from fleet.ledger.models import CountedWhat, HeadCount, PupilDeed
from fleet.ledger.permissions import KEEP
from fleet.ledger.queries import roles_of, trips_of_crew
from fleet.people.models import User
from fleet.pupils.models import Pupil
from fleet.pupils.riders import SHORTEST_SEARCH, pupils_of_trip
from fleet.trips.changes import TripError, move_trip
from fleet.trips.models import Trip, TripState
from fleet.trips.states import Step
from web.ledger.rows import ledger_page
from web.person import person_of
from web.trips.board import note_crews
from web.trips.detail import found_trip

STEPS = {TripState.DISPATCHED: Step.START, TripState.RUNNING: Step.ARRIVE, TripState.CLOSING: Step.CLOSE}
MOST_FOUND = 8
LONGEST_AGO = timedelta(hours=12)
"""An older call for help was held by a clock that is wrong."""


def kept_trip(request: HttpRequest, pk: int) -> tuple[Trip, User]:
    """A trip whose ledger the person keeps.

    Raises:
        Http404: where there is none.
    """
    person = person_of(request)
    trip = found_trip(person, pk)
    if not rules.has_perm(KEEP, person, trip):
        raise Http404
    return trip, person


@require_GET
def crew_trips(request: HttpRequest) -> HttpResponse:
    """The trips that the person runs today; the only one is opened at once."""
    trips = trips_of_crew(person_of(request), timezone.now())
    if len(trips) == 1:
        return redirect("crew_trip", trips[0].pk)
    return render(request, "ledger/trips.html", {"trips": trips})


@require_GET
def crew_trip(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a trip."""
    trip, person = kept_trip(request, pk)
    return crew_page(request, trip, person)


def crew_page(
    request: HttpRequest, trip: Trip, person: User, problem: str = "", status: int = 200
) -> HttpResponse:
    """The page, with what went wrong."""
    try:
        riders = pupils_of_trip(person, trip)
    except PermissionDenied as error:
        raise Http404 from error
    note_crews(person, Action.VIEW, [trip])
    page = ledger_page(person, trip, riders)
    search = request.GET.get("q", "").strip()
    context = {
        "trip": trip,
        "page": page,
        "problem": problem,
        "step": STEPS.get(TripState(trip.state)),
        "own_roles": roles_of(person, trip),
        "others": [walk for walk in page.walks if walk.account is None or walk.account.pk != person.pk],
        "search": search,
        "found": found_riders(person, trip, search, page.ledger.lines),
        "new_key": uuid4,
    }
    return render(request, "ledger/crew.html", context, status=status)


def found_riders(person: User, trip: Trip, name: str, lines: Any) -> list[tuple[Pupil, UUID]]:
    """Pupils of the school, not on the roster, whose name begins so; the access log has who was shown."""
    if len(name) < SHORTEST_SEARCH:
        return []
    known = {line.pupil for line in lines}
    school = trip.pattern.route.school_id
    pupils = Pupil.objects.current().filter(school=school, name__startswith=name).exclude(pk__in=known)
    found = list(pupils.select_related("school_class")[:MOST_FOUND])
    record_access(by=person, action=Action.LIST, objects=found, purpose=str(trip))
    return [(one, uuid4()) for one in found]


def answered(request: HttpRequest, trip: Trip, person: User, write: Callable[[], Any]) -> HttpResponse:
    """Do it and show the page anew; what is in the way is said there."""
    try:
        write()
    except (LedgerError, TripError) as error:
        return crew_page(request, found_trip(person, trip.pk), person, str(error), status=409)
    except PermissionDenied as error:
        raise Http404 from error
    return redirect("crew_trip", trip.pk)


def key_of(request: HttpRequest, name: str = "key") -> UUID | None:
    """The key that a form was shown with.

    Raises:
        Http404: for what is no key.
    """
    sent = request.POST.get(name, "")
    try:
        return UUID(sent) if sent else None
    except ValueError as error:
        raise Http404 from error


def number_of(request: HttpRequest, name: str) -> int | None:
    """A whole number that a form holds; None where it holds none."""
    sent = request.POST.get(name, "")
    return int(sent) if sent.isdecimal() and len(sent) < 9 else None


@require_POST
def crew_pupil(request: HttpRequest, pk: int) -> HttpResponse:
    """A tap on a pupil."""
    trip, person = kept_trip(request, pk)
    school = trip.pattern.route.school_id
    pupil = Pupil.objects.current().filter(pk=number_of(request, "pupil"), school=school).first()
    deed = request.POST.get("deed")
    if pupil is None or deed not in PupilDeed.values or deed == PupilDeed.TRANSFER:
        raise Http404

    def write() -> None:
        record_pupil(
            trip=trip,
            pupil=pupil,
            deed=PupilDeed(deed),
            by=person,
            key=key_of(request),
            order=number_of(request, "order"),
            is_handed_over=request.POST.get("handed_over") == "yes",
        )

    return answered(request, trip, person, write)


@require_POST
def crew_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo an entry."""
    trip, person = kept_trip(request, pk)
    undoes = key_of(request, "undoes")
    if undoes is None:
        raise Http404
    reason = request.POST.get("reason", "") or _("Tapped by mistake")
    return answered(
        request,
        trip,
        person,
        lambda: correct(trip=trip, undoes=undoes, reason=reason, by=person, key=key_of(request)),
    )


@require_POST
def crew_count(request: HttpRequest, pk: int) -> HttpResponse:
    """A head count, or a new one instead of one that does not agree."""
    trip, person = kept_trip(request, pk)
    kind, count = request.POST.get("kind"), number_of(request, "count")
    if kind not in CountedWhat.values:
        raise Http404
    before = key_of(request, "instead_of")
    instead_of = HeadCount.objects.filter(trip=trip, key=before).first() if before else None

    def write() -> None:
        if count is None:
            raise LedgerError(_("Enter the number that you have counted."))
        record_count(
            trip=trip,
            kind=CountedWhat(kind),
            count=count,
            by=person,
            order=number_of(request, "order"),
            key=key_of(request),
            instead_of=instead_of,
        )

    return answered(request, trip, person, write)


@require_POST
def crew_walk(request: HttpRequest, pk: int) -> HttpResponse:
    """The walk through the bus: by who is signed in, or by the other one with the own account on this device."""
    trip, person = kept_trip(request, pk)

    def write() -> None:
        walker = person
        if "username" in request.POST:
            walker = other_person(request)
        is_empty = request.POST.get("is_empty") == "yes"
        note = request.POST.get("note", "")
        record_walk(trip=trip, by=walker, is_empty=is_empty, note=note, key=key_of(request))
        if is_empty:
            messages.success(request, _("%s has walked through the bus.") % walker)

    return answered(request, trip, person, write)


def other_person(request: HttpRequest) -> User:
    """Who confirms with an account of their own; wrong passwords count as at sign-in.

    Raises:
        LedgerError: where name and password do not fit.
    """
    found = authenticate(
        request, username=request.POST.get("username", ""), password=request.POST.get("password", "")
    )
    if not isinstance(found, User):
        raise LedgerError(_("User name and password do not fit."))
    return found


@require_POST
def crew_sos(request: HttpRequest, pk: int) -> HttpResponse:
    """Call for help: the button was held; sent again after a lost answer, it is the same call."""
    trip, person = kept_trip(request, pk)
    if trip.bus is None:
        raise Http404
    now = timezone.now()
    held_at = parse_datetime(request.POST.get("at", "")[:40])
    at = held_at if held_at and is_aware(held_at) and now - LONGEST_AGO <= held_at <= now else now
    raise_sos(bus=trip.bus, at=at, by=person, trip=trip.pk)
    messages.warning(request, _("Help is called. The coordinator sees where you are."))
    return redirect("crew_trip", pk)


@require_POST
def crew_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Depart, arrive or close, as the trip stands."""
    trip, person = kept_trip(request, pk)
    sent = request.POST.get("version", "")
    trip.version = int(sent) if sent.isdecimal() else trip.version
    step = STEPS.get(TripState(trip.state))
    if step is None or request.POST.get("step") != step:
        raise Http404

    def write() -> None:
        move_trip(trip=trip, step=step, by=person)
        if step is Step.CLOSE:
            messages.success(request, _("The trip is closed: everybody is off."))

    return answered(request, trip, person, write)
