"""Pages of regulation profiles to read: by jurisdiction, one version with its numbers, and what it changed."""

from itertools import groupby

import rules
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from fleet.regulations.models import Certainty, RegulationProfile, Status
from fleet.regulations.queries import differences, version_on
from web.person import person_of


@require_GET
def profile_list(request: HttpRequest) -> HttpResponse:
    """All versions, by jurisdiction, the newest first."""
    profiles = RegulationProfile.objects.annotate(
        number_count=Count("numbers"),
        unconfirmed=Count("numbers", filter=~Q(numbers__certainty=Certainty.TEXT)),
    )
    today = timezone.localdate()
    groups = [
        {
            "jurisdiction": jurisdiction,
            "in_force": version_on(jurisdiction, today),
            "versions": list(versions),
        }
        for jurisdiction, versions in groupby(profiles, key=lambda one: one.jurisdiction)
    ]
    context = {
        "groups": groups,
        "may_change": rules.has_perm("regulations.change_profile", person_of(request)),
    }
    return render(request, "regulations/list.html", context)


@require_GET
def profile_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: its numbers with their sources, what it changed of the one before, and its history."""
    profile = get_object_or_404(
        RegulationProfile.objects.select_related("proposed_by", "approved_by").prefetch_related("numbers"),
        pk=pk,
    )
    others = RegulationProfile.objects.filter(jurisdiction=profile.jurisdiction).exclude(pk=pk)
    asked = request.GET.get("against", "")
    against = (
        get_object_or_404(others, pk=asked)
        if asked.isdecimal()
        else others.filter(version__lt=profile.version).first()
    )
    person = person_of(request)
    context = {
        "profile": profile,
        "numbers": profile.numbers.all(),
        "unconfirmed": sum(number.to_be_confirmed for number in profile.numbers.all()),
        "others": others,
        "against": against,
        "differences": differences(against, profile) if against else [],
        "history": profile.history.select_related("history_user"),
        "may_change": rules.has_perm("regulations.change_profile", person),
        "is_draft": profile.status == Status.DRAFT,
        "is_proposed": profile.status == Status.PROPOSED,
    }
    return render(request, "regulations/detail.html", context)
