"""Pages of access tokens and of the API's documentation."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fleet.organisations.directory import people_changeable_by
from fleet.records import RecordError
from fleet.tokens.queries import tokens_administered_by, tokens_of
from web.api.changes import create_token, revoke_token
from web.api.forms import TokenForm
from web.person import person_of
from web.registry.saving import kept


@require_GET
def token_list(request: HttpRequest) -> HttpResponse:
    """A person's own tokens."""
    person = person_of(request)
    context = {
        "tokens": tokens_of(person),
        "now": timezone.now(),
        "administers": people_changeable_by(person).exists(),
    }
    return render(request, "api/token_list.html", context)


@require_GET
def tokens_administered(request: HttpRequest) -> HttpResponse:
    """The tokens of the people whom the person administers."""
    person = person_of(request)
    if not people_changeable_by(person).exists():
        raise Http404
    context = {"tokens": tokens_administered_by(person), "now": timezone.now(), "of_others": True}
    return render(request, "api/token_list.html", context)


@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth's decorators have no types
@require_http_methods(["GET", "POST"])
def token_new(request: HttpRequest) -> HttpResponse:
    """Make a token; its secret is shown on the page that answers, and never again."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = kept(
            form,
            lambda: create_token(
                person=person_of(request),
                name=form.cleaned_data["name"],
                scopes=form.chosen_scopes(),
                lifetime_days=form.cleaned_data["lifetime_days"],
            ),
        )
        if made:
            token, secret = made
            return render(request, "api/token_made.html", {"token": token, "secret": secret})
    return render(request, "api/token_new.html", {"form": form})


@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a token: one's own, or of somebody whom the person administers."""
    person = person_of(request)
    is_own = tokens_of(person).filter(pk=pk).exists()
    token = get_object_or_404(tokens_of(person) if is_own else tokens_administered_by(person), pk=pk)
    try:
        revoke_token(token, by=person)
    except RecordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The token is revoked: nothing can be done with it any more."))
    return redirect("token_list" if is_own else "tokens_administered")


@require_GET
def documentation(request: HttpRequest) -> HttpResponse:
    """Every operation of the API, to read and, with a token, to try."""
    settings = {
        "url": reverse("api_document"),
        "layout": "BaseLayout",
        "deepLinking": True,
        "docExpansion": "none",
        "validatorUrl": None,  # it would ask another host
    }
    return render(request, "api/documentation.html", {"settings": settings})
