"""What the forms of the registry share, and the small ones that all kinds of record use."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from fleet.organisations.models import Kind, Organisation
from fleet.records import DOCUMENT_KINDS

EMPLOYERS = (Kind.OPERATOR, Kind.SCHOOL)
"""Schools run buses of their own, too (校车安全管理条例 Art 9)."""

SPREADSHEET_KINDS = ".xlsx,.csv,text/csv"
YES_NO = [("True", _("Yes")), ("False", _("No"))]


def asked(field: Any, **options: Any) -> forms.Field | None:
    """How a form asks for a model's field: days from a calendar, yes or no never by leaving a box empty."""
    if isinstance(field, models.BooleanField):
        return forms.TypedChoiceField(
            label=field.verbose_name, choices=[("", "—"), *YES_NO], coerce=lambda text: text == "True"
        )
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        options["widget"] = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    elif isinstance(field, models.FileField):
        accepted = ",".join(f".{kind}" for kind in DOCUMENT_KINDS)
        options["widget"] = forms.FileInput(attrs={"accept": accepted})
        options["help_text"] = _(
            "PDF, JPEG or PNG, up to 10 MB. A new file takes the place of an earlier one."
        )
    elif isinstance(field, models.TextField):
        options["widget"] = forms.Textarea(attrs={"rows": 3})
    made: forms.Field | None = field.formfield(**options)
    return made


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]  # it can't be subscripted at run time
    """The data of a record, and why they change."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=100,
        help_text=_("Kept in the history, with your name."),
    )

    class Meta:
        formfield_callback = asked

    def choose_from(self, name: str, found: Any) -> None:
        """Offer what the person reaches, and what the record has already."""
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (a relation's field always is)
        now = getattr(self.instance, f"{name}_id")
        field.queryset = found | found.model.objects.filter(pk=now) if now else found

    def choose_organisation(self, name: str, reached: set[int], kinds: Sequence[Kind]) -> None:
        """Offer the organisations of some kinds that the person reaches."""
        self.choose_from(
            name, Organisation.objects.filter(pk__in=reached, kind__in=kinds, archived_at__isnull=True)
        )

    def values(self) -> dict[str, Any]:
        """What is to be kept, by field."""
        return {name: self.cleaned_data[name] for name in self.fields if name != "reason"}

    def differing(self, stored: Any) -> dict[str, Any]:
        """The values that are not those of the stored record."""
        return {name: value for name, value in self.values().items() if value != getattr(stored, name)}


def form_for(
    model: type[models.Model], fields: Sequence[str], kind: type[RecordForm] = RecordForm
) -> type[RecordForm]:
    """The form that asks for some fields of a model."""
    made = forms.modelform_factory(model, form=kind, fields=list(fields), formfield_callback=asked)
    return cast(type[RecordForm], made)


class ArchiveForm(forms.Form):
    """Why a record is taken out of use."""

    reason = forms.CharField(label=_("Why is it archived?"), max_length=100)


class UploadForm(forms.Form):
    """A spreadsheet to import."""

    file = forms.FileField(
        label=_("Spreadsheet (.xlsx or .csv)"),
        widget=forms.FileInput(attrs={"accept": SPREADSHEET_KINDS}),
    )
