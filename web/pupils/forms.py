"""Forms of the pages of pupils."""

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from fleet.pupils.consents import Purpose, words_of
from fleet.pupils.corrections import Outcome
from fleet.pupils.models import AuthorisedAdult, Pupil, Relation
from fleet.pupils.periods import weekdays_of
from fleet.routes.models import Direction, PatternStop
from fleet.routes.patterns import EVERY_WEEKDAY
from web.registry.forms import form_for

AdultForm = form_for(AuthorisedAdult, ("name", "relation", "telephone"))


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day from a calendar."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


def reason_field(*, required: bool = False) -> forms.CharField:
    """Why something is done."""
    return forms.CharField(
        label=_("Reason"),
        required=required,
        max_length=100,
        help_text=_("Kept in the history, with your name."),
    )


class PlaceChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # it can't be subscripted at run time
    """A stop of a direction of a route."""

    def label_from_instance(self, place: PatternStop) -> str:
        """The stop with its route and direction."""
        return f"{place.pattern} · {place.stop}"


class StopForm(forms.Form):
    """Where a pupil boards or alights, and when."""

    place = PlaceChoice(label=_("Route, direction and stop"), queryset=PatternStop.objects.none())
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        initial=weekdays_of(EVERY_WEEKDAY),
        widget=forms.CheckboxSelectMultiple,
    )
    valid_from = day_field(_("Valid from"), initial=timezone.localdate)
    valid_until = day_field(_("Valid until"), required=False, help_text=_("Empty: until it is ended."))
    replaces = forms.BooleanField(
        label=_("Take the place of another stop on these days"),
        required=False,
        help_text=_("The other stop keeps the days that are not named here."),
    )
    reason = reason_field()

    def __init__(self, *args: Any, pupil: Pupil, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = PatternStop.objects.filter(
            pattern__route__school=pupil.school_id,
            pattern__archived_at=None,
            pattern__route__archived_at=None,
        ).exclude(pattern__valid_until__lt=timezone.localdate())
        places = places.select_related("pattern__route", "stop")
        field = self.fields["place"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (declared so above)
        field.queryset = places.order_by("pattern__route__name", "pattern__direction", "order")

    def given(self) -> dict[str, Any]:
        """What `assign_stop` takes."""
        given = dict(self.cleaned_data)
        place = given.pop("place")
        bits = sum(1 << weekday for weekday in given["weekdays"])
        return given | {"pattern": place.pattern, "stop": place.stop, "weekdays": bits}


class EndForm(forms.Form):
    """After which day something ends."""

    last_day = day_field(_("Last day"), initial=timezone.localdate)
    reason = reason_field()


class AbsenceForm(forms.Form):
    """When a pupil stays away."""

    first_day = day_field(_("First day"), initial=timezone.localdate)
    last_day = day_field(_("Last day"), required=False, help_text=_("Empty: one day only."))
    direction = forms.ChoiceField(
        label=_("Direction"), required=False, choices=[("", _("Both")), *Direction.choices]
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)

    def clean_last_day(self) -> date | None:
        """None where nothing is given."""
        return self.cleaned_data["last_day"] or None


class ReasonForm(forms.Form):
    """Why something is ended."""

    reason = reason_field(required=True)


class NothingForm(forms.Form):
    """Asks whether it is meant, and for nothing else."""


class AnswerForm(forms.Form):
    """What a school answers a guardian."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[one for one in Outcome.choices if one[0] != Outcome.OPEN]
    )
    answer = forms.CharField(label=_("Answer"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class SlipForm(forms.Form):
    """How many slips are printed for each pupil."""

    copies = forms.TypedChoiceField(
        label=_("Slips for each pupil"),
        coerce=int,
        choices=[(1, _("One")), (2, _("Two: one for each parent"))],
    )


class CodeForm(forms.Form):
    """The code from the slip."""

    code = forms.CharField(
        label=_("Code from the slip of the school"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class ConsentForm(forms.Form):
    """What a guardian is to the child, and what they consent to."""

    relation = forms.ChoiceField(label=_("You are the child's"), choices=Relation.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for purpose in Purpose:
            self.fields[f"consents_{purpose.value}"] = forms.BooleanField(
                label=_("I consent: %s") % purpose.label, help_text=words_of(purpose), required=False
            )

    def consented(self) -> list[Purpose]:
        """The purposes that are ticked."""
        return [purpose for purpose in Purpose if self.cleaned_data[f"consents_{purpose.value}"]]

    def account(self) -> dict[str, Any]:
        """What is told of the person; nothing where they are known."""
        return {}

    def add_error(self, field: str | None, error: Any) -> None:
        """Tell a missing consent at the top: it is about two fields."""
        super().add_error(field if field in self.fields else None, error)


class NewGuardianForm(ConsentForm):
    """A guardian who has no account yet."""

    full_name = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        help_text=_("You sign in with it: your telephone number, or letters and digits."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    telephone = forms.CharField(
        label=_("Telephone"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(label=_("Email address"), required=False)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    field_order = ("full_name", "username", "password", "telephone", "email", "relation")

    @property
    def rules(self) -> list[str]:
        """What the password must be, to be read before it is chosen."""
        return password_validators_help_texts()

    def account(self) -> dict[str, Any]:
        """Who the guardian is."""
        return {
            name: self.cleaned_data[name]
            for name in ("full_name", "username", "telephone", "email", "password")
        }
