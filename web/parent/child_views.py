"""The page of a child, as its guardian sees it: absences, who may collect it, and links to its trips."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.family.changes import guardian_changed
from fleet.family.privacy import privacy_of
from fleet.family.shares import revoke_share, share_trips, shares_of
from fleet.pupils.absences import report_absence, withdraw_absence
from fleet.pupils.changes import add_authorised_adult, remove_authorised_adult
from fleet.pupils.models import Absence, AuthorisedAdult, Pupil
from fleet.pupils.queries import authorised_adults, children_of
from fleet.records import RecordError
from web.parent.forms import AbsenceForm, AdultForm, ShareForm
from web.person import person_of
from web.registry.saving import is_kept, kept


@require_GET
def child(request: HttpRequest, pk: int) -> HttpResponse:
    """What a guardian can do for a child."""
    return child_page(request, child_of(request, pk))


def child_of(request: HttpRequest, pk: int) -> Pupil:
    """One of the person's own children; every other one is not there."""
    found: Pupil = get_object_or_404(children_of(person_of(request)), pk=pk)
    return found


def child_page(
    request: HttpRequest, pupil: Pupil, forms_given: dict[str, forms.BaseForm] | None = None, **more: Any
) -> HttpResponse:
    """The page, with a form that could not be kept in the place of an empty one."""
    record_access(by=person_of(request), action=Action.VIEW, objects=[pupil])
    made = {"absence_form": AbsenceForm(), "adult_form": AdultForm(), "share_form": ShareForm()}
    not_over = Absence.objects.current().filter(pupil=pupil, last_day__gte=timezone.localdate())
    context = {
        "pupil": pupil,
        "absences": not_over.order_by("first_day"),
        "adults": authorised_adults(pupil),
        "shares": shares_of(pupil),
        "may_share": privacy_of(pupil.school_id).allows_shares,
        **made,
        **(forms_given or {}),
        **more,
    }
    return render(request, "parent/child.html", context)


@require_POST
def absence_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Report that a child does not ride."""
    pupil, person = child_of(request, pk), person_of(request)
    form = AbsenceForm(request.POST)
    if form.is_valid() and is_kept(form, lambda: report_absence(pupil=pupil, by=person, **form.cleaned_data)):
        guardian_changed(person)
        messages.success(request, _("Reported. The school and the crew of the bus see it."))
        return redirect(f"{reverse('family_child', args=[pk])}#absences")
    return child_page(request, pupil, {"absence_form": form})


@require_POST
def absence_withdraw(request: HttpRequest, pk: int, one: int) -> HttpResponse:
    """Take a report back: the child rides."""
    pupil, person = child_of(request, pk), person_of(request)
    absence = get_object_or_404(Absence.objects.current(), pk=one, pupil=pupil)
    try:
        withdraw_absence(absence, by=person)
    except RecordError as error:
        messages.error(request, str(error))
    else:
        guardian_changed(person)
        messages.success(request, _("Taken back: the child rides."))
    return redirect(f"{reverse('family_child', args=[pk])}#absences")


@require_POST
def adult_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that somebody may collect the child."""
    pupil, person = child_of(request, pk), person_of(request)
    form = AdultForm(request.POST)
    if form.is_valid() and is_kept(
        form, lambda: add_authorised_adult(pupil=pupil, by=person, **form.cleaned_data)
    ):
        messages.success(request, _("Kept. The school sees it."))
        return redirect(f"{reverse('family_child', args=[pk])}#adults")
    return child_page(request, pupil, {"adult_form": form})


@require_POST
def adult_remove(request: HttpRequest, pk: int, one: int) -> HttpResponse:
    """Say that somebody may not collect the child any more."""
    pupil, person = child_of(request, pk), person_of(request)
    adult = get_object_or_404(AuthorisedAdult.objects.current(), pk=one, pupil=pupil)
    remove_authorised_adult(adult, by=person, reason=_("Taken off by a guardian"))
    messages.success(request, _("%(name)s may not collect the child any more.") % {"name": adult.name})
    return redirect(f"{reverse('family_child', args=[pk])}#adults")


@require_POST
def share_make(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link to the child's trips; its address is shown only now."""
    pupil, person = child_of(request, pk), person_of(request)
    form = ShareForm(request.POST)
    if form.is_valid():
        made = kept(form, lambda: share_trips(pupil=pupil, by=person, **form.cleaned_data))
        if made:
            _share, secret = made
            response = child_page(request, pupil, made_links=links_of(request, secret))
            response["Cache-Control"] = "no-store"
            return response
    return child_page(request, pupil, {"share_form": form})


def links_of(request: HttpRequest, secret: str) -> list[tuple[str, str]]:
    """The three addresses of a shared link, with what each is for."""
    named = (
        (_("Page, for people"), "family_shared"),
        (_("Calendar (ICS)"), "family_shared_calendar"),
        (_("Data (JSON), for home automation"), "family_shared_json"),
    )
    return [(title, request.build_absolute_uri(reverse(name, args=[secret]))) for title, name in named]


@require_POST
def share_revoke(request: HttpRequest, pk: int, one: int) -> HttpResponse:
    """Make a link useless."""
    pupil, person = child_of(request, pk), person_of(request)
    share = get_object_or_404(shares_of(pupil), pk=one)
    try:
        revoke_share(share, by=person)
    except RecordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The link opens nothing any more."))
    return redirect(f"{reverse('family_child', args=[pk])}#links")
