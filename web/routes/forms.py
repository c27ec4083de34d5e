"""Forms of stops, their inspection and approval."""

from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.grants import reach_with
from fleet.organisations.models import Kind, Organisation
from fleet.records import PHOTOGRAPH_KINDS, not_too_large
from fleet.routes.models import MarkingCondition, MarkingKind, Stop
from web.registry.forms import RecordForm

DEGREES_SHOWN = 6
"""A tenth of a metre."""
WGS84 = 4326


def longitude(**options: Any) -> forms.FloatField:
    """A field for degrees east."""
    label = gettext_lazy("Longitude (degrees, WGS-84)")
    return forms.FloatField(label=label, min_value=-180, max_value=180, **options)


def latitude(**options: Any) -> forms.FloatField:
    """A field for degrees north."""
    label = gettext_lazy("Latitude (degrees, WGS-84)")
    return forms.FloatField(label=label, min_value=-90, max_value=90, **options)


class StopForm(RecordForm):
    """The data of a stop, its place by coordinates, and why they change."""

    lon = longitude()
    lat = latitude()

    class Meta(RecordForm.Meta):
        model = Stop
        fields = ("name", "name_en", "approach_deg", "side", "kind", "organisation", "school")

    field_order = ("name", "name_en", "lon", "lat")

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reached = reach_with(person, "routes.change_stop")
        self.choose_from("organisation", Organisation.objects.filter(pk__in=reached, archived_at=None))
        self.choose_organisation("school", reached, (Kind.SCHOOL,))
        place: Point | None = self.instance.place
        if place:
            self.initial.update({"lon": round(place.x, DEGREES_SHOWN), "lat": round(place.y, DEGREES_SHOWN)})

    def values(self) -> dict[str, Any]:
        """What is to be kept, by field; the place as one."""
        values = super().values()
        lon, lat = values.pop("lon"), values.pop("lat")
        is_as_stored = self.instance.place and not {"lon", "lat"} & set(self.changed_data)
        place = self.instance.place if is_as_stored else Point(lon, lat, srid=WGS84)
        return values | {"place": place}


class PlaceForm(forms.Form):
    """Where a stop has been dragged to."""

    lon = longitude()
    lat = latitude()

    @property
    def point(self) -> Point:
        """The place."""
        return Point(self.cleaned_data["lon"], self.cleaned_data["lat"], srid=WGS84)


class HereForm(forms.Form):
    """Where a phone says that it is."""

    lon = longitude(required=False, widget=forms.HiddenInput)
    lat = latitude(required=False, widget=forms.HiddenInput)
    accuracy_m = forms.FloatField(required=False, min_value=0, widget=forms.HiddenInput)

    @property
    def place(self) -> Point | None:
        """Where; None where the phone does not say."""
        lon, lat = self.cleaned_data["lon"], self.cleaned_data["lat"]
        return None if lon is None or lat is None else Point(lon, lat, srid=WGS84)


class InspectionForm(HereForm):
    """What somebody who stands at a stop finds: a tap for each marking, a photograph, a note."""

    photograph = forms.FileField(
        label=gettext_lazy("Photograph"),
        required=False,
        validators=[FileExtensionValidator(PHOTOGRAPH_KINDS), not_too_large],
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png", "capture": "environment"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in MarkingKind:
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label,
                required=False,
                choices=MarkingCondition.choices,
                widget=forms.RadioSelect,
            )

    def marking_fields(self) -> list[forms.BoundField]:
        """The fields of the markings."""
        return [self[kind.value] for kind in MarkingKind]

    @property
    def conditions(self) -> dict[str, str]:
        """The condition found of each marking that was looked at."""
        return {kind.value: self.cleaned_data[kind] for kind in MarkingKind if self.cleaned_data[kind]}

    def clean(self) -> dict[str, Any]:
        """One marking at least has been looked at."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not any(cleaned.get(kind) for kind in MarkingKind):
            raise forms.ValidationError(_("Say of one marking at least how it is."))
        return cleaned


class ApprovalForm(forms.Form):
    """The approval of a stop where it lies."""

    number = forms.CharField(label=gettext_lazy("Number of the approval"), max_length=60)
    approved_on = forms.DateField(
        label=gettext_lazy("Approved"), widget=forms.DateInput(attrs={"type": "date"})
    )
    approved_until = forms.DateField(
        label=gettext_lazy("Approved until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    document = forms.FileField(
        label=gettext_lazy("Document"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=100)
