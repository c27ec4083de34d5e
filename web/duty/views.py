"""The pages that show driving and rest times: all drivers, one driver, and a driver's log to take away."""

from datetime import timedelta
from typing import Any

import rules
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.duty.figures import figures_of
from fleet.duty.models import SignIn, Statement
from fleet.duty.permissions import CHANGE_DUTY, EXPORT_DUTY, VIEW_DUTY
from fleet.duty.queries import standings, stretches_of, timelines_of
from fleet.findings.models import Finding, Rule
from fleet.people.models import Driver, User
from fleet.people.queries import drivers_for
from web.duty.bars import NAMES, bar_of, hours, in_words
from web.duty.forms import SignInForm, SignOutForm, StatementForm
from web.person import person_of
from web.registry.table_files import table_file
from web.registry.views_imports import download

PER_PAGE = 50
FINDINGS_SHOWN = 20
EXPORTED = timedelta(days=31)
SHORT_S = 3600
RULE_NAMES = {rule.value: rule for rule in Rule}


def rule_names() -> dict[str, str]:
    """What the rules are called."""
    return {value: str(rule.label) for value, rule in RULE_NAMES.items()}


@require_GET
@transaction.atomic
def duty_list(request: HttpRequest) -> HttpResponse:
    """The drivers in the person's reach, those with the least time left first."""
    person, now = person_of(request), timezone.now()
    if not rules.has_perm(VIEW_DUTY, person):
        raise Http404
    page = Paginator(standings(person, now), PER_PAGE).get_page(request.GET.get("page"))
    record_access(by=person, action=Action.LIST, objects=[one.driver for one in page])
    names = rule_names()
    rows = [
        {
            "driver": one.driver,
            "bus": one.signed.bus if one.signed else None,
            "activity": one.now.value,
            "activity_name": NAMES[one.now.value],
            "left": hours(one.tightest.left_s) if one.tightest else None,
            "limit": names.get(one.tightest.rule.value, "") if one.tightest else "",
            "state": badge_of(one.tightest.left_s if one.tightest else None),
        }
        for one in page
    ]
    return render(request, "duty/list.html", {"page": page, "rows": rows})


def badge_of(left_s: int | None) -> str:
    """The state by which the badge of a time left is coloured."""
    if left_s is None:
        return "unknown"
    return "failed" if left_s == 0 else "soon" if left_s < SHORT_S else "current"


@require_GET
def duty_driver(request: HttpRequest, pk: int) -> HttpResponse:
    """A driver's last 24 hours, what they may still drive, what was found, and what people entered."""
    person = person_of(request)
    driver = driver_of(person, pk, VIEW_DUTY)
    return page_of(request, person, driver)


def driver_of(person: User, pk: int, permission: str) -> Driver:
    """A driver for whom a person has a permission.

    Raises:
        Http404: where there is none within their reach.
    """
    driver: Driver = get_object_or_404(drivers_for(person, permission), pk=pk)
    return driver


@transaction.atomic
def page_of(
    request: HttpRequest, person: User, driver: Driver, forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A driver's page; with forms that could not be kept."""
    now = timezone.now()
    record_access(by=person, action=Action.VIEW, objects=[driver])
    log = timelines_of([driver.pk], now)[driver.pk]
    may_change = rules.has_perm(CHANGE_DUTY, person, driver) and not driver.archived_at
    context = {
        "driver": driver,
        "now": now,
        "day": bar_of(log, now),
        "figures": in_words(figures_of(log, now), rule_names()),
        "legend": NAMES.items(),
        "signed": SignIn.objects.current().filter(driver=driver, until=None).select_related("bus").first(),
        "findings": Finding.objects.filter(driver=driver, withdrawn_at=None).order_by("-started_at")[
            :FINDINGS_SHOWN
        ],
        "entries": Statement.objects.current().filter(driver=driver, until__gt=now - EXPORTED),
        "may_change": may_change,
        "may_export": rules.has_perm(EXPORT_DUTY, person, driver),
        "may_list": rules.has_perm(VIEW_DUTY, person),
        "sign_in_form": SignInForm(driver=driver),
        "sign_out_form": SignOutForm(),
        "entry_form": StatementForm(),
        **(forms or {}),
    }
    return render(request, "duty/driver.html", context, status=status)


@require_GET
@transaction.atomic
def duty_export(request: HttpRequest, pk: int, kind: str) -> FileResponse:
    """A driver's log of the last month as a spreadsheet; the access log has it."""
    person, now = person_of(request), timezone.now()
    driver = driver_of(person, pk, EXPORT_DUTY)
    heads = (_("From"), _("Until"), _("Activity"), _("Bus"), _("Minutes"))
    rows = [
        [
            f"{timezone.localtime(one.since):%Y-%m-%d %H:%M:%S}",
            f"{timezone.localtime(one.until):%Y-%m-%d %H:%M:%S}",
            one.get_activity_display(),
            str(one.bus or ""),
            f"{(one.until - one.since).total_seconds() / 60:.1f}",
        ]
        for one in stretches_of([driver.pk], now - EXPORTED, now)
    ]
    content, content_type = table_file(kind, [heads, *rows])
    record_access(by=person, action=Action.EXPORT, objects=[driver], purpose=_("Driving and rest times"))
    return download(content, f"{_('Driving and rest times')}-{driver}-{now:%Y-%m-%d}.{kind}", content_type)
