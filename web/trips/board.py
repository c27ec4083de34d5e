"""The board of a day's trips: what is late, what blocks each one, where it is; and as a spreadsheet."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from fleet.audit.changes import record_access, record_export
from fleet.audit.models import Action
from fleet.grants import reach_with
from fleet.people.models import Driver, User
from fleet.trips.models import Trip, TripState
from fleet.trips.queries import EXPORT, BoardRow, board, complete, shown, trips_for
from fleet.trips.words import OBSTACLES
from web.person import person_of
from web.registry.table_files import table_file
from web.registry.views_imports import download

PER_PAGE = 50
LATE = "late"


class BoardFilter(forms.Form):
    """How the board is narrowed down."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": gettext_lazy("Plate, route, school or driver")}
        ),
    )
    day = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("All")), (LATE, gettext_lazy("Late")), *TripState.choices],
    )


def asked(request: HttpRequest) -> tuple[BoardFilter, dict[str, Any]]:
    """The filter, and what it asks for; today where it names no day."""
    form = BoardFilter(request.GET or None, initial={"day": timezone.localdate()})
    given = form.cleaned_data if form.is_valid() else {}
    return form, {
        "day": given.get("day") or timezone.localdate(),
        "text": given.get("q", ""),
        "state": given.get("state", ""),
    }


@require_GET
def trip_list(request: HttpRequest) -> HttpResponse:
    """A day's trips, what is late first."""
    person = person_of(request)
    form, wanted = asked(request)
    rows = board(person, now=timezone.now(), **wanted)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    complete(list(page.object_list))
    note_crews(person, Action.LIST, (row.trip for row in page.object_list))
    context = {
        "form": form,
        "page": page,
        "day": wanted["day"],
        "counts": counts_of(rows),
        "is_filtered": bool(wanted["text"] or wanted["state"]),
        "is_today": wanted["day"] == timezone.localdate(),
        "query": request.GET.urlencode(),
        "without_page": urlencode([one for one in request.GET.items() if one[0] != "page"]),
        "may_export": bool(reach_with(person, EXPORT)),
        "obstacles": OBSTACLES,
    }
    return render(request, "trips/list.html", context)


def counts_of(rows: list[BoardRow]) -> list[tuple[str, str, int]]:
    """How many trips are late, and in each state: filter value, word, number."""
    counts = [
        (LATE, _("Late"), sum(row.is_late for row in rows)),
        *(
            (state.value, str(state.label), sum(row.trip.state == state for row in rows))
            for state in TripState
        ),
    ]
    return [one for one in counts if one[2]]


def note_crews(person: User, action: Action, trips: Iterable[Trip], at_wheel: Driver | None = None) -> None:
    """Add to the access log that drivers and attendants were named."""
    named = {one for trip in trips for one in (trip.driver, trip.attendant, at_wheel) if one}
    record_access(by=person, action=action, objects=sorted(named, key=lambda one: (one._meta.label, one.pk)))


@require_GET
def trip_export(request: HttpRequest, kind: str) -> FileResponse:
    """The board as it is filtered, as a spreadsheet; the access log has it.

    Raises:
        Http404: for who may take no trips away.
    """
    person = person_of(request)
    if not reach_with(person, EXPORT):
        raise Http404
    _form, wanted = asked(request)
    seen = {row.trip.pk: row for row in board(person, now=timezone.now(), **wanted)}
    trips = [
        trip
        for trip in shown(trips_for(person, EXPORT)).filter(service_date=wanted["day"])
        if trip.pk in seen
    ]
    heads = (
        _("Departure"), _("Route"), _("Direction"), _("School"), _("Bus"), _("Planned bus"), _("Driver"),
        _("Attendant"), _("State"), _("Departed"), _("Arrived"), _("Late (min)"), _("Reason for lateness"),
    )  # fmt: skip
    content, content_type = table_file(kind, [heads, *(cells(seen[trip.pk]) for trip in trips)])
    title = _("Trips")
    record_export(by=person, what=f"{title} ({len(trips)})")
    note_crews(person, Action.EXPORT, trips)
    return download(content, f"{title}-{wanted['day']}.{kind}", content_type)


def cells(row: BoardRow) -> list[str]:
    """A trip's cells in the spreadsheet."""
    trip = row.trip
    route = trip.pattern.route
    named = (trip.bus, trip.planned_bus, trip.driver, trip.attendant)
    times = (trip.started_at, trip.ended_at)
    return [
        f"{timezone.localtime(trip.starts_at):%Y-%m-%d %H:%M}",
        str(route),
        trip.pattern.get_direction_display(),
        str(route.school),
        *(str(one) if one else "" for one in named),
        trip.get_state_display(),
        *(f"{timezone.localtime(one):%H:%M}" if one else "" for one in times),
        str(row.late_minutes),
        trip.late_reason,
    ]
