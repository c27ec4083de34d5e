"""Pages that change regulation profiles: draft, edit a number, propose, approve, send back."""

from collections.abc import Callable, Mapping
from typing import Any

import rules
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from fleet.regulations import changes
from fleet.regulations.changes import ProfileError
from fleet.regulations.models import Bound, Certainty, RegulationProfile
from web.person import person_of

READ_AND_SEND = ["GET", "POST"]


def date_field(label: Any, *, required: bool = True) -> forms.DateField:
    """A day, chosen from a calendar."""
    return forms.DateField(label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}))


class DraftForm(forms.Form):
    """A new version of a profile."""

    valid_from = date_field(gettext_lazy("in force from"))
    valid_until = date_field(gettext_lazy("in force until"), required=False)
    enabled = forms.BooleanField(label=gettext_lazy("switched on"), required=False, initial=True)
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=500)


class ProvinceForm(forms.Form):
    """The first version of a province."""

    jurisdiction = forms.CharField(
        label=gettext_lazy("jurisdiction"), max_length=10, help_text=gettext_lazy("ISO 3166-2, such as CN-JS")
    )
    name = forms.CharField(label=gettext_lazy("name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)
    valid_from = date_field(gettext_lazy("in force from"))
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=500)


class NumberForm(forms.Form):
    """A number of a draft; one with the same key is changed."""

    key = forms.CharField(label=gettext_lazy("key"), max_length=60)
    value = forms.FloatField(label=gettext_lazy("value"))
    unit = forms.CharField(label=gettext_lazy("unit"), max_length=30)
    bound = forms.ChoiceField(label=gettext_lazy("bound"), choices=Bound.choices)
    article = forms.CharField(label=gettext_lazy("article"), max_length=120, required=False)
    source = forms.CharField(label=gettext_lazy("source"), max_length=120, required=False)
    certainty = forms.ChoiceField(label=gettext_lazy("certainty"), choices=Certainty.choices)
    note = forms.CharField(label=gettext_lazy("note"), max_length=200, required=False)
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=500)


def refuse_strangers(request: HttpRequest) -> None:
    """Show no form to somebody who may not send it.

    Raises:
        Http404: for who is no administrator of all.
    """
    if not rules.has_perm("regulations.change_profile", person_of(request)):
        raise Http404


def answered(
    request: HttpRequest,
    form: forms.Form,
    title: str,
    write: Callable[[Mapping[str, Any]], RegulationProfile],
) -> HttpResponse:
    """Show a form, or write what was sent and go to the profile; what is refused is shown at its field."""
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("profile_detail", write(form.cleaned_data).pk)
        except ProfileError as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                form.add_error(field if field in form.fields else None, texts)
    status = 422 if form.errors else 200
    return render(request, "regulations/form.html", {"form": form, "title": title}, status=status)


@require_http_methods(READ_AND_SEND)
def draft_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the next version from one that there is."""
    refuse_strangers(request)
    basis = get_object_or_404(RegulationProfile, pk=pk)

    def write(given: Mapping[str, Any]) -> RegulationProfile:
        return changes.draft_from(basis=basis, by=person_of(request), **given)

    title = _("Draft a version after %(profile)s") % {"profile": basis}
    return answered(request, DraftForm(request.POST or None), title, write)


@require_http_methods(READ_AND_SEND)
def province_new(request: HttpRequest) -> HttpResponse:
    """Begin the profile of a province."""
    refuse_strangers(request)

    def write(given: Mapping[str, Any]) -> RegulationProfile:
        return changes.draft_province(by=person_of(request), **given)

    return answered(request, ProvinceForm(request.POST or None), _("Numbers of a province"), write)


@require_http_methods(READ_AND_SEND)
def number_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a number of a draft, or add one."""
    refuse_strangers(request)
    profile = get_object_or_404(RegulationProfile, pk=pk)
    number = profile.numbers.filter(key=request.GET.get("key", "")).first()

    def write(given: Mapping[str, Any]) -> RegulationProfile:
        content = {name: value for name, value in given.items() if name not in ("key", "reason")}
        changes.set_number(
            profile=profile, key=given["key"], content=content, by=person_of(request), reason=given["reason"]
        )
        return profile

    initial = number.content() if number else None
    return answered(request, NumberForm(request.POST or None, initial=initial), str(profile), write)


STEPS: dict[str, Callable[..., object]] = {
    "propose": changes.propose,
    "approve": changes.approve,
    "send-back": changes.send_back,
}


@require_POST
def take_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Propose, approve or send back a version, or remove a number of a draft."""
    profile = get_object_or_404(RegulationProfile, pk=pk)
    given: dict[str, Any] = {
        "profile": profile,
        "by": person_of(request),
        "reason": request.POST.get("reason", ""),
    }
    try:
        if step == "remove":
            changes.remove_number(key=request.POST.get("key", ""), **given)
        elif step in STEPS:
            STEPS[step](**given)
        else:
            raise Http404
    except (ProfileError, PermissionDenied) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Kept."))
    return redirect("profile_detail", pk)
