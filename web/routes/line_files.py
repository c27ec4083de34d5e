"""The line of a way from a file of another program: seen on the map before it is kept, and undone; lines as files."""

from typing import Any

import msgspec
from django import forms
from django.contrib import messages
from django.contrib.gis.geos import LineString
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from fleet.audit.changes import record_export
from fleet.records import RecordError
from fleet.routes.geodata import KINDS, Problem, UnreadableGeodataError
from fleet.routes.geodata_lines import FoundLine, read_lines
from fleet.routes.geodata_writing import CONTENT_TYPES, lines_file
from fleet.routes.models import RoutePattern, Stop
from fleet.routes.pattern_changes import PlannedStop, Way, redraw_pattern, withdraw_pattern
from fleet.routes.queries import patterns_from
from telematics.china import Datum
from web.person import person_of
from web.registry.views_imports import download
from web.routes.forms import WGS84
from web.routes.geo_views import DATUMS
from web.routes.route_pages import ROUTE_REGISTER, RouteFilter

LINES_SALT, UNDO_SALT = "lines from a file", "undo of a line from a file"
KEPT_FOR_S = 24 * 3600


class LineFileForm(forms.Form):
    """A file with a line, and what its coordinates are."""

    file = forms.FileField(
        label=gettext_lazy("File (GeoJSON, GPX, KML, or a zipped Shapefile)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(KINDS)}),
    )
    datum = forms.ChoiceField(label=gettext_lazy("Coordinates"), choices=DATUMS, required=False)


class Loaded(msgspec.Struct):
    """Lines of a file, from which one is taken.

    Attributes:
        file_name: where they come from.
        lines: that could be read.
    """

    file_name: str
    lines: list[FoundLine]


class Before(msgspec.Struct):
    """A way as it was before its line came from a file.

    Attributes:
        pattern: id of the way that it has become.
        version: of that way; a later one is not undone.
        line: that it had, (lon, lat); empty where there was no way before.
        stops: id, planned arrival and standing time of each.
        weekdays: bit 0 is Monday.
    """

    pattern: int
    version: int
    line: list[tuple[float, float]]
    stops: list[tuple[int, int, int]]
    weekdays: int


class LineFile:
    """What the page of a way does with a file: it asks for one, tells of errors, and offers the lines found.

    Attributes:
        form: that asks for the file.
        problems: of the file's features.
        loaded: what was found; None where no file was given.
        text: of the line that was taken, as the page's field has it; None where none was.
        is_asked: whether the page was sent for the file's sake, and is not to be kept yet.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.form = LineFileForm(prefix="geo")
        self.problems: list[Problem] = []
        self.loaded: Loaded | None = None
        self.text: str | None = None
        self.is_asked = bool({"load", "take"} & request.POST.keys())
        if "load" in request.POST:
            self._load(request)
        elif "take" in request.POST:
            self._take(request)

    @property
    def signed(self) -> str:
        """What was found, as the page keeps it for the choice of another line."""
        return signing.dumps(msgspec.to_builtins(self.loaded), salt=LINES_SALT, compress=True)

    def _load(self, request: HttpRequest) -> None:
        self.form = LineFileForm(request.POST, request.FILES, prefix="geo")
        if not self.form.is_valid():
            return
        file, datum = self.form.cleaned_data["file"], self.form.cleaned_data["datum"]
        if file is None:
            self.form.add_error("file", _("Choose a file first."))
            return
        try:
            lines, self.problems = read_lines(file.name, file.read(), Datum(datum or Datum.WGS84))
        except UnreadableGeodataError as error:
            self.form.add_error("file", str(error))
            return
        if lines and not self.problems:
            self.loaded = Loaded(file.name, lines)
            self.text = text_of_points(lines[0])

    def _take(self, request: HttpRequest) -> None:
        try:
            found = signing.loads(request.POST.get("lines", ""), salt=LINES_SALT, max_age=KEPT_FOR_S)
            self.loaded = msgspec.convert(found, Loaded)
            self.text = text_of_points(self.loaded.lines[int(request.POST["take"])])
        except (signing.BadSignature, ValueError, IndexError):
            messages.error(request, _("Look at the file again first."))


def text_of_points(line: FoundLine) -> str:
    """A line of a file, as the page's field has it."""
    return "\n".join(f"{lon:.6f}, {lat:.6f}" for lon, lat in line.points)


def typed(data: QueryDict, line: str | None) -> dict[str, Any]:
    """What was typed into the form of a way, to be shown again, with another line where there is one."""
    fields = ("direction", "valid_from", "valid_until", "line", "reason")
    shown: dict[str, Any] = {name: data.get(name, "") for name in fields}
    shown["weekdays"] = [int(day) for day in data.getlist("weekdays") if day.isdecimal()]
    return shown | ({} if line is None else {"line": line})


def signed_before(made: RoutePattern, before: Before | None) -> str:
    """How a way was before, as the page that tells of its change keeps it."""
    version = made.history.latest("history_id").history_id
    kept = before or Before(0, 0, [], [], made.weekdays)
    kept.pattern, kept.version = made.pk, version
    return signing.dumps(msgspec.to_builtins(kept), salt=UNDO_SALT, compress=True)


def as_before(pattern: RoutePattern) -> Before:
    """A way as it is now, to be brought back."""
    stops = [(one.stop_id, one.offset_s, one.dwell_s) for one in pattern.pattern_stops.order_by("order")]
    points = [(lon, lat) for lon, lat, *_height in pattern.line.coords]
    return Before(pattern.pk, 0, points, stops, pattern.weekdays)


@require_POST
def way_line_undo(request: HttpRequest) -> HttpResponse:
    """Bring back a way as it was before its line came from a file."""
    try:
        found = signing.loads(request.POST.get("before", ""), salt=UNDO_SALT, max_age=KEPT_FOR_S)
    except signing.BadSignature:
        messages.error(request, _("There is nothing to undo."))
        return redirect("route_list")
    before = msgspec.convert(found, Before)
    person = person_of(request)
    routes = ROUTE_REGISTER.reached(person, "change")
    made = get_object_or_404(RoutePattern.objects.current().filter(route__in=routes), pk=before.pattern)
    reason = _("The import has been undone.")
    try:
        if made.history.latest("history_id").history_id != before.version:
            raise RecordError(_("It can't be undone: the way has been changed since."))
        if before.line:
            redraw_pattern(made, way_before(made, before), by=person, reason=reason)
        else:
            withdraw_pattern(made, by=person, reason=reason)
    except RecordError as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The way is as it was before."))
    return redirect("route_detail", pk=made.route_id)


def way_before(made: RoutePattern, before: Before) -> Way:
    """The way that takes the place of one whose line came from a file."""
    stops = Stop.objects.in_bulk([stop for stop, _offset, _dwell in before.stops])
    return Way(
        direction=made.direction,
        line=LineString(before.line, srid=WGS84),
        stops=[PlannedStop(stops[stop], offset, dwell) for stop, offset, dwell in before.stops],
        valid_from=made.valid_from,
        weekdays=before.weekdays,
        valid_until=made.valid_until,
    )


@require_GET
def routes_export(request: HttpRequest, kind: str) -> FileResponse:
    """The lines of the routes that the address asks for, as they run today and later, as a file."""
    person = person_of(request)
    if kind not in CONTENT_TYPES or not ROUTE_REGISTER.may(person, "export"):
        raise Http404
    routes = RouteFilter(request.GET, queryset=ROUTE_REGISTER.reached(person, "export")).qs
    patterns = (
        patterns_from(timezone.localdate()).filter(route__in=routes.values("pk")).select_related("route")
    )
    lines = list(patterns.order_by("route__name", "-direction", "valid_from", "pk"))
    record_export(by=person, what=f"{_('Lines of routes')} ({len(lines)})")
    file_name = f"{_('Lines of routes')}-{timezone.localdate()}.{kind}"
    return download(lines_file(kind, lines), file_name, CONTENT_TYPES[kind])
