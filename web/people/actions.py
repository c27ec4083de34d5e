"""What is done to an account or a membership for a reason: closed, reset, ended, given, linked, invited."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fleet.organisations.changes import end_membership, grant_membership
from fleet.organisations.directory import (
    memberships_for,
    memberships_given_by,
    people_changeable_by,
    people_for,
    people_invitable_by,
)
from fleet.people import accounts
from fleet.people.models import User
from fleet.records import RecordError
from web.accounts.changes import issue_temporary_password, reset_second_factor
from web.people.forms import MembershipForm, ReasonForm, RecordLinkForm
from web.people.handover import handover_page, invitation_page
from web.person import person_of
from web.registry.saving import kept

DONE = object()


def form_page(
    request: HttpRequest, other: User, form: Any, *, title: str, note: str = "", button: str = ""
) -> HttpResponse:
    """A page with a form about a person."""
    context = {"other": other, "form": form, "title": title, "note": note, "button": button}
    return render(request, "people/form.html", context)


def for_a_reason(
    request: HttpRequest,
    other: User,
    do: Callable[[str], Any],
    *,
    title: str,
    note: str,
    button: str,
) -> Any:
    """Ask for a reason, then do something; the page that asks until it is done, then what `do` makes, or `DONE`."""
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        made = kept(form, lambda: do(form.cleaned_data["reason"]) or DONE)
        if made is not None:
            return made
    return form_page(request, other, form, title=title, note=note, button=button)


@require_http_methods(["GET", "POST"])
def person_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account."""
    person = person_of(request)
    other = get_object_or_404(people_changeable_by(person), pk=pk, is_active=True)
    made = for_a_reason(
        request,
        other,
        lambda reason: accounts.close_account(other, by=person, reason=reason),
        title=_("Close the account of %s") % other,
        note=_(
            "They are signed out everywhere at once, and their memberships give nothing. Nothing is deleted."
        ),
        button=_("Close the account"),
    )
    if isinstance(made, HttpResponse):
        return made
    messages.success(request, _("The account of %s is closed. It can be reopened on this page.") % other)
    return redirect("person_detail", pk=pk)


@require_POST
def person_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed account again, and show the link that sets a new password."""
    person = person_of(request)
    other = get_object_or_404(people_changeable_by(person), pk=pk)
    return invited_anew(request, other, lambda: accounts.reopen_account(other, by=person))


@require_POST
def person_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new link for somebody who has no password yet."""
    person = person_of(request)
    other = get_object_or_404(people_invitable_by(person) | people_changeable_by(person), pk=pk)
    return invited_anew(request, other, lambda: accounts.invite_again(other, by=person))


def invited_anew(request: HttpRequest, other: User, invite: Callable[[], accounts.Invited]) -> HttpResponse:
    """Shows the link that `invite` makes, or why it makes none."""
    try:
        invited = invite()
    except RecordError as error:
        messages.error(request, str(error))
        return redirect("person_detail", pk=other.pk)
    return invitation_page(request, invited)


@require_http_methods(["GET", "POST"])
def person_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody who has forgotten the password a temporary one, shown once."""
    person = person_of(request)
    other = get_object_or_404(people_changeable_by(person), pk=pk, is_active=True)
    made = for_a_reason(
        request,
        other,
        lambda reason: issue_temporary_password(person=other, by=person, reason=reason),
        title=_("New password for %s") % other,
        note=_("They are signed out everywhere, and must change it when they sign in."),
        button=_("Make a temporary password"),
    )
    if isinstance(made, HttpResponse):
        return made
    note = _("It must be changed at the next sign-in.")
    title = _("Temporary password of %s") % other
    return handover_page(request, other, title=title, secret=made, note=note)


@require_http_methods(["GET", "POST"])
def person_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away the second factor of somebody whose phone is lost."""
    person = person_of(request)
    other = get_object_or_404(people_changeable_by(person), pk=pk, is_active=True)
    made = for_a_reason(
        request,
        other,
        lambda reason: reset_second_factor(person=other, by=person, reason=reason),
        title=_("Reset the second factor of %s") % other,
        note=_(
            "For a lost phone. Make sure that it is they who ask: the password alone signs in afterwards."
        ),
        button=_("Reset the second factor"),
    )
    if isinstance(made, HttpResponse):
        return made
    told = _("The second factor of %s is taken away. They can set up a new one after signing in.") % other
    messages.success(request, told)
    return redirect("person_detail", pk=pk)


@require_http_methods(["GET", "POST"])
def membership_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a membership."""
    person = person_of(request)
    mine_to_end = memberships_for(person).current().filter(memberships_given_by(person))
    membership = get_object_or_404(mine_to_end, pk=pk)
    other = membership.person
    named = {"person": other, "role": membership.get_role_display(), "organisation": membership.organisation}
    made = for_a_reason(
        request,
        other,
        lambda reason: end_membership(membership, by=person, reason=reason),
        title=_("End: %(person)s, %(role)s, %(organisation)s") % named,
        note=_("From then on it gives nothing. It stays in the history, and can be given again."),
        button=_("End it"),
    )
    if isinstance(made, HttpResponse):
        return made
    messages.success(request, _("%(person)s is no longer %(role)s of %(organisation)s.") % named)
    still_seen = people_for(person).filter(pk=other.pk).exists()
    return redirect("person_detail", pk=other.pk) if still_seen else redirect("person_list")


@require_http_methods(["GET", "POST"])
def membership_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody a further role."""
    person = person_of(request)
    other = get_object_or_404(people_for(person).exclude(pk=person.pk), pk=pk, is_active=True)
    form = MembershipForm(request.POST or None, person=person, initial=request.GET.dict())
    if form.is_valid():
        given = kept(form, lambda: grant_membership(person=other, by=person, **form.cleaned_data))
        if given:
            messages.success(request, _("Given: %s.") % given)
            return redirect("person_detail", pk=pk)
    return form_page(request, other, form, title=_("Give %s a role") % other)


@require_http_methods(["GET", "POST"])
def record_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which driver or attendant somebody is."""
    person = person_of(request)
    other = get_object_or_404(people_for(person).exclude(pk=person.pk), pk=pk, is_active=True)
    form = RecordLinkForm(request.POST or None, person=person, other=other)
    if form.is_valid():
        record = next(one for one in form.cleaned_data.values() if one)
        if kept(form, lambda: accounts.link_record(record, other, by=person) or DONE):
            messages.success(request, _("%s now sees the own record.") % other)
            return redirect("person_detail", pk=pk)
    note = _("Drivers and attendants without an account, where this person serves as one.")
    return form_page(request, other, form, title=_("Link a record to %s") % other, note=note)
