"""Stops from files of other programs, seen before they are kept, and undone; and as files for them."""

from typing import Any, cast

import msgspec
from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fleet.audit.changes import record_export
from fleet.grants import reach_with
from fleet.organisations.models import Organisation
from fleet.people.models import User
from fleet.records import RecordError
from fleet.routes.geodata import KINDS, FoundPlace, Problem, UnreadableGeodataError, read_places
from fleet.routes.geodata_writing import CONTENT_TYPES, stops_file
from fleet.routes.stop_import import ImportRefusedError, candidates, import_stops, undo_import
from telematics.china import Datum
from web.person import person_of
from web.registry.views_imports import download
from web.routes.stops import STOP_REGISTER, StopFilter

SALT = "stops from a file"
CHECKED_FOR_S = 3600
"""So long after the preview the import can be done."""
DATUMS = [
    (Datum.WGS84.value, gettext_lazy("WGS-84 (receivers, OpenStreetMap)")),
    (Datum.GCJ02.value, gettext_lazy("GCJ-02 (Amap, Tencent)")),
    (Datum.BD09.value, gettext_lazy("BD-09 (Baidu)")),
]


class GeoFileForm(forms.Form):
    """A file of places, what its coordinates are, and who is to keep the stops."""

    file = forms.FileField(
        label=gettext_lazy("File (GeoJSON, GPX, KML, or a zipped Shapefile)"),
        widget=forms.FileInput(attrs={"accept": ",".join(KINDS)}),
    )
    datum = forms.ChoiceField(
        label=gettext_lazy("Coordinates"),
        choices=DATUMS,
        help_text=gettext_lazy("Where this is wrong, the stops lie some hundred metres off."),
    )
    organisation = forms.ModelChoiceField(label=gettext_lazy("Kept by"), queryset=Organisation.objects.none())

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reached = reach_with(person, "routes.change_stop")
        field = cast(forms.ModelChoiceField, self.fields["organisation"])  # type: ignore[type-arg]  # not at run time
        field.queryset = Organisation.objects.filter(pk__in=reached, archived_at=None)


class Checked(msgspec.Struct):
    """What has been seen in the preview, and is kept as it was seen."""

    file_name: str
    organisation: int
    places: list[FoundPlace]


@require_http_methods(["GET", "POST"])
def stops_geo(request: HttpRequest) -> HttpResponse:
    """Choose a file, and see what it would add; nothing is written."""
    person = person_of(request)
    if not STOP_REGISTER.may(person, "change"):
        raise PermissionDenied(_("You may not do this."))
    form = GeoFileForm(request.POST or None, request.FILES or None, person=person)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        given = form.cleaned_data
        try:
            places, problems = read_places(given["file"].name, given["file"].read(), Datum(given["datum"]))
        except UnreadableGeodataError as error:
            form.add_error("file", str(error))
        else:
            checked = Checked(given["file"].name, given["organisation"].pk, places)
            context |= preview(checked, problems)
    return render(request, "routes/stops_geo.html", context)


def preview(checked: Checked, problems: list[Problem]) -> dict[str, Any]:
    """What the page shows of a file; it can be kept only where nothing in it is wrong."""
    return {
        "checked": checked,
        "problems": problems,
        "candidates": candidates(checked.places),
        "signed": "" if problems else signing.dumps(msgspec.to_builtins(checked), salt=SALT, compress=True),
    }


@require_POST
def stops_geo_keep(request: HttpRequest) -> HttpResponse:
    """Keep the stops of a file as they have been seen."""
    person = person_of(request)
    try:
        seen = signing.loads(request.POST.get("checked", ""), salt=SALT, max_age=CHECKED_FOR_S)
    except signing.BadSignature:
        messages.error(request, _("Look at the file again first."))
        return redirect("stops_geo")
    checked = msgspec.convert(seen, Checked)
    organisation = Organisation.objects.filter(pk=checked.organisation, archived_at=None).first()
    if organisation is None:
        raise Http404
    try:
        key = import_stops(
            places=checked.places, organisation=organisation, file_name=checked.file_name, by=person
        )
    except ImportRefusedError as error:
        context = {"form": GeoFileForm(person=person), **preview(checked, error.problems)}
        return render(request, "routes/stops_geo.html", context)
    context = {"count": len(checked.places), "key": key, "file_name": checked.file_name}
    return render(request, "routes/stops_geo_kept.html", context)


@require_POST
def stops_geo_undo(request: HttpRequest, key: str) -> HttpResponse:
    """Archive the stops that an import has added."""
    try:
        count = undo_import(key=key, by=person_of(request))
    except RecordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The import of %d stops has been undone.") % count)
    return redirect("stop_map")


@require_GET
def stops_export(request: HttpRequest, kind: str) -> FileResponse:
    """The stops that the address asks for, as a file for other programs."""
    person = person_of(request)
    if kind not in CONTENT_TYPES or not STOP_REGISTER.may(person, "export"):
        raise Http404
    found = StopFilter(request.GET, queryset=STOP_REGISTER.reached(person, "export")).qs
    stops = list(found)
    record_export(by=person, what=f"{_('Stops')} ({len(stops)})")
    return download(
        stops_file(kind, stops), f"{_('Stops')}-{timezone.localdate()}.{kind}", CONTENT_TYPES[kind]
    )
