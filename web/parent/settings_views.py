"""What a guardian wants to be told, on which browsers, and what they were told last."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fleet.family.changes import set_preferences, subscribe, unsubscribe
from fleet.family.legs import preferences_of
from fleet.family.models import FamilyNotice, PushSubscription
from fleet.family.vapid import application_server_key
from fleet.family.words import sentence_of
from web.accounts.sessions import browser_in_words
from web.parent.forms import PreferencesForm, PushForm
from web.person import person_of
from web.registry.saving import is_kept

NOTICES_SHOWN = 30


@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """Choose, and see what was told."""
    person = person_of(request)
    form = PreferencesForm(request.POST or None, instance=preferences_of(person))
    if form.is_valid() and is_kept(form, lambda: set_preferences(guardian=person, changes=form.cleaned_data)):
        messages.success(request, _("Kept."))
        return redirect("family_settings")
    notices = FamilyNotice.objects.filter(guardian=person).prefetch_related("deliveries")[:NOTICES_SHOWN]
    browsers = PushSubscription.objects.filter(guardian=person).order_by("created_at")
    context = {
        "form": form,
        "notices": [(one, sentence_of(one)) for one in notices],
        "browsers": [(one, browser_in_words(one.browser)) for one in browsers],
        "push_key": application_server_key(),
    }
    return render(request, "parent/settings.html", context)


@require_POST
def push_subscribe(request: HttpRequest) -> HttpResponse:
    """Take a browser's subscription; what does not fit is told by field."""
    person, form = person_of(request), PushForm(request.POST)
    browser = str(request.META.get("HTTP_USER_AGENT", ""))
    if form.is_valid() and is_kept(
        form, lambda: subscribe(guardian=person, browser=browser, **form.cleaned_data)
    ):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return JsonResponse({"errors": form.errors}, status=HTTPStatus.BAD_REQUEST)


@require_POST
def push_end(request: HttpRequest) -> HttpResponse:
    """Tell the person on a browser no more."""
    unsubscribe(guardian=person_of(request), endpoint=request.POST.get("endpoint", ""))
    messages.success(request, _("You are not told on this browser any more."))
    return redirect("family_settings")
