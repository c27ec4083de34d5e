"""The map of stops, and what is done on it: stops are moved; elsewhere they are approved and inspected."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fleet.records import RecordError, refuse_unless_allowed
from fleet.routes.geodata_writing import LABELS
from fleet.routes.models import Stop, StopInspection
from fleet.routes.queries import duplicates_of
from fleet.routes.stop_changes import approve_stop, change_stop, inspect_stop
from fleet.routes.stop_states import StopState, state_of, stops_near
from web.coordinator.views import json_error, json_response
from web.person import person_of
from web.registry.documents import served
from web.registry.saving import is_kept
from web.routes.forms import ApprovalForm, HereForm, InspectionForm, PlaceForm
from web.routes.maps import map_config, stop_on_map
from web.routes.stops import BADGES, STOP_REGISTER, StopFilter, state_badge

MOST_NEAR = 12
NEAR_M = 1000.0
MOST_ON_MAP = 10_000


@require_GET
def stop_map(request: HttpRequest) -> HttpResponse:
    """All stops in reach, coloured by how they stand, with a list in step."""
    person = person_of(request)
    found = StopFilter(request.GET, queryset=STOP_REGISTER.reached(person))
    stops = list(found.qs[:MOST_ON_MAP])
    may_change = STOP_REGISTER.may(person, "change")
    context = {
        "filter": found,
        "count": len(stops),
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "states": [(state.value, state.label, BADGES[state]) for state in StopState],
        "may_change": may_change,
        "may_export": STOP_REGISTER.may(person, "export"),
        "geo_kinds": list(LABELS.items()),
        "page_config": map_config(
            stops,
            move=reverse("stop_move", args=[0]) if may_change else "",
            add=reverse("stop_new") if may_change else "",
        ),
    }
    return render(request, "routes/stop_map.html", context)


@require_POST
def stop_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a stop to where it has been dragged; answers with the stop as the map draws it."""
    person = person_of(request)
    stop = STOP_REGISTER.found(person, pk, "change")
    form = PlaceForm(request.POST)
    if not form.is_valid():
        field, told = next(iter(form.errors.items()))
        return json_error(field, " ".join(str(one) for one in told))
    try:
        change_stop(stop, {"place": form.point}, by=person, reason=_("Moved on the map"))
    except RecordError as error:
        return json_error("place", str(error))
    except ValidationError as error:
        return json_error("place", " ".join(error.messages))
    moved = STOP_REGISTER.found(person, pk)
    return json_response(stop_on_map(moved) | {"near": near_in_words(moved)})


def near_in_words(stop: Stop) -> str:
    """Which stop so near may be the same one; empty where there is none."""
    for metres, other in duplicates_of(stop)[:1]:
        near = {"name": other, "metres": round(metres)}
        return _("“%(name)s” is %(metres)d m away: are they the same stop?") % near
    return ""


@require_http_methods(["GET", "POST"])
def stop_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the approval of a stop."""
    person = person_of(request)
    stop = STOP_REGISTER.found(person, pk)
    refuse_unless_allowed(person, "routes.approve_stop", stop)
    form = ApprovalForm(request.POST or None, request.FILES or None)
    if form.is_valid() and is_kept(form, lambda: approve_stop(stop=stop, by=person, **form.cleaned_data)):
        messages.success(request, _("The approval is recorded."))
        return redirect("stop_detail", pk=pk)
    context = {"form": form, "title": _("Approve"), "stop": stop}
    return render(request, "routes/stop_form.html", context)


@require_GET
def stop_approval_document(request: HttpRequest, pk: int) -> FileResponse:
    """The approval of a stop."""
    return served(STOP_REGISTER.found(person_of(request), pk).approval_document)


@require_GET
def stop_photograph(request: HttpRequest, pk: int, inspection: int) -> FileResponse:
    """The photograph that an inspector took at a stop."""
    stop = STOP_REGISTER.found(person_of(request), pk)
    return served(get_object_or_404(StopInspection, stop=stop, pk=inspection).photograph)


@require_GET
def stops_here(request: HttpRequest) -> HttpResponse:
    """For who stands at the road: the stops nearest to a phone, to be inspected."""
    person = person_of(request)
    reached = STOP_REGISTER.reached(person, "inspect").filter(archived_at=None)
    if not STOP_REGISTER.may(person, "inspect"):
        raise PermissionDenied(_("You may not do this."))
    form = HereForm(request.GET)
    place = form.place if form.is_valid() else None
    near = stops_near(reached, place.y, place.x, NEAR_M)[:MOST_NEAR] if place else []
    context = {
        "form": HereForm(initial=request.GET.dict()),
        "place": place,
        "near": [(metres, stop, state_badge(state_of(stop))) for metres, stop in near],
        "near_m": round(NEAR_M),
        "page_config": map_config(),
    }
    return render(request, "routes/stops_here.html", context)


@require_http_methods(["GET", "POST"])
def stop_inspect(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody who stands at a stop finds: three taps and a photograph."""
    person = person_of(request)
    stop = STOP_REGISTER.found(person, pk, "inspect")
    form = InspectionForm(request.POST or None, request.FILES or None, initial=request.GET.dict())
    if form.is_valid() and is_kept(form, lambda: inspected(form, stop, request)):
        messages.success(request, _("“%s” has been inspected. Thank you.") % stop)
        return redirect("inspection_here")
    context = {
        "form": form,
        "stop": stop,
        "page_config": map_config(),
    }
    return render(request, "routes/stop_inspect.html", context)


def inspected(form: InspectionForm, stop: Stop, request: HttpRequest) -> StopInspection:
    """The inspection that a form gives, stored."""
    return inspect_stop(
        stop=stop,
        conditions=form.conditions,
        place=form.place,
        accuracy_m=form.cleaned_data["accuracy_m"],
        photograph=form.cleaned_data["photograph"],
        note=form.cleaned_data["note"],
        by=person_of(request),
    )
