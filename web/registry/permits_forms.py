"""Forms of permits, their procedure and plate cards."""

import re
from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.organisations.models import Organisation
from fleet.people.models import Driver, User
from fleet.permits.cards import CardText
from fleet.permits.models import ApplicationKind, CardState, DocumentKind, PlateCard, UsePermit
from fleet.permits.permissions import applicants_of
from fleet.records import DOCUMENT_KINDS, not_too_large
from fleet.routes.models import Route
from fleet.routes.queries import stops_of
from fleet.vehicles.models import Bus

RUN = re.compile(r"^(\d{1,2}:\d{2})\s*[-–—~至]\s*(\d{1,2}:\d{2})$")


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day, today where nothing else is said."""
    return forms.DateField(
        label=label,
        initial=options.pop("initial", timezone.localdate),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        **options,
    )


class PermitForm(forms.Form):
    """An application for a permit."""

    applicant = forms.ModelChoiceField(Organisation.objects.none(), label=gettext_lazy("applicant"))
    buses = forms.ModelMultipleChoiceField(Bus.objects.none(), label=gettext_lazy("buses"))
    applied_on = day_field(gettext_lazy("applied to the education department"))

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        applicants = applicants_of(person)
        self.fields["applicant"].queryset = applicants  # type: ignore[attr-defined]  # of a ModelChoiceField
        self.fields["buses"].queryset = Bus.objects.filter(  # type: ignore[attr-defined]  # of a ModelChoiceField
            Q(operator__in=applicants) | Q(school__in=applicants), archived_at__isnull=True
        )


class ChangeForm(forms.Form):
    """An application for a change."""

    kind = forms.ChoiceField(
        label=gettext_lazy("what is to change"),
        choices=[one for one in ApplicationKind.choices if one[0] != ApplicationKind.PERMIT],
    )
    bus = forms.ModelChoiceField(Bus.objects.none(), label=gettext_lazy("bus"))
    new_bus = forms.ModelChoiceField(
        Bus.objects.none(),
        label=gettext_lazy("new bus"),
        required=False,
        help_text=gettext_lazy("Only where the vehicle changes."),
    )
    details = forms.CharField(label=gettext_lazy("from what, to what"), max_length=1000)
    applied_on = day_field(gettext_lazy("applied to the education department"))

    def __init__(self, *args: Any, permit: UsePermit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of_applicant = Bus.objects.filter(
            Q(operator=permit.applicant_id) | Q(school=permit.applicant_id), archived_at__isnull=True
        )
        self.fields["bus"].queryset = permit.buses.all()  # type: ignore[attr-defined]  # of a ModelChoiceField
        self.fields["new_bus"].queryset = of_applicant.exclude(use_permits=permit)  # type: ignore[attr-defined]  # as above


class DocumentForm(forms.Form):
    """A document of the application that is open."""

    kind = forms.ChoiceField(label=gettext_lazy("kind"))
    received_on = day_field(gettext_lazy("received"))
    document = forms.FileField(
        label=gettext_lazy("document"),
        required=False,
        validators=[FileExtensionValidator(DOCUMENT_KINDS), not_too_large],
        help_text=gettext_lazy("PDF, JPEG or PNG, up to 10 MB."),
    )

    def __init__(self, *args: Any, wanted: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted_first = sorted(DocumentKind.choices, key=lambda one: one[0] not in wanted)
        self.fields["kind"] = forms.ChoiceField(label=gettext_lazy("kind"), choices=wanted_first)


class JudgeForm(forms.Form):
    """Whether a document will do."""

    accepted = forms.TypedChoiceField(
        label=gettext_lazy("judgement"),
        choices=[("yes", gettext_lazy("Accepted")), ("no", gettext_lazy("Rejected"))],
        coerce=lambda value: value == "yes",
    )
    judged_on = day_field(gettext_lazy("judged"))
    note = forms.CharField(label=gettext_lazy("note"), required=False, max_length=200)


class StepForm(forms.Form):
    """A step between the application and the decision."""

    favourable = forms.TypedChoiceField(
        label=gettext_lazy("outcome"),
        choices=[("yes", gettext_lazy("In favour")), ("no", gettext_lazy("Against"))],
        coerce=lambda value: value == "yes",
    )
    done_on = day_field(gettext_lazy("done"))
    note = forms.CharField(label=gettext_lazy("note"), required=False, max_length=1000)


class DecisionForm(forms.Form):
    """The government's decision on a change."""

    approved = forms.TypedChoiceField(
        label=gettext_lazy("decision"),
        choices=[("yes", gettext_lazy("Approved")), ("no", gettext_lazy("Refused"))],
        coerce=lambda value: value == "yes",
    )
    decided_on = day_field(gettext_lazy("decided"))
    note = forms.CharField(label=gettext_lazy("reason"), required=False, max_length=1000)


class GrantForm(DecisionForm):
    """The government's decision on a permit."""

    number = forms.CharField(label=gettext_lazy("permit number"), required=False, max_length=64)
    valid_from = day_field(gettext_lazy("valid from"), required=False, initial=None)
    valid_until = day_field(gettext_lazy("valid until"), required=False, initial=None)


class RevokeForm(forms.Form):
    """Why a permit is taken away."""

    revoked_on = day_field(gettext_lazy("revoked"))
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=1000)


class CardEndForm(forms.Form):
    """What happened to a card."""

    state = forms.ChoiceField(
        label=gettext_lazy("what happened"),
        choices=[
            (CardState.LOST.value, CardState.LOST.label),
            (CardState.RETURNED.value, CardState.RETURNED.label),
        ],
    )
    ended_on = day_field(gettext_lazy("day"))
    reason = forms.CharField(label=gettext_lazy("how"), max_length=200)


class CardForm(forms.Form):
    """What a plate card names."""

    number = forms.CharField(label=gettext_lazy("card number"), max_length=32)
    issuer = forms.CharField(label=gettext_lazy("issuer"), max_length=120)
    issued_on = day_field(gettext_lazy("issued"))
    owner = forms.CharField(label=gettext_lazy("owner"), max_length=120)
    drivers = forms.ModelMultipleChoiceField(Driver.objects.none(), label=gettext_lazy("drivers"))
    route = forms.ModelChoiceField(Route.objects.none(), label=gettext_lazy("route"))
    times = forms.CharField(
        label=gettext_lazy("times"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One run on each line, such as 06:40–07:30."),
    )
    stops = forms.CharField(
        label=gettext_lazy("stops"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("In their order, one on each line."),
    )

    def __init__(self, *args: Any, bus: Bus, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["drivers"].queryset = Driver.objects.filter(  # type: ignore[attr-defined]  # of a ModelChoiceField
            operator__in=[bus.operator_id, bus.school_id], archived_at__isnull=True
        )
        self.fields["route"].queryset = (  # type: ignore[attr-defined]  # of a ModelChoiceField
            Route.objects.filter(school=bus.school_id) if bus.school_id else Route.objects.all()
        )

    def clean_times(self) -> tuple[tuple[time, time], ...]:
        """The runs, each from its first to its last minute."""
        return tuple(run(line) for line in lines(self.cleaned_data["times"]))

    def clean_stops(self) -> tuple[str, ...]:
        """The stops in their order."""
        return tuple(lines(self.cleaned_data["stops"]))

    def text(self) -> CardText:
        """What the card names."""
        given = self.cleaned_data
        return CardText(
            owner=given["owner"],
            drivers=tuple(given["drivers"].order_by("pk")),
            route=given["route"],
            stops=given["stops"],
            times=given["times"],
        )


def first_text(bus: Bus, before: PlateCard | None) -> dict[str, Any]:
    """What a new card is likely to name: what the one before does, or what is recorded of the bus."""
    if before:
        return {
            "issuer": before.issuer,
            "owner": before.owner,
            "drivers": list(before.drivers.values_list("pk", flat=True)),
            "route": before.route_id,
            "times": "\n".join(f"{first}–{last}" for first, last in before.times),
            "stops": "\n".join(before.stops),
        }
    stops = stops_of(bus.route, timezone.localdate()) if bus.route else ()
    return {"owner": bus.owner, "route": bus.route_id, "stops": "\n".join(str(stop) for stop in stops)}


def lines(text: str) -> list[str]:
    """The lines of a text that are not empty."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def run(line: str) -> tuple[time, time]:
    """A run's first and last minute.

    Raises:
        ValidationError: where the line is none.
    """
    found = RUN.match(line)
    try:
        if found:
            first, last = (time.fromisoformat(part.zfill(5)) for part in found.groups())
            return first, last
    except ValueError:
        pass
    raise ValidationError(_("“%(line)s” is no run. Write it like 06:40–07:30.") % {"line": line})
