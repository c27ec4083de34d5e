"""Forms of routes that are learned from driving: which bus and days, and what somebody confirms of the proposal."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.contrib.gis.geos import Point
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.organisations.models import Organisation
from fleet.routes.learned import ConfirmedStop, ConfirmedWay
from fleet.routes.models import Direction, Route, Stop, Weekday
from fleet.vehicles.models import Bus
from web.registry.spreadsheets.contents import CellError, Several
from web.registry.spreadsheets.ways import Clock
from web.routes.forms import WGS84, latitude, longitude
from web.routes.way_forms import DAY, LineField, bits_of

MOST_WAYS = 8
TIMES = Several(Clock())
MOST_ROWS = 80
KEEP, LEAVE_OUT, MERGE = "keep", "leave_out", "merge"
USES = [
    (KEEP, gettext_lazy("Keep the stop")),
    (LEAVE_OUT, gettext_lazy("Leave out")),
    (MERGE, gettext_lazy("Same as the one before")),
]


class BusForm(forms.Form):
    """The bus whose driving is learned from."""

    bus = forms.ModelChoiceField(
        label=gettext_lazy("Bus"), queryset=Bus.objects.none(), empty_label=gettext_lazy("Choose a bus")
    )

    def __init__(self, *args: Any, buses: QuerySet[Bus], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["bus"], buses)


class DaysForm(forms.Form):
    """The days whose driving is learned from."""

    day = forms.TypedMultipleChoiceField(coerce=date.fromisoformat, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, days: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.TypedMultipleChoiceField, self.fields["day"])
        field.choices = [(day.isoformat(), day.isoformat()) for day in days]


class LearnedRouteForm(forms.Form):
    """The route that runs what was learned."""

    route = forms.ModelChoiceField(
        label=gettext_lazy("Route"),
        queryset=Route.objects.none(),
        required=False,
        empty_label=gettext_lazy("A new route"),
    )
    name = forms.CharField(label=gettext_lazy("Name of the new route"), max_length=120, required=False)
    name_en = forms.CharField(
        label=gettext_lazy("English name of the new route"), max_length=120, required=False
    )
    valid_from = forms.DateField(label=gettext_lazy("Valid from"), widget=DAY)
    keeper = forms.ModelChoiceField(
        label=gettext_lazy("New stops are kept by"), queryset=Organisation.objects.none(), empty_label=None
    )

    def __init__(
        self, *args: Any, routes: QuerySet[Route], keepers: QuerySet[Organisation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["route"], routes)
        offer(self.fields["keeper"], keepers)

    def clean(self) -> dict[str, Any]:
        """A new route has a name."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("route") and not cleaned.get("name"):
            self.add_error("name", _("Name the new route, or choose one that is there."))
        return cleaned


class DeparturesField(forms.CharField):
    """Times of day, with commas between them."""

    def to_python(self, value: Any) -> Any:
        """The times.

        Raises:
            ValidationError: naming what is no time.
        """
        try:
            return sorted(TIMES.parse(str(value))) if str(value or "").strip() else []
        except CellError as error:
            raise forms.ValidationError(str(error)) from error


class LearnedWayForm(forms.Form):
    """A way that was learned."""

    keep = forms.BooleanField(label=gettext_lazy("Keep this way"), required=False)
    direction = forms.ChoiceField(label=gettext_lazy("Direction"), choices=Direction.choices)
    departures = DeparturesField(
        label=gettext_lazy("Departures"),
        required=False,
        help_text=gettext_lazy("Times of day, with commas between them."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Weekdays"),
        choices=Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    line = LineField(
        label=gettext_lazy("Line"),
        help_text=gettext_lazy("A point on each row: longitude, latitude (WGS-84)."),
    )
    told = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)


class LearnedStopRow(forms.Form):
    """A stop that was learned."""

    use = forms.ChoiceField(label=gettext_lazy("Use"), choices=USES)
    stop = forms.ModelChoiceField(
        label=gettext_lazy("Stop"),
        queryset=Stop.objects.none(),
        required=False,
        empty_label=gettext_lazy("A new stop"),
    )
    name = forms.CharField(label=gettext_lazy("Name of the new stop"), max_length=120, required=False)
    minutes = forms.FloatField(label=gettext_lazy("Arrives after (min)"), min_value=0, required=False)
    dwell_s = forms.IntegerField(label=gettext_lazy("Stands (s)"), min_value=0, max_value=600, required=False)
    lon = longitude(widget=forms.NumberInput(attrs={"step": "any"}))
    lat = latitude(widget=forms.NumberInput(attrs={"step": "any"}))
    approach_deg = forms.FloatField(required=False, widget=forms.HiddenInput)
    told = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        stops: QuerySet[Stop],
        near: Callable[[float, float], list[tuple[int, str]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["stop"]
        offer(field, stops)
        place = self.place_given()
        field.widget.choices = [("", _("A new stop")), *(near(*place) if place else ())]

    def place_given(self) -> tuple[float, float] | None:
        """(lat, lon) as the row has it, whether it is right or not."""
        try:
            return float(self["lat"].value()), float(self["lon"].value())
        except (TypeError, ValueError):
            return None

    def clean(self) -> dict[str, Any]:
        """A new stop that is kept has a name."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("use") == KEEP and not cleaned.get("stop") and not cleaned.get("name"):
            self.add_error("name", _("Name the stop, or leave it out."))
        return cleaned

    @property
    def confirmed(self) -> ConfirmedStop:
        """The stop as it was confirmed."""
        given = self.cleaned_data
        minutes, dwell = given["minutes"], given["dwell_s"]
        return ConfirmedStop(
            stop=given["stop"],
            name=given["name"],
            place=Point(given["lon"], given["lat"], srid=WGS84),
            approach_deg=given["approach_deg"],
            offset_s=None if minutes is None else round(minutes * 60),
            dwell_s=20 if dwell is None else dwell,
        )


LearnedStopRows = forms.formset_factory(LearnedStopRow, extra=0, max_num=MOST_ROWS, validate_max=True)


def confirmed_way(way: LearnedWayForm, rows: Any, valid_from: date) -> ConfirmedWay:
    """A way as it was confirmed: times count from the first stop that is kept."""
    stops = [row.confirmed for row in rows.forms if row.cleaned_data["use"] == KEEP]
    offsets = [one.offset_s for one in stops if one.offset_s is not None]
    begins_s = offsets[0] if offsets and stops[0].offset_s is not None else 0
    given = way.cleaned_data
    return ConfirmedWay(
        direction=given["direction"],
        line=given["line"],
        stops=[since(one, begins_s) for one in stops],
        departures=given["departures"],
        valid_from=valid_from,
        weekdays=bits_of(given["weekdays"]),
    )


def since(one: ConfirmedStop, begins_s: int) -> ConfirmedStop:
    """A stop with its time counted from a later departure."""
    offset = None if one.offset_s is None else max(0, one.offset_s - begins_s)
    return ConfirmedStop(one.stop, one.name, one.place, one.approach_deg, offset, one.dwell_s)


def offer(field: forms.Field, found: QuerySet[Any]) -> None:
    """Have a field choose from some records."""
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (as declared above)
    field.queryset = found
