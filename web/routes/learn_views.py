"""A route is learned from driving: choose a bus and days, look at what its driving tells, confirm it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fleet.grants import reach_with
from fleet.organisations.models import Organisation
from fleet.people.models import User
from fleet.routes.learned import ConfirmedWay, WayRefusedError, keep_learned
from fleet.routes.models import Route, Stop
from fleet.routes.stop_states import stops_near
from fleet.trips.driven import days_of_driving, days_to_learn_from, learned_from
from fleet.vehicles.models import Bus
from fleet.vehicles.queries import buses_for
from telematics.learning.learned import LearnedWay
from web.person import person_of
from web.registry.saving import kept
from web.routes.learn_forms import (
    MOST_WAYS,
    BusForm,
    DaysForm,
    LearnedRouteForm,
    LearnedStopRows,
    LearnedWayForm,
    confirmed_way,
)
from web.routes.learn_words import Names, rows_of, way_initial
from web.routes.maps import map_config
from web.routes.route_pages import ROUTE_REGISTER
from web.routes.stops import listed_stops

OFFERED_WITHIN_M = 100.0


class WayShown(NamedTuple):
    """A way as its part of the page shows it."""

    form: LearnedWayForm
    rows: Any


def buses_to_learn_from(person: User) -> Any:
    """The buses of schools whose routes a person may change.

    Raises:
        PermissionDenied: where there can be none.
    """
    if not ROUTE_REGISTER.may(person, "change"):
        raise PermissionDenied(_("You may not do this."))
    schools = reach_with(person, "routes.change_route")
    return buses_for(person).filter(archived_at=None, school__in=schools).order_by("plate")


@require_GET
def route_learn(request: HttpRequest) -> HttpResponse:
    """Choose a bus, then the days of its driving."""
    buses = buses_to_learn_from(person_of(request))
    form = BusForm(request.GET or None, buses=buses)
    bus: Bus | None = form.cleaned_data["bus"] if form.is_valid() else None
    days = days_of_driving(bus, timezone.localdate()) if bus else []
    context = {
        "form": form,
        "bus": bus,
        "has_buses": buses.exists(),
        "days": days,
        "chosen": days_to_learn_from(days),
    }
    return render(request, "routes/learn.html", context)


@require_http_methods(["GET", "POST"])
def route_proposal(request: HttpRequest) -> HttpResponse:
    """What the driving of a bus tells; nothing is written before somebody confirms it."""
    person = person_of(request)
    chosen = BusForm(request.GET, buses=buses_to_learn_from(person))
    if not chosen.is_valid():
        return redirect("route_learn")
    bus: Bus = chosen.cleaned_data["bus"]
    driven = [one.day for one in days_of_driving(bus, timezone.localdate())]
    days = DaysForm(request.GET, days=driven)
    if not days.is_valid():
        messages.error(request, _("Choose one day at least on which the bus drove."))
        return redirect(f"{request.path.removesuffix('proposal/')}?bus={bus.pk}")
    stops = list(listed_stops(person).filter(archived_at=None))
    if request.method == "POST":
        return confirm(request, bus, stops)
    learned = learned_from(bus, days.cleaned_data["day"], stops)
    names = Names(bus.school)
    ways = [
        WayShown(
            LearnedWayForm(prefix=f"way{number}", initial=way_initial(one)),
            stop_rows(person, stops, number, initial=rows_of(one, names)),
        )
        for number, one in enumerate(most_driven(learned.ways))
    ]
    return page(request, bus, route_form(person, bus), ways, stops)


def most_driven(ways: Sequence[LearnedWay]) -> list[LearnedWay]:
    """The ways of the most drives, in their order, where there are more than a page holds."""
    most = sorted(ways, key=lambda way: -way.drives)[:MOST_WAYS]
    return [way for way in ways if way in most]


def route_form(person: User, bus: Bus, data: Any = None) -> LearnedRouteForm:
    """The form of the route of a bus's school."""
    routes = ROUTE_REGISTER.reached(person, "change").filter(archived_at=None, school=bus.school_id)
    keepers = Organisation.objects.filter(pk__in=reach_with(person, "routes.change_stop"), archived_at=None)
    initial = {
        "route": bus.route if bus.route and not bus.route.patterns.exists() else None,
        "valid_from": timezone.localdate() + timedelta(days=1),
        "keeper": bus.school_id,
    }
    return LearnedRouteForm(data, routes=routes, keepers=keepers, initial=initial)


def stop_rows(person: User, stops: Sequence[Stop], number: int, data: Any = None, initial: Any = None) -> Any:
    """The rows of a way's stops."""
    found = listed_stops(person).filter(archived_at=None)

    def near(lat: float, lon: float) -> list[tuple[int, str]]:
        offered = stops_near(found, lat, lon, OFFERED_WITHIN_M)
        return [
            (stop.pk, _("%(stop)s (%(metres)d m)") % {"stop": stop, "metres": metres})
            for metres, stop in offered
        ]

    return LearnedStopRows(
        data,
        prefix=f"way{number}-stops",
        initial=initial,
        form_kwargs={"stops": Stop.objects.filter(pk__in=[stop.pk for stop in stops]), "near": near},
    )


def confirm(request: HttpRequest, bus: Bus, stops: Sequence[Stop]) -> HttpResponse:
    """Keep what was confirmed; what is refused is told where it stands, and nothing is kept."""
    person = person_of(request)
    form = route_form(person, bus, request.POST)
    ways = [
        WayShown(
            LearnedWayForm(request.POST, prefix=f"way{number}"),
            stop_rows(person, stops, number, request.POST),
        )
        for number in range(MOST_WAYS)
        if f"way{number}-direction" in request.POST
    ]
    wanted = [way for way in ways if request.POST.get(f"{way.form.prefix}-keep")]
    is_valid = form.is_valid()
    for way in wanted:
        is_valid = way.form.is_valid() and way.rows.is_valid() and is_valid
    if is_valid:
        valid_from = form.cleaned_data["valid_from"]
        confirmed = [confirmed_way(way.form, way.rows, valid_from) for way in wanted]
        try:
            route = kept(form, lambda: keep(form, confirmed, bus, person))
        except WayRefusedError as error:
            refused = wanted[error.way].form
            for message in error.error.messages:
                refused.add_error(None, message)
            route = None
        if route:
            messages.success(
                request, _("The route is kept with what was learned. Look at what is questionable about it.")
            )
            return redirect("route_detail", pk=route.pk)
    return page(request, bus, form, ways, stops)


def keep(form: LearnedRouteForm, ways: Sequence[ConfirmedWay], bus: Bus, person: User) -> Route:
    """Keep the route of a form with the ways that were confirmed."""
    given = form.cleaned_data
    details = {"name": given["name"], "name_en": given["name_en"], "school": bus.school}
    return keep_learned(
        route=given["route"], details=details, ways=ways, bus=bus, keeper=given["keeper"], by=person
    )


def page(
    request: HttpRequest, bus: Bus, form: LearnedRouteForm, ways: Sequence[WayShown], stops: Sequence[Stop]
) -> HttpResponse:
    """The page of a proposal."""
    context = {"bus": bus, "form": form, "ways": ways, "page_config": map_config(stops)}
    return render(request, "routes/learn_proposal.html", context)
