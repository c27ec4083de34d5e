"""What the pages on which something of a pupil is done share: whose it is, a form, and the way back."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.people.models import User
from fleet.pupils.models import Pupil
from fleet.pupils.queries import pupils_at_school_for
from web.registry.saving import kept


def pupil_for(person: User, pk: int, permission: str) -> Pupil:
    """A pupil in use for whom a person has a permission.

    Raises:
        Http404: where there is none within their reach.
    """
    pupil: Pupil = get_object_or_404(pupils_at_school_for(person, permission).current(), pk=pk)
    return pupil


def changeable_pupil_for(person: User, pk: int, permission: str) -> Pupil:
    """As `pupil_for`, for a permission that guardians have too: they use their own pages.

    Raises:
        Http404: where there is none within their reach.
    """
    pupil = pupil_for(person, pk, "pupils.view_pupil")
    if not pupils_at_school_for(person, permission).filter(pk=pk).exists():
        raise Http404
    return pupil


def form_page(
    request: HttpRequest,
    pupil: Pupil,
    form: forms.BaseForm,
    title: str | Promise,
    save: Callable[[dict[str, Any]], object],
    *,
    person: User,
    section: str,
    note: str | Promise = "",
    submit: str | Promise = "",
) -> HttpResponse:
    """A page with a form; what `save` refuses is told by field, and what it keeps leads back to the pupil's page.

    Args:
        request: whose POST the form was made with.
        pupil: whose page it belongs to.
        form: asks for what `save` takes.
        title: of the page.
        save: gets what the form has cleaned.
        person: who does it; that they see the pupil is logged.
        section: of the pupil's page, to which it leads back.
        note: what to know before.
        submit: what the button says.
    """
    back = f"{reverse('pupil_detail', args=[pupil.pk])}#{section}"

    def keep() -> bool:
        save(form.cleaned_data)
        return True

    if form.is_valid() and kept(form, keep):
        messages.success(request, _("Kept."))
        return redirect(back)
    record_access(by=person, action=Action.VIEW, objects=[pupil])
    context = {"form": form, "title": title, "pupil": pupil, "back": back, "note": note, "submit": submit}
    return render(request, "pupils/form.html", context)
