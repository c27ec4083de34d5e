"""What a school says of its families."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fleet.family.models import SchoolPrivacy, choices_of_kinds
from web.registry.forms import asked


class PrivacyForm(forms.ModelForm):  # type: ignore[type-arg]  # it can't be subscripted at run time
    """What families see, and what they are told while they have chosen nothing."""

    notice_kinds = forms.MultipleChoiceField(
        label=_("Told unless a guardian chooses"),
        choices=choices_of_kinds,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=100,
        help_text=_("Kept in the history, with your name."),
    )

    class Meta:
        model = SchoolPrivacy
        fields = (
            "driver_name",
            "shows_plate",
            "telephone",
            "allows_shares",
            "shown_before_min",
            "stops_away",
            "notice_kinds",
            "publishes_accuracy",
        )
        formfield_callback = asked

    def _post_clean(self) -> None:
        """Leave the checks to `set_privacy`."""

    def changes(self) -> dict[str, Any]:
        """What is to be kept, by field."""
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}
