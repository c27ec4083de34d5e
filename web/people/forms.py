"""Forms of the people's pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fleet.organisations.directory import organisations_staffed_by
from fleet.organisations.models import Organisation, Role
from fleet.organisations.places import GRANTERS
from fleet.people.models import User
from fleet.people.queries import attendants_for, drivers_for
from web.registry.forms import RecordForm


def role_field(person: User) -> forms.TypedChoiceField:
    """The roles that a person gives anywhere."""
    held = set(person.memberships.current().values_list("role", flat=True))
    choices = [(role.value, role.label) for role in Role if held.intersection(GRANTERS[role])]
    return forms.TypedChoiceField(label=_("Role"), choices=[("", "---------"), *choices], coerce=Role)


class PersonForm(RecordForm):
    """The data of a person."""

    class Meta(RecordForm.Meta):
        model = User
        fields: tuple[str, ...] = ("full_name", "email", "telephone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["full_name"].required = True
        self.fields["full_name"].widget.attrs["autocomplete"] = "off"


class NewPersonForm(PersonForm):
    """A person, and what they do first."""

    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.none())

    class Meta(PersonForm.Meta):
        fields: tuple[str, ...] = ("full_name", "username", "email", "telephone")

    field_order = ("full_name", "username", "email", "telephone", "organisation", "role", "reason")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = role_field(person)
        organisation = self.fields["organisation"]
        assert isinstance(organisation, forms.ModelChoiceField)  # noqa: S101  (declared so above)
        organisation.queryset = organisations_staffed_by(person)
        self.fields["username"].widget.attrs.pop("autofocus", None)
        self.order_fields(self.field_order)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Kept in the history, with your name.")
    )


class MembershipForm(forms.Form):
    """A further role of a person."""

    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.none())

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation = self.fields["organisation"]
        assert isinstance(organisation, forms.ModelChoiceField)  # noqa: S101  (declared so above)
        organisation.queryset = organisations_staffed_by(person)
        self.fields["role"] = role_field(person)
        self.fields["reason"] = ReasonForm.base_fields["reason"]


class RecordLinkForm(forms.Form):
    """Which driver or attendant a person is, of those without an account where the person serves as one."""

    def __init__(self, *args: Any, person: User, other: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, records, role in (
            ("driver", drivers_for(person, "people.change_driver"), Role.DRIVER),
            ("attendant", attendants_for(person, "people.change_attendant"), Role.ATTENDANT),
        ):
            serves = other.memberships.current().filter(role=role)
            found = records.current().filter(user=None, operator__in=serves.values("organisation"))
            if found.exists():
                self.fields[name] = forms.ModelChoiceField(label=role.label, queryset=found, required=False)

    def clean(self) -> dict[str, Any]:
        """One record at a time."""
        if not any(self.cleaned_data.values()):
            raise forms.ValidationError(_("Choose a record."))
        return self.cleaned_data
