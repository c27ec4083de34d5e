"""Pages of people: the list, the page of each, and the forms of their data."""

import rules
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_tables2 import RequestConfig

from fleet.organisations.directory import people_changeable_by, people_for
from fleet.organisations.permissions import GRANT_MEMBERSHIP
from fleet.people import accounts
from fleet.people.account_permissions import VIEW_USER
from fleet.people.models import User
from web.people.forms import NewPersonForm, PersonForm
from web.people.handover import invitation_page
from web.people.lists import PeopleFilter, PeopleTable, listed_people
from web.people.sections import page_of
from web.person import person_of
from web.registry.saving import kept

PER_PAGE = 50


@require_GET
def person_list(request: HttpRequest) -> HttpResponse:
    """The people whom the person sees, searched, sorted and paged."""
    person = person_of(request)
    if not rules.has_perm(VIEW_USER, person):
        raise Http404
    found = PeopleFilter(request.GET, queryset=listed_people(person), person=person)
    table = PeopleTable(found.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    context = {
        "table": table,
        "filter": found,
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "may_add": rules.has_perm(GRANT_MEMBERSHIP, person),
    }
    return render(request, "people/list.html", context)


@require_GET
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody does where, how the account is guarded, and what changed when."""
    person = person_of(request)
    other = get_object_or_404(people_for(person), pk=pk)
    return render(request, "people/detail.html", page_of(other, person))


@require_http_methods(["GET", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    """Open an account for somebody; the page then shows, once, the link that sets the password."""
    person = person_of(request)
    if not rules.has_perm(GRANT_MEMBERSHIP, person):
        raise Http404
    form = NewPersonForm(request.POST or None, person=person, initial=request.GET.dict())
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        invited = kept(form, lambda: accounts.create_person(**form.values(), by=person, reason=reason))
        if invited:
            messages.success(request, _("“%s” has been added.") % invited.person)
            return invitation_page(request, invited)
    return render(request, "people/form.html", {"form": form, "title": _("Add a person")})


@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the name, address or telephone number of somebody."""
    person = person_of(request)
    stored = get_object_or_404(people_changeable_by(person), pk=pk)
    form = PersonForm(request.POST or None, instance=User.objects.get(pk=pk))
    if form.is_valid():
        values, reason = form.differing(stored), form.cleaned_data["reason"]
        if not values:
            messages.info(request, _("Nothing was different."))
            return redirect("person_detail", pk=pk)
        if kept(form, lambda: accounts.change_person(stored, values, by=person, reason=reason)):
            messages.success(request, _("The changes are kept."))
            return redirect("person_detail", pk=pk)
    context = {"form": form, "title": _("Edit %s") % stored, "other": stored}
    return render(request, "people/form.html", context)
