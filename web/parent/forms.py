"""The forms of families."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fleet.family.models import FamilyPreferences, choices_of_kinds
from fleet.pupils.models import Absence, AuthorisedAdult
from fleet.routes.models import Direction
from web.registry.forms import asked

DIRECTIONS = [("", _("Both ways")), *Direction.choices]


class AbsenceForm(forms.ModelForm):  # type: ignore[type-arg]  # it can't be subscripted at run time
    """Days on which a child does not ride."""

    direction = forms.ChoiceField(label=_("Which way"), choices=DIRECTIONS, required=False)

    class Meta:
        model = Absence
        fields = ("first_day", "last_day", "direction", "reason")
        formfield_callback = asked

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        today = timezone.localdate()
        self.fields["last_day"].required = False
        self.fields["first_day"].initial = today
        self.fields["last_day"].help_text = _("Only the first day, where empty.")
        for name in ("first_day", "last_day"):
            self.fields[name].widget.attrs["min"] = today.isoformat()

    def _post_clean(self) -> None:
        """Leave the checks to `report_absence`, which knows whose absence it is."""


class AdultForm(forms.ModelForm):  # type: ignore[type-arg]  # it can't be subscripted at run time
    """An adult who may collect a child."""

    class Meta:
        model = AuthorisedAdult
        fields = ("name", "relation", "telephone")
        formfield_callback = asked


class ShareForm(forms.Form):
    """For whom a link is, and how long it holds."""

    name = forms.CharField(label=_("For whom"), max_length=60)
    days = forms.IntegerField(label=_("Ends after days"), min_value=1, max_value=200, initial=30)


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]  # it can't be subscripted at run time
    """What a guardian wants to be told, and when."""

    kinds = forms.MultipleChoiceField(
        label=_("Tell me when"),
        choices=choices_of_kinds,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = FamilyPreferences
        fields = ("walking_minutes", "kinds", "stops_away", "quiet_from", "quiet_until")
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def _post_clean(self) -> None:
        """Leave the checks to `set_preferences`."""


class PushForm(forms.Form):
    """A browser's push subscription, as its Push API gives it."""

    endpoint = forms.URLField(max_length=1000, assume_scheme="https")
    p256dh = forms.CharField(max_length=120)
    auth = forms.CharField(max_length=60)
    language = forms.ChoiceField(choices=settings.LANGUAGES)
