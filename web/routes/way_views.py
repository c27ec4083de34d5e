"""Pages on which the ways of a route are drawn and ended, with departures, dangerous stretches and limiters."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from fleet.people.models import User
from fleet.records import RecordError
from fleet.routes.models import (
    Departure,
    Direction,
    HazardousStretch,
    LimiterStretch,
    Route,
    RoutePattern,
    Stop,
)
from fleet.routes.pattern_changes import PlannedStop, draw_pattern, end_pattern, redraw_pattern
from fleet.routes.route_changes import (
    add_departure,
    add_limiter,
    add_stretch,
    archive_of_pattern,
    change_departure,
)
from fleet.vehicles.queries import buses_for
from web.person import person_of
from web.registry.forms import ArchiveForm
from web.registry.saving import is_kept, kept
from web.routes.line_files import Before, LineFile, as_before, signed_before, typed
from web.routes.maps import map_config
from web.routes.route_pages import ROUTE_REGISTER
from web.routes.stops import listed_stops
from web.routes.way_forms import (
    DepartureForm,
    EndForm,
    LimiterForm,
    StopRows,
    StretchForm,
    WayForm,
    days_of,
    planned_stops,
    rows_of,
    text_of,
)


class Draft(NamedTuple):
    """What the page of a way begins with."""

    title: str
    initial: dict[str, Any]
    rows: list[dict[str, Any]]
    before: Before | None = None


PARTS: dict[str, type[Departure | HazardousStretch | LimiterStretch]] = {
    "departures": Departure,
    "stretches": HazardousStretch,
    "limiters": LimiterStretch,
}


def changeable_pattern(person: User, pk: int) -> RoutePattern:
    """A pattern of a route that the person may change.

    Raises:
        Http404: where there is none within their reach.
    """
    routes = ROUTE_REGISTER.reached(person, "change")
    found: RoutePattern = get_object_or_404(RoutePattern.objects.current().filter(route__in=routes), pk=pk)
    return found


@require_http_methods(["GET", "POST"])
def way_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw a way of the route `pk`."""
    person = person_of(request)
    route = ROUTE_REGISTER.found(person, pk, "change")
    initial = {
        "direction": request.GET.get("direction", Direction.TO_SCHOOL),
        "weekdays": days_of(),
        "valid_from": timezone.localdate() + timedelta(days=1),
    }

    def save(form: WayForm, stops: list[PlannedStop]) -> RoutePattern:
        drawn = draw_pattern(route=route, way=form.way(stops), by=person, reason=form.cleaned_data["reason"])
        messages.success(request, _("The way is kept. Give it departures, and its trips are planned."))
        return drawn

    return way_page(request, route, Draft(_("Draw a way"), initial, []), save)


@require_http_methods(["GET", "POST"])
def way_redraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw the way `pk` again; what has run stays, and the new one holds from a later day."""
    person = person_of(request)
    pattern = changeable_pattern(person, pk)
    tomorrow = timezone.localdate() + timedelta(days=1)
    initial = {
        "direction": pattern.direction,
        "weekdays": days_of(pattern.weekdays),
        "valid_from": max(pattern.valid_from, tomorrow),
        "valid_until": pattern.valid_until,
        "line": text_of(pattern.line),
    }

    def save(form: WayForm, stops: list[PlannedStop]) -> RoutePattern:
        made, left = redraw_pattern(pattern, form.way(stops), by=person, reason=form.cleaned_data["reason"])
        messages.success(request, _("The way is kept. What has run stays as it was."))
        if left:
            lost = ngettext(
                "%(count)d pupil has lost their stop: find another one.",
                "%(count)d pupils have lost their stop: find others.",
                len(left),
            )
            messages.warning(request, lost % {"count": len(left)})
        return made

    draft = Draft(_("Draw again: %s") % pattern, initial, rows_of(pattern), as_before(pattern))
    return way_page(request, pattern.route, draft, save)


def way_page(
    request: HttpRequest,
    route: Route,
    draft: Draft,
    save: Callable[[WayForm, list[PlannedStop]], RoutePattern],
) -> HttpResponse:
    """The page on which a way is drawn; what is refused is told at the field, and nothing is kept."""
    stops = listed_stops(person_of(request)).filter(archived_at=None)
    on_map = list(stops)
    file = LineFile(request)
    form = (
        WayForm(initial=typed(request.POST, file.text))
        if file.is_asked
        else WayForm(request.POST or None, initial=draft.initial)
    )
    table = StopRows(
        request.POST or None,
        prefix="stops",
        initial=draft.rows,
        form_kwargs={
            "stops": Stop.objects.filter(pk__in=stops.values("pk")),
            "choices": [(one.pk, str(one)) for one in on_map],
        },
    )
    is_valid = form.is_bound and form.is_valid() and table.is_valid()
    if is_valid and (made := kept(form, lambda: save(form, planned_stops(table)))):
        if not request.POST.get("from_file"):
            return redirect("route_detail", pk=route.pk)
        told = {"route": route, "before": signed_before(made, draft.before), "title": draft.title}
        return render(request, "routes/way_line_kept.html", told)
    context = {
        "form": form,
        "table": table,
        "route": route,
        "title": draft.title,
        "file": file,
        "from_file": file.loaded.file_name if file.loaded else request.POST.get("from_file", ""),
        "page_config": map_config(on_map),
    }
    return render(request, "routes/way_form.html", context)


def small_form(
    request: HttpRequest, pattern: RoutePattern, form: forms.Form, title: str, save: Callable[[], Any]
) -> HttpResponse:
    """A page with a form about a way."""
    if form.is_valid() and is_kept(form, save):
        messages.success(request, _("Kept."))
        return redirect("route_detail", pk=pattern.route_id)
    context = {"form": form, "title": title, "route": pattern.route, "pattern": pattern}
    return render(request, "routes/small_form.html", context)


@require_http_methods(["GET", "POST"])
def way_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End the way `pk` on a day."""
    person = person_of(request)
    pattern = changeable_pattern(person, pk)
    form = EndForm(request.POST or None, initial={"last_day": timezone.localdate()})
    return small_form(
        request,
        pattern,
        form,
        _("End this way"),
        lambda: end_pattern(pattern, **form.cleaned_data, by=person),
    )


@require_http_methods(["GET", "POST"])
def departure_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the way `pk` run at a time."""
    person = person_of(request)
    pattern = changeable_pattern(person, pk)
    buses = buses_for(person).filter(archived_at=None, school=pattern.route.school_id)
    form = DepartureForm(request.POST or None, buses=buses, initial={"bus": pattern.route.buses.first()})
    return small_form(
        request,
        pattern,
        form,
        _("Add a departure"),
        lambda: add_departure(pattern=pattern, **form.cleaned_data, by=person),
    )


@require_http_methods(["GET", "POST"])
def departure_edit(request: HttpRequest, pk: int, one: int) -> HttpResponse:
    """Give a departure of the way `pk` another time or bus."""
    person = person_of(request)
    pattern = changeable_pattern(person, pk)
    departure = get_object_or_404(Departure.objects.current(), pattern=pattern, pk=one)
    buses = buses_for(person).filter(archived_at=None, school=pattern.route.school_id)
    form = DepartureForm(
        request.POST or None, buses=buses, initial={"at": departure.at, "bus": departure.bus}
    )
    return small_form(
        request,
        pattern,
        form,
        _("Change the departure"),
        lambda: change_departure(departure, **form.cleaned_data, by=person),
    )


@require_http_methods(["GET", "POST"])
def stretch_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a dangerous part of the way `pk`."""
    return part_new(request, pk, StretchForm(request.POST or None), _("Add a dangerous stretch"), add_stretch)


@require_http_methods(["GET", "POST"])
def limiter_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a speed limiter on a part of the way `pk`."""
    return part_new(request, pk, LimiterForm(request.POST or None), _("Add a speed limiter"), add_limiter)


def part_new(
    request: HttpRequest, pk: int, form: forms.Form, title: str, add: Callable[..., Any]
) -> HttpResponse:
    """A page on which something is recorded of a part of the way `pk`."""
    person = person_of(request)
    pattern = changeable_pattern(person, pk)
    return small_form(
        request, pattern, form, title, lambda: add(pattern=pattern, **form.cleaned_data, by=person)
    )


@require_POST
def part_archive(request: HttpRequest, pk: int, part: str, one: int) -> HttpResponse:
    """Take a departure, a dangerous stretch or a speed limiter of the way `pk` out of use."""
    person = person_of(request)
    pattern = changeable_pattern(person, pk)
    if part not in PARTS:
        raise Http404
    found: Any = get_object_or_404(PARTS[part], pattern=pattern, pk=one)
    form = ArchiveForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else _("Taken off on the page of the route")
    try:
        archive_of_pattern(found, by=person, reason=reason)
    except RecordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Archived. It no longer counts."))
    return redirect("route_detail", pk=pattern.route_id)
