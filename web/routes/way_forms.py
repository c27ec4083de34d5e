"""Forms of the ways that a route runs: their line, their stops in order, departures, stretches and speed limiters."""

from typing import Any

from django import forms
from django.contrib.gis.geos import LineString
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.routes.models import Direction, HazardKind, RoutePattern, Stop, Weekday
from fleet.routes.pattern_changes import PlannedStop, Way
from fleet.routes.patterns import EVERY_WEEKDAY, FASTEST_KMH, SLOWEST_KMH
from fleet.vehicles.models import Bus
from web.registry.forms import YES_NO
from web.routes.forms import WGS84

SPARE_ROWS = 12
MOST_STOPS = 80
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LineField(forms.CharField):
    """A line, a point on each row of text: longitude, latitude."""

    widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "line-text"})

    def to_python(self, value: Any) -> Any:
        """The line.

        Raises:
            ValidationError: naming the row that is no point.
        """
        points = []
        for number, row in enumerate(str(value or "").splitlines(), start=1):
            if not row.strip():
                continue
            try:
                lon, lat = (float(part) for part in row.replace(",", " ").split())
            except ValueError as error:
                message = _("Row %(number)d is no point: write longitude, latitude.") % {"number": number}
                raise forms.ValidationError(message) from error
            if not (-180 <= lon <= 180 and -90 <= lat <= 90):
                raise forms.ValidationError(_("Row %(number)d is not on the earth.") % {"number": number})
            points.append((lon, lat))
        if len(points) < 2:
            raise forms.ValidationError(_("A line has two points or more."))
        return LineString(points, srid=WGS84)


class WayForm(forms.Form):
    """A way that a route runs."""

    direction = forms.ChoiceField(label=gettext_lazy("Direction"), choices=Direction.choices)
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Weekdays"),
        choices=Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    valid_from = forms.DateField(label=gettext_lazy("Valid from"), widget=DAY)
    valid_until = forms.DateField(label=gettext_lazy("Valid until"), widget=DAY, required=False)
    line = LineField(
        label=gettext_lazy("Line"),
        help_text=gettext_lazy("A point on each row: longitude, latitude (WGS-84); or click on the map."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Kept in the history, with your name."),
    )

    def way(self, stops: list[PlannedStop]) -> Way:
        """What is to be run."""
        given = self.cleaned_data
        return Way(
            direction=given["direction"],
            line=given["line"],
            stops=stops,
            valid_from=given["valid_from"],
            valid_until=given["valid_until"],
            weekdays=bits_of(given["weekdays"]),
        )


class StopRow(forms.Form):
    """A stop of a way; rows without a stop don't count."""

    order = forms.IntegerField(label=gettext_lazy("Order"), min_value=1, required=False)
    stop = forms.ModelChoiceField(
        label=gettext_lazy("Stop"), queryset=Stop.objects.none(), required=False, empty_label="—"
    )
    minutes = forms.FloatField(label=gettext_lazy("Arrives after (min)"), min_value=0, required=False)
    dwell_s = forms.IntegerField(label=gettext_lazy("Stands (s)"), min_value=0, max_value=600, required=False)

    def __init__(
        self, *args: Any, choices: list[tuple[int, str]], stops: QuerySet[Stop], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["stop"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (as declared above)
        field.queryset = stops
        field.widget.choices = [("", "—"), *choices]

    @property
    def planned(self) -> PlannedStop:
        """The stop with its times; those left open are estimated."""
        minutes, dwell = self.cleaned_data["minutes"], self.cleaned_data["dwell_s"]
        return PlannedStop(
            self.cleaned_data["stop"],
            offset_s=None if minutes is None else round(minutes * 60),
            dwell_s=20 if dwell is None else dwell,
        )


StopRows = forms.formset_factory(StopRow, extra=SPARE_ROWS, max_num=MOST_STOPS, validate_max=True)


def planned_stops(rows: Any) -> list[PlannedStop]:
    """The stops of a valid formset, in the order that their numbers say; those without one come where they stand."""
    filled = [
        (row.cleaned_data.get("order") or position, position, row)
        for position, row in enumerate(rows.forms, start=1)
        if row.cleaned_data.get("stop")
    ]
    return [row.planned for _order, _position, row in sorted(filled, key=lambda one: one[:2])]


def rows_of(pattern: RoutePattern) -> list[dict[str, Any]]:
    """The stops of a pattern, as the rows of its form."""
    return [
        {
            "order": one.order,
            "stop": one.stop_id,
            "minutes": round(one.offset_s / 60, 1),
            "dwell_s": one.dwell_s,
        }
        for one in pattern.pattern_stops.order_by("order")
    ]


def text_of(line: LineString) -> str:
    """A line, as its field has it."""
    return "\n".join(f"{lon:.6f}, {lat:.6f}" for lon, lat, *_height in line.coords)


def bits_of(weekdays: list[int]) -> int:
    """Weekdays as a pattern keeps them."""
    return sum(1 << weekday for weekday in weekdays)


def days_of(bits: int = EVERY_WEEKDAY) -> list[int]:
    """Weekdays as a form has them."""
    return [weekday.value for weekday in Weekday if bits >> weekday.value & 1]


class DepartureForm(forms.Form):
    """A time at which a way is run, and by which bus."""

    at = forms.TimeField(label=gettext_lazy("Departure"), widget=forms.TimeInput(attrs={"type": "time"}))
    bus = forms.ModelChoiceField(
        label=gettext_lazy("Bus"),
        queryset=Bus.objects.none(),
        required=False,
        empty_label=gettext_lazy("Not known yet"),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=100)

    def __init__(self, *args: Any, buses: QuerySet[Bus], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["bus"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (as declared above)
        field.queryset = buses


class StretchForm(forms.Form):
    """A dangerous part of a way."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=HazardKind.choices)
    begins_m = forms.FloatField(label=gettext_lazy("Begins (m along the line)"), min_value=0)
    ends_m = forms.FloatField(label=gettext_lazy("Ends (m along the line)"), min_value=0)
    protected = forms.TypedChoiceField(
        label=gettext_lazy("Barriers and signs are there"),
        choices=YES_NO,
        initial="False",
        coerce=lambda text: text == "True",
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=100)


class LimiterForm(forms.Form):
    """A part of a way on which buses go slower than the law asks for."""

    begins_m = forms.FloatField(label=gettext_lazy("Begins (m along the line)"), min_value=0)
    ends_m = forms.FloatField(label=gettext_lazy("Ends (m along the line)"), min_value=0)
    limit_kmh = forms.IntegerField(
        label=gettext_lazy("Speed limiter (km/h)"),
        min_value=SLOWEST_KMH,
        max_value=FASTEST_KMH,
        help_text=gettext_lazy(
            "Counts in the direction of this way, from now on. The legal limits hold as well."
        ),
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=100)


class EndForm(forms.Form):
    """The last day of a way."""

    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=DAY)
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=100)
