"""The form that opens feeds for a partner."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from fleet.feeds.models import Feed, FeedContract
from fleet.feeds.permissions import OPEN
from fleet.grants import reach_with
from fleet.organisations.models import Organisation
from fleet.people.models import User


class FeedForm(forms.ModelForm):  # type: ignore[type-arg]  # it can't be subscripted at run time
    """Who is given what, of whom, and for how long."""

    feeds = forms.MultipleChoiceField(
        label=_("what is given"), choices=Feed.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = FeedContract
        fields = ("partner", "number", "organisation", "feeds", "valid_until")
        widgets = {"valid_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "organisation": _("Its trips, and those of all below it; of an operator, those of its buses."),
            "valid_until": _("Within a year. The feeds close by themselves after this day."),
        }

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["organisation"])  # type: ignore[type-arg]  # not at run time
        field.queryset = Organisation.objects.filter(pk__in=reach_with(person, OPEN), archived_at=None)
