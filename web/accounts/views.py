"""The account page, and the list of sessions."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from web.accounts.changes import change_own_email, end_own_sessions
from web.accounts.forms import EmailForm
from web.accounts.gate import SECOND_FACTORS
from web.accounts.sessions import browser_in_words, sessions_of
from web.person import person_of

EVENTS_SHOWN = 10


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """What a person's account is made of; the address for notices can be changed here."""
    person = person_of(request)
    form = EmailForm(request.POST or None, initial={"email": person.email})
    if request.method == "POST" and form.is_valid():
        change_own_email(person, form.cleaned_data["email"])
        messages.success(request, _("The email address is kept."))
        return redirect("account")
    events = person.security_events.select_related("by")[:EVENTS_SHOWN]
    return render(
        request,
        "accounts/account.html",
        {
            "form": form,
            "memberships": person.memberships.current().select_related("organisation"),
            "has_second_factor": Authenticator.objects.filter(user=person, type__in=SECOND_FACTORS).exists(),
            "session_count": len(sessions_of(person, request.session.session_key)),
            "events": [(event, browser_in_words(event.browser)) for event in events],
        },
    )


@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """Where the person is signed in."""
    rows = sessions_of(person_of(request), request.session.session_key)
    return render(
        request,
        "accounts/sessions.html",
        {"sessions": rows, "has_others": any(not row.is_current for row in rows)},
    )


@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one other session."""
    person = person_of(request)
    others = UserSession.objects.filter(user=person).exclude(session_key=request.session.session_key)
    end_own_sessions(person, [get_object_or_404(others, pk=pk)])
    messages.success(request, _("The session is ended."))
    return redirect("account_sessions")


@require_POST
def sessions_end_others(request: HttpRequest) -> HttpResponse:
    """End all sessions but this one."""
    person = person_of(request)
    others = UserSession.objects.filter(user=person).exclude(session_key=request.session.session_key)
    end_own_sessions(person, list(others))
    messages.success(request, _("All other sessions are ended."))
    return redirect("account_sessions")
