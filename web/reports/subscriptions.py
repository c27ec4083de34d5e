"""Which reports a person gets by e-mail: a list of their own, to be added to and ended."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from fleet.grants import reach_with
from fleet.notices.queries import language_of
from fleet.organisations.models import Organisation
from fleet.people.models import User
from fleet.reports.changes import subscribe, unsubscribe
from fleet.reports.models import ReportDelivery, ReportSubscription, Rhythm
from fleet.reports.permissions import VIEW
from fleet.reports.queries import subscriptions_of
from web.person import person_of
from web.registry.saving import is_kept

NEWEST = 12


class SubscriptionForm(forms.Form):
    """Whose report, how often, in which language."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=gettext_lazy("organisation"))
    kind = forms.ChoiceField(label=gettext_lazy("how often"), choices=Rhythm.choices)
    language = forms.ChoiceField(label=gettext_lazy("language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, person: User, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (it is declared so)
        reached = reach_with(person, VIEW)
        field.queryset = Organisation.objects.filter(pk__in=reached, archived_at=None).order_by("name")


@require_http_methods(["GET", "POST"])
def report_subscriptions(request: HttpRequest) -> HttpResponse:
    """What the person gets, what was sent lately, and a form for more.

    Raises:
        Http404: for who may read no reports.
    """
    person = person_of(request)
    if not reach_with(person, VIEW):
        raise Http404
    initial = {"language": language_of(person), "kind": Rhythm.WEEKLY}
    form = SubscriptionForm(request.POST or None, person=person, initial=initial)
    if form.is_valid() and is_kept(form, lambda: subscribe(**form.cleaned_data, by=person)):
        messages.success(request, _("Subscribed."))
        return redirect("report_subscriptions")
    sent = ReportDelivery.objects.filter(subscription__person=person)
    context = {
        "form": form,
        "subscriptions": subscriptions_of(person),
        "sent": sent.select_related("subscription__organisation")[:NEWEST],
        "is_mailing": settings.MAIL_NOTICES,
        "address": person.email,
    }
    return render(request, "reports/subscriptions.html", context, status=422 if form.errors else 200)


@require_POST
def report_unsubscribe(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the person's own subscriptions."""
    person = person_of(request)
    mine = ReportSubscription.objects.current().filter(person=person)
    unsubscribe(subscription=get_object_or_404(mine, pk=pk), by=person)
    messages.success(request, _("Unsubscribed."))
    return redirect("report_subscriptions")
