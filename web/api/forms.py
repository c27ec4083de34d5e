"""The form that makes an access token."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from fleet.tokens.changes import DEFAULT_LIFETIME_DAYS, LONGEST_LIFETIME_DAYS
from fleet.tokens.models import AccessToken, Scope

LIFETIMES_DAYS = (7, 30, DEFAULT_LIFETIME_DAYS, 180, LONGEST_LIFETIME_DAYS)


class TokenForm(forms.Form):
    """What a token is for, what it may be used for, and for how long."""

    name = forms.CharField(
        label=_("name"),
        max_length=AccessToken._meta.get_field("name").max_length,
        help_text=_("What uses it, such as: nightly report of the operator."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("what it may be used for"),
        choices=[one for one in Scope.choices if one[0] != Scope.FEEDS_READ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("No more than it needs. It never does what you may not do yourself."),
    )
    lifetime_days = forms.TypedChoiceField(
        label=_("good for"),
        coerce=int,
        choices=[(days, format_lazy(_("{days} days"), days=days)) for days in LIFETIMES_DAYS],
        initial=DEFAULT_LIFETIME_DAYS,
    )

    def chosen_scopes(self) -> list[Scope]:
        """What it may be used for."""
        return [Scope(scope) for scope in self.cleaned_data["scopes"]]
