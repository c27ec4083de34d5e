"""The ledger of a trip for who oversees it: where each pupil is, what does not balance, corrections with a reason."""

import rules
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.ledger.changes import LedgerError, correct
from fleet.ledger.models import Correction, HeadCount, PupilEvent, WalkThrough
from fleet.ledger.permissions import KEEP, VIEW
from fleet.ledger.queries import newest_of_machines
from fleet.ledger.words import TRUST, people_in_words
from fleet.people.models import User
from fleet.pupils.riders import riders_of
from fleet.trips.models import Trip
from telematics.rules.counts_aboard import CountSource
from web.ledger.crew import key_of
from web.ledger.rows import ledger_page
from web.person import person_of
from web.trips.detail import found_trip


@require_GET
def trip_ledger(request: HttpRequest, pk: int) -> HttpResponse:
    """The ledger, with everything that was recorded and corrected."""
    person = person_of(request)
    trip = found_trip(person, pk)
    if not rules.has_perm(VIEW, person, trip):
        raise Http404
    return overview(request, trip, person)


@transaction.atomic
def overview(
    request: HttpRequest, trip: Trip, person: User, problem: str = "", status: int = 200
) -> HttpResponse:
    """The page; the access log has whom it showed."""
    riders = riders_of(trip.pattern, trip.service_date, trip.starts_at)
    page = ledger_page(person, trip, riders)
    shown = [row.pupil for stop in page.stops for row in stop.rows]
    record_access(by=person, action=Action.LIST, objects=shown, purpose=str(trip))
    corrections = {one.undoes: one for one in Correction.objects.filter(trip=trip).select_related("by")}
    records = [
        *PupilEvent.objects.filter(trip=trip).select_related("pupil", "stop", "by"),
        *HeadCount.objects.filter(trip=trip).select_related("by"),
        *WalkThrough.objects.filter(trip=trip).select_related("by"),
    ]
    records.sort(key=lambda one: (one.at, one.received_at))
    context = {
        "trip": trip,
        "page": page,
        "problem": problem,
        "records": [
            (one, corrections.get(one.key), not isinstance(one, WalkThrough) and one.by_id != person.pk)
            for one in records
        ],
        "machines": [
            (one, people_in_words(one), TRUST[CountSource(one.source)])
            for one in newest_of_machines(trip, timezone.now())
        ],
        "may_correct": rules.has_perm(KEEP, person, trip),
    }
    return render(request, "ledger/ledger.html", context, status=status)


@require_POST
def ledger_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo an entry of somebody else, with the reason."""
    person = person_of(request)
    trip = found_trip(person, pk)
    undoes = key_of(request, "undoes")
    if undoes is None or not rules.has_perm(VIEW, person, trip):
        raise Http404
    try:
        correct(trip=trip, undoes=undoes, reason=request.POST.get("reason", ""), by=person)
    except LedgerError as error:
        return overview(request, trip, person, str(error), status=409)
    except PermissionDenied as error:
        raise Http404 from error
    messages.success(request, _("Kept."))
    return redirect("trip_ledger", pk)
