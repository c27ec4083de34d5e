"""Pages of what is suppressed: in force, to come and past; and the form that suppresses."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fleet.alarms.changes import end_suppression, suppress
from fleet.alarms.permissions import SUPPRESS, VIEW_SUPPRESSION
from fleet.alarms.queries import suppressions_for
from fleet.findings.models import Rule, rules
from fleet.grants import reach_with
from fleet.organisations.models import Organisation
from fleet.people.models import User
from fleet.records import RecordError
from fleet.vehicles.models import Bus
from fleet.vehicles.queries import buses_for
from web.person import person_of

MOMENT = {"type": "datetime-local"}
MOMENT_FORMAT = "%Y-%m-%dT%H:%M"
ALWAYS_EMERGENCIES = (Rule.SOS, Rule.LEFT_ABOARD, Rule.BOARDED_BUT_ABSENT)


class SuppressionForm(forms.Form):
    """What is kept from people, for how long and why."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=gettext_lazy("organisation"))
    bus = forms.ModelChoiceField(
        Bus.objects.none(),
        label=gettext_lazy("bus"),
        required=False,
        empty_label=gettext_lazy("All buses of the organisation"),
    )
    rule = forms.ChoiceField(
        label=gettext_lazy("rule"),
        choices=lambda: [one for one in rules() if one[0] not in ALWAYS_EMERGENCIES],
    )
    since = forms.DateTimeField(
        label=gettext_lazy("from"), widget=forms.DateTimeInput(attrs=MOMENT, format=MOMENT_FORMAT)
    )
    until = forms.DateTimeField(
        label=gettext_lazy("until"), widget=forms.DateTimeInput(attrs=MOMENT, format=MOMENT_FORMAT)
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args: Any, person: User, **options: Any) -> None:
        super().__init__(*args, **options)
        organisations = Organisation.objects.current().filter(pk__in=reach_with(person, SUPPRESS))
        self.offer("organisation", organisations)
        self.offer("bus", buses_for(person, "vehicles.change_bus").filter(archived_at=None))

    def offer(self, name: str, found: Any) -> None:
        """What can be chosen in a field that refers to records."""
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = found


@require_GET
def suppression_list(request: HttpRequest) -> HttpResponse:
    """What is suppressed, newest first."""
    person = person_of(request)
    if not reach_with(person, VIEW_SUPPRESSION):
        raise Http404
    now = timezone.now()
    found = suppressions_for(person).filter(archived_at=None).select_related("organisation", "bus")
    changeable = set(suppressions_for(person, SUPPRESS).values_list("pk", flat=True))
    rows = [
        {
            "one": one,
            "is_in_force": one.since <= now < one.until,
            "may_end": one.pk in changeable and one.until > now,
            "kept_away": one.alarms.count(),
        }
        for one in found[:200]
    ]
    context = {"rows": rows, "may_add": bool(reach_with(person, SUPPRESS))}
    return render(request, "alarms/suppressions.html", context)


@require_http_methods(["GET", "POST"])
def suppression_add(request: HttpRequest) -> HttpResponse:
    """Suppress a rule for a time."""
    person = person_of(request)
    if not reach_with(person, SUPPRESS):
        raise Http404
    now = timezone.localtime().replace(second=0, microsecond=0)
    proposed: dict[str, Any] = {"since": now, "until": now + timedelta(hours=2)}
    proposed |= {name: request.GET[name] for name in ("organisation", "bus", "rule") if name in request.GET}
    form = SuppressionForm(request.POST or None, person=person, initial=proposed)
    if form.is_valid():
        try:
            suppress(by=person, **form.cleaned_data)
        except RecordError as error:
            form.add_error(None, str(error))
        except PermissionDenied:
            form.add_error("organisation", _("You may not suppress alarms of this organisation."))
        else:
            messages.success(request, _("Kept."))
            return redirect("alarm_suppressions")
    status = 422 if form.errors else 200
    return render(request, "alarms/suppression_form.html", {"form": form}, status=status)


@require_POST
def suppression_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a suppression now."""
    person = person_of(request)
    one = get_object_or_404(suppressions_for(person, SUPPRESS).filter(archived_at=None), pk=pk)
    end_suppression(suppression=one, by=person, reason=_("Ended by hand"))
    messages.success(request, _("Alarms of this kind are raised again."))
    return redirect("alarm_suppressions")
