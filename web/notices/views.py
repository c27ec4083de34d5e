"""What one was told of alarms, how one wants to be told, and the delivery log."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fleet.family.models import PushSubscription
from fleet.family.vapid import application_server_key
from fleet.grants import reach_with
from fleet.notices.alarm_words import message_of
from fleet.notices.models import Channel, NoticePreferences
from fleet.notices.permissions import CHANGE_HOOK, VIEW_DELIVERY
from fleet.notices.preferences import mark_alarm_notices_read, set_notice_preferences
from fleet.notices.queries import alarm_deliveries_for, alarm_notices_of
from fleet.notices.telling import preferences_of
from web.accounts.sessions import browser_in_words
from web.person import person_of

NOTICES_SHOWN = 50
PER_PAGE = 100
TIME = {"type": "time"}


class NoticeForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no type at run time
    """How a person wants to be told."""

    channels = forms.MultipleChoiceField(
        label=gettext_lazy("tell me by"),
        required=False,
        choices=Channel.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = NoticePreferences
        fields = ("channels", "least_severity", "quiet_from", "quiet_until")
        widgets = {"quiet_from": forms.TimeInput(attrs=TIME), "quiet_until": forms.TimeInput(attrs=TIME)}

    def clean(self) -> dict[str, Any]:
        """Quiet hours have both ends, or none."""
        given = super().clean() or {}
        if (given.get("quiet_from") is None) != (given.get("quiet_until") is None):
            raise forms.ValidationError(_("Quiet hours need a beginning and an end."))
        return given


@require_http_methods(["GET", "POST"])
def notice_list(request: HttpRequest) -> HttpResponse:
    """What one was told, and how one wants to be told."""
    person = person_of(request)
    form = NoticeForm(request.POST or None, instance=preferences_of(person))
    if form.is_valid():
        set_notice_preferences(person=person, changes=form.cleaned_data)
        messages.success(request, _("Kept."))
        return redirect("notice_list")
    notices = alarm_notices_of(person)[:NOTICES_SHOWN]
    browsers = PushSubscription.objects.filter(guardian=person).order_by("created_at")
    context = {
        "form": form,
        "notices": [(one, message_of(one)) for one in notices],
        "unread": sum(one.read_at is None for one in notices),
        "browsers": [browser_in_words(one.browser) for one in browsers],
        "push_key": application_server_key(),
        "may_see_deliveries": bool(reach_with(person, VIEW_DELIVERY)),
        "may_name_gateways": bool(reach_with(person, CHANGE_HOOK)),
    }
    return render(request, "notices/list.html", context, status=422 if form.errors else 200)


@require_POST
def notice_read(request: HttpRequest) -> HttpResponse:
    """The person has read all."""
    mark_alarm_notices_read(by=person_of(request))
    return redirect("notice_list")


@require_GET
def notice_deliveries(request: HttpRequest) -> HttpResponse:
    """What became of each notice to those who serve where the person administers, newest first."""
    person = person_of(request)
    if not reach_with(person, VIEW_DELIVERY):
        raise Http404
    page = Paginator(alarm_deliveries_for(person), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/deliveries.html", {"page": page})
