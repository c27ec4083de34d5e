"""The page on which a guardian uses the code from the school, with an account or for a new one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fleet.pupils.link_code import as_meant, as_printed
from fleet.pupils.linking import (
    LinkError,
    TooManyTriesError,
    link_by_code,
    link_new_guardian,
    pupil_of_code,
)
from fleet.pupils.models import Guardianship, Relation
from web.person import person_of
from web.pupils.forms import CodeForm, ConsentForm, NewGuardianForm
from web.pupils.words import masked_name
from web.registry.saving import kept


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def link_child(request: HttpRequest) -> HttpResponse:
    """Ask for the code."""
    form = CodeForm(request.POST or None)
    if form.is_valid():
        return redirect("link_code", code=as_meant(form.cleaned_data["code"]) or "-")
    return render(request, "pupils/link.html", {"form": form})


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def link_code(request: HttpRequest, code: str) -> HttpResponse:
    """Show whom a code links and what is consented to; then link. It is used up only then."""
    try:
        pupil = pupil_of_code(code)
        is_known = request.user.is_authenticated
        form = (ConsentForm if is_known else NewGuardianForm)(request.POST or None)
        linked = kept(form, lambda: link(request, code, form)) if form.is_valid() else None
        if linked:
            messages.success(request, _("The child is linked."))
            return redirect("family" if is_known else "login")
    except TooManyTriesError as error:
        return refused(request, code, str(error), 429)
    except LinkError as error:
        return refused(request, code, str(error), 404)
    context = {
        "form": form,
        "pupil": pupil,
        "masked": masked_name(pupil.name),
        "code": as_printed(as_meant(code)),
        "is_known": is_known,
    }
    return render(request, "pupils/link_code.html", context)


def link(request: HttpRequest, code: str, form: ConsentForm) -> Guardianship:
    """Link the child of a code to who is signed in, or to a new account."""
    consented, relation = form.consented(), Relation(form.cleaned_data["relation"])
    if request.user.is_authenticated:
        return link_by_code(code, guardian=person_of(request), consented=consented, relation=relation)
    return link_new_guardian(code, consented=consented, relation=relation, **form.account())


def refused(request: HttpRequest, code: str, message: str, status: int) -> HttpResponse:
    """Say why a code does not link, and ask for it again."""
    form = CodeForm(initial={"code": code})
    return render(request, "pupils/link.html", {"form": form, "problem": message}, status=status)
