"""The page, for a phone, on which a bus is checked before its trip."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fleet.dispatch.changes import record_pre_trip_check
from fleet.dispatch.pre_trip import ITEMS
from fleet.dispatch.queries import buses_dispatched_by, usual_crews
from web.dispatch.forms import PreTripForm
from web.person import person_of
from web.registry.saving import kept


@require_http_methods(["GET", "POST"])
def pre_trip_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a look at the bus."""
    person = person_of(request)
    bus = get_object_or_404(buses_dispatched_by(person, "vehicles.check_bus"), pk=pk)
    crew = usual_crews([pk], timezone.localdate())[pk].on(bus.route_id)
    first = {"driver": crew.driver, "attendant": crew.attendant} if crew else {}
    form = PreTripForm(request.POST or None, initial=first, bus=bus, person=person)
    if form.is_valid():
        check = kept(
            form, lambda: record_pre_trip_check(bus=bus, items=form.items(), by=person, **form.others())
        )
        if check and check.defects:
            messages.warning(request, _("Recorded. The bus may not leave before the defects are released."))
            return redirect("dispatch_gate", pk=pk)
        if check:
            messages.success(request, _("Recorded."))
            return redirect("dispatch_gate", pk=pk)
    context = {
        "bus": bus,
        "form": form,
        "crew_fields": [form["driver"], form["attendant"]],
        "item_fields": [form[name] for name in ITEMS],
        "seen_fields": [form[name] for name in ("card_displayed", "sober", "fit")],
        "other_fields": [form["note"], form["odometer_km"]],
    }
    return render(request, "dispatch/pre_trip.html", context)
