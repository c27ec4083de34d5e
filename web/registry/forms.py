"""Forms of the registry."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fleet.grants import reach_with
from fleet.organisations.models import Kind, Organisation
from fleet.people.models import User
from fleet.routes.models import Route
from fleet.vehicles.models import Bus

FILE_KINDS = ".xlsx,.csv,text/csv"


class BusForm(forms.ModelForm):  # type: ignore[type-arg]  # it can't be subscripted at run time
    """The data of a bus, and why they change."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=100,
        help_text=_("Kept in the history, with your name."),
    )

    class Meta:
        model = Bus
        fields = (
            "plate",
            "operator",
            "school",
            "route",
            "bus_type",
            "capacity_pupils",
            "capacity_adults",
            "make",
            "model",
            "vin",
            "engine_number",
            "owner",
            "first_registered_on",
        )
        widgets = {"first_registered_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reached = Organisation.objects.filter(pk__in=reach_with(person, "vehicles.change_bus"))
        self.choose_from("operator", reached.filter(kind=Kind.OPERATOR))
        self.choose_from("school", reached.filter(kind=Kind.SCHOOL))
        self.choose_from("route", Route.objects.filter(school__in=reached))

    def choose_from(self, name: str, found: Any) -> None:
        """Offer what the person reaches, and what the bus has already."""
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (a relation's field always is)
        now = getattr(self.instance, f"{name}_id")
        field.queryset = found | found.model.objects.filter(pk=now) if now else found

    def values(self) -> dict[str, Any]:
        """What is to be kept of a bus, by field."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class ArchiveForm(forms.Form):
    """Why a record is taken out of use."""

    reason = forms.CharField(label=_("Why is it archived?"), max_length=100)


class UploadForm(forms.Form):
    """A spreadsheet to import."""

    file = forms.FileField(
        label=_("Spreadsheet (.xlsx or .csv)"), widget=forms.FileInput(attrs={"accept": FILE_KINDS})
    )
