"""Pages of buses: list, detail, forms, archive, export."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_tables2 import RequestConfig

from fleet.records import RecordError
from fleet.vehicles import changes
from fleet.vehicles.models import Bus
from web.person import person_of
from web.registry.access import (
    changeable_buses,
    exportable_buses,
    may_add_buses,
    may_export_buses,
    seen_buses,
)
from web.registry.bus_sections import data_of, sections
from web.registry.exports import exported
from web.registry.filters import BusFilter
from web.registry.forms import ArchiveForm, BusForm
from web.registry.history import history_of
from web.registry.spreadsheets.buses import BUSES
from web.registry.tables import BusTable
from web.registry.views_imports import download

PER_PAGE = 50


@require_GET
def bus_list(request: HttpRequest) -> HttpResponse:
    """Buses in the person's reach, searched, sorted and paged."""
    person = person_of(request)
    reached = seen_buses(person)
    found = BusFilter(request.GET, queryset=reached.select_related("operator", "school"))
    table = BusTable(found.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    context = {
        "table": table,
        "filter": found,
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "may_add": may_add_buses(person),
        "may_export": may_export_buses(person),
        "query": request.GET.urlencode(),
    }
    return render(request, "registry/bus_list.html", context)


@require_GET
def bus_export(request: HttpRequest, kind: str) -> FileResponse:
    """The list as it is filtered, as a spreadsheet."""
    person = person_of(request)
    if not may_export_buses(person):
        raise Http404
    found = BusFilter(request.GET, queryset=exportable_buses(person)).qs
    content, file_name, content_type = exported(BUSES, found, kind, by=person)
    return download(content, file_name, content_type)


@require_GET
def bus_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """All that is recorded of a bus, and what changed when."""
    person = person_of(request)
    bus = get_object_or_404(seen_buses(person).select_related("operator", "school", "route"), pk=pk)
    context = {
        "bus": bus,
        "data": data_of(bus),
        "sections": sections(bus),
        "history": history_of(bus),
        "archive_form": ArchiveForm(),
        "may_change": changeable_buses(person).filter(pk=pk).exists(),
    }
    return render(request, "registry/bus_detail.html", context)


@require_http_methods(["GET", "POST"])
def bus_new(request: HttpRequest) -> HttpResponse:
    """Add a bus."""
    person = person_of(request)
    if not may_add_buses(person):
        raise Http404
    form = BusForm(request.POST or None, person=person)
    if form.is_valid():
        bus = saved(form, lambda values, reason: changes.create_bus(**values, by=person, reason=reason))
        if bus:
            messages.success(request, _("Bus %s has been added.") % bus)
            return redirect("bus_detail", pk=bus.pk)
    return render(request, "registry/bus_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
def bus_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the data of a bus."""
    person = person_of(request)
    bus = get_object_or_404(changeable_buses(person), pk=pk)
    form = BusForm(request.POST or None, instance=bus, person=person)
    if form.is_valid():
        stored = Bus.objects.get(pk=pk)
        differing = {name: value for name, value in form.values().items() if value != getattr(stored, name)}
        if not differing or saved(
            form, lambda _values, reason: changes.change_bus(stored, differing, by=person, reason=reason)
        ):
            messages.success(request, _("The changes are kept."))
            return redirect("bus_detail", pk=pk)
    return render(request, "registry/bus_form.html", {"form": form, "bus": Bus.objects.get(pk=pk)})


def saved(form: BusForm, save: Any) -> Bus | None:
    """What `save` makes of the form's values; None where it refuses, which the form then tells by field."""
    try:
        bus: Bus = save(form.values(), form.cleaned_data["reason"])
    except ValidationError as error:
        form.add_error(None, error)
        return None
    except RecordError as error:
        form.add_error(None, str(error))
        return None
    return bus


@require_POST
def bus_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a bus out of use, for a reason."""
    person = person_of(request)
    bus = get_object_or_404(changeable_buses(person), pk=pk)
    form = ArchiveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why it is archived."))
        return redirect("bus_detail", pk=pk)
    try:
        changes.archive_bus(bus, by=person, reason=form.cleaned_data["reason"])
    except RecordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Bus %s is archived. It can be brought back on this page.") % bus)
    return redirect("bus_detail", pk=pk)


@require_POST
def bus_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring an archived bus back into use."""
    person = person_of(request)
    bus = get_object_or_404(changeable_buses(person), pk=pk)
    try:
        changes.restore_bus(bus, by=person, reason=_("Brought back"))
    except RecordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Bus %s is in use again.") % bus)
    return redirect("bus_detail", pk=pk)
