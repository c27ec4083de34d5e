"""What is filled in about a driver's time."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fleet.duty.models import Activity, Afterwards
from fleet.people.models import Driver
from fleet.vehicles.models import Bus


def time_field(label: Any) -> forms.DateTimeField:
    """A local time, chosen from a calendar and a clock."""
    return forms.DateTimeField(
        label=label, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )


class SignInForm(forms.Form):
    """On which bus a driver signs in."""

    bus = forms.ModelChoiceField(Bus.objects.none(), label=_("bus"))

    def __init__(self, *args: Any, driver: Driver, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["bus"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (it is declared so)
        field.queryset = Bus.objects.filter(operator=driver.operator_id, archived_at=None).order_by("plate")


class SignOutForm(forms.Form):
    """What a driver does after signing out."""

    afterwards = forms.ChoiceField(
        label=_("afterwards"), required=False, choices=[("", _("Not said")), *Afterwards.choices]
    )

    @property
    def said(self) -> Afterwards | None:
        """What was chosen; None where nothing was."""
        chosen = self.cleaned_data["afterwards"]
        return Afterwards(chosen) if chosen else None


class StatementForm(forms.Form):
    """What a driver did where no bus tells."""

    activity = forms.ChoiceField(label=_("activity"), choices=Activity.choices, initial=Activity.WORK)
    since = time_field(_("from"))
    until = time_field(_("until"))
    reason = forms.CharField(label=_("How this is known"), max_length=200)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From when to when."""
        return self.cleaned_data["since"], self.cleaned_data["until"]
