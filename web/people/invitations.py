"""The page that an invitation leads to: whoever has the link sets the first password."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fleet.people import accounts
from web.accounts.changes import record_event
from web.accounts.models import EventKind
from web.registry.saving import kept


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Set the first password, once; then sign in with it."""
    person = accounts.invited_person(token)
    if person is None:
        return render(request, "people/invitation_void.html", status=HTTPStatus.GONE)
    form = SetPasswordForm(person, request.POST or None)
    form.fields["new_password1"].help_text = ""
    if form.is_valid():
        password = form.cleaned_data["new_password1"]
        if kept(form, lambda: accounts.accept_invitation(token, password)):
            record_event(EventKind.PASSWORD_CHANGED, person=person)
            messages.success(request, _("The password is set. Sign in with it now."))
            return redirect("login")
    rules = password_validators_help_texts()
    return render(request, "people/invitation.html", {"form": form, "invited": person, "rules": rules})
