"""The tree of organisations."""

import rules
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fleet.organisations.permissions import CHANGE_ORGANISATION, VIEW_ORGANISATION
from web.organisations.tree import tree_for
from web.person import person_of


@require_GET
def organisation_tree(request: HttpRequest) -> HttpResponse:
    """The organisations that the person sees, each with what lies below it."""
    person = person_of(request)
    if not rules.has_perm(VIEW_ORGANISATION, person):
        raise Http404
    text = request.GET.get("q", "")
    context = {
        "tops": tree_for(person, text),
        "text": text,
        "may_add": rules.has_perm(CHANGE_ORGANISATION, person),
    }
    return render(request, "organisations/tree.html", context)
