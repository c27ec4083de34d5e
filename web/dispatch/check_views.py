"""The gate's answers: each for good on a page of its own, their list, and overrides by two people."""

from typing import Any

import django_tables2 as tables
import rules
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django_tables2 import RequestConfig

from fleet.audit.changes import record_access, record_export
from fleet.audit.models import Action
from fleet.dispatch.board import RowState, state_of
from fleet.dispatch.changes import OverrideError, confirm_override, request_override
from fleet.dispatch.models import ExceptionReason, GateCheck, GateOverride
from fleet.dispatch.queries import checks_for
from fleet.dispatch.times import local_day
from fleet.dispatch.words import reason_in_words
from fleet.people.models import User
from fleet.vehicles.plates import normalise_plate
from web.dispatch.board_views import BADGES
from web.dispatch.cures import place_of
from web.dispatch.forms import CheckFilter, OverrideForm
from web.person import person_of
from web.registry.sections import NOT_RECORDED, written
from web.registry.table_files import table_file
from web.registry.tables import badge
from web.registry.views_imports import download

PER_PAGE = 50
EXPORT = "dispatch.export_gatecheck"


class CheckTable(tables.Table):  # type: ignore[misc]  # the library has no types
    """Answers of the gate."""

    starts_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("Departure"), linkify=("dispatch_check", {"pk": tables.A("pk")})
    )
    bus = tables.Column(order_by=("bus__plate", "pk"))
    route = tables.Column(order_by=("route__name", "pk"))
    driver = tables.Column(order_by=("driver__name", "pk"))
    attendant = tables.Column(order_by=("attendant__name", "pk"))
    result = tables.Column(gettext_lazy("Result"), empty_values=(), orderable=False)
    checked_at = tables.DateTimeColumn(verbose_name=gettext_lazy("Asked"))

    class Meta:
        model = GateCheck
        template_name = "registry/table.html"
        default = NOT_RECORDED
        order_by = "-checked_at"
        fields = ("starts_at", "bus", "route", "driver", "attendant", "result", "checked_at")

    def render_result(self, record: GateCheck) -> SafeString:
        """Allowed, refused or overridden."""
        state = result_of(record)
        return badge(BADGES[state], str(state.label))


def result_of(check: Any) -> RowState:
    """What an answer means for the trip; `check` comes from `checks_for`."""
    return state_of(allowed=check.allowed, confirmed=check.confirmed)


def chosen(request: HttpRequest, person: User, permission: str) -> tuple[QuerySet[GateCheck], CheckFilter]:
    """The answers that the address asks for, and the form that asks."""
    form = CheckFilter(request.GET)
    found = checks_for(person, permission)
    asked = form.cleaned_data if form.is_valid() else {}
    if text := asked.get("q", "").strip():
        found = found.filter(bus__plate__icontains=normalise_plate(text))
    if day := asked.get("day"):
        begins, ends = local_day(day)
        found = found.filter(starts_at__gte=begins, starts_at__lt=ends)
    meanings = {
        RowState.ALLOWED: Q(allowed=True),
        RowState.OVERRIDDEN: Q(allowed=False, confirmed=True),
        RowState.REFUSED: Q(allowed=False, confirmed=False),
    }
    if result := asked.get("result"):
        found = found.filter(meanings[RowState(result)])
    return found, form


@require_GET
def check_list(request: HttpRequest) -> HttpResponse:
    """The gate's answers, the newest first."""
    person = person_of(request)
    if not rules.has_perm("dispatch.view_gatecheck", person):
        raise Http404
    found, form = chosen(request, person, "dispatch.view_gatecheck")
    table = CheckTable(found)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    note_crews(person, Action.LIST, [row.record for row in table.paginated_rows])
    context = {
        "table": table,
        "form": form,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "may_export": rules.has_perm(EXPORT, person),
        "query": request.GET.urlencode(),
    }
    return render(request, "dispatch/checks.html", context)


@require_GET
def check_export(request: HttpRequest, kind: str) -> FileResponse:
    """The list as it is filtered, as a spreadsheet."""
    person = person_of(request)
    if not rules.has_perm(EXPORT, person):
        raise Http404
    checks = list(chosen(request, person, EXPORT)[0].select_related("checked_by"))
    headers = [str(column.header) for column in CheckTable([]).columns]
    table = [[*headers, _("Reasons"), _("Asked by")], *(cells(check) for check in checks)]
    content, content_type = table_file(kind, table)
    title = _("Answers of the gate")
    record_export(by=person, what=title)
    note_crews(person, Action.EXPORT, checks)
    return download(content, f"{title}-{timezone.localdate()}.{kind}", content_type)


def cells(check: GateCheck) -> list[str]:
    """A row of the spreadsheet."""
    reasons = [f"{reason.article}: {reason.wrong}" for reason in map(reason_in_words, check.refusals)]
    return [
        written(check.starts_at),
        str(check.bus),
        written(check.route),
        written(check.driver),
        written(check.attendant),
        str(result_of(check).label),
        written(check.checked_at),
        "\n".join(reasons),
        str(check.checked_by),
    ]


def note_crews(person: User, action: Action, checks: list[GateCheck]) -> None:
    """Add to the access log of whom it was shown what the gate said."""
    for name in ("driver", "attendant"):
        shown = {getattr(check, name) for check in checks} - {None}
        record_access(by=person, action=action, objects=sorted(shown, key=lambda one: one.pk))


@require_GET
def check_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """An answer: allowed or refused, every reason with its law, and where it is put right."""
    return detail(request, OverrideForm(), pk)


def detail(request: HttpRequest, form: OverrideForm, pk: int) -> HttpResponse:
    """The page of an answer, with a form that asks for an override where the law has one."""
    person = person_of(request)
    check: Any = found(person, pk, "dispatch.view_gatecheck")
    note_crews(person, Action.VIEW, [check])
    override = GateOverride.objects.filter(check_made=check).select_related("requested_by").first()
    may_override = rules.has_perm("dispatch.override_gate", person, check.bus)
    reasons = [
        (reason, place_of(reason.cure_code, check, person)) for reason in map(reason_in_words, check.refusals)
    ]
    context = {
        "check": check,
        "state": result_of(check),
        "reasons": reasons,
        "may_ask": rules.has_perm("dispatch.check_trip", person, check.bus),
        "override": override,
        "exception": ExceptionReason(override.exception).label if override else "",
        "confirmation": getattr(override, "confirmation", None),
        "may_request": may_override and override is None and check.is_overridable,
        "may_confirm": may_override and override and override.requested_by_id != person.pk,
        "form": form,
    }
    return render(request, "dispatch/check.html", context)


def found(person: User, pk: int, permission: str) -> GateCheck:
    """An answer for which a person has a permission.

    Raises:
        Http404: where there is none within their reach.
    """
    check: GateCheck = get_object_or_404(checks_for(person, permission).select_related("checked_by"), pk=pk)
    return check


@require_POST
def override_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that a trip may leave its approved route."""
    person = person_of(request)
    check = found(person, pk, "dispatch.override_gate")
    form = OverrideForm(request.POST)
    if not form.is_valid():
        return detail(request, form, pk)
    given = form.cleaned_data
    try:
        request_override(
            check=check, exception=ExceptionReason(given["exception"]), reason=given["reason"], by=person
        )
    except OverrideError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Requested. It counts once another person has confirmed it."))
    return redirect("dispatch_check", pk=pk)


@require_POST
def override_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Be the second person."""
    person = person_of(request)
    check = found(person, pk, "dispatch.override_gate")
    override = get_object_or_404(GateOverride, check_made=check)
    try:
        confirm_override(override=override, by=person)
    except (OverrideError, PermissionDenied) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Confirmed: the trip may leave, and the override is a finding."))
    return redirect("dispatch_check", pk=pk)
