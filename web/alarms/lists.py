"""The list of alarms, searched and narrowed down, and as a spreadsheet."""

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from fleet.alarms.models import Alarm, AlarmState
from fleet.alarms.permissions import EXPORT
from fleet.alarms.queries import RELATED, alarms_for, queue_of
from fleet.alarms.states import OPEN
from fleet.audit.changes import record_access, record_export
from fleet.audit.models import Action
from fleet.findings.models import FindingSeverity, rules
from fleet.findings.words import in_words
from fleet.grants import reach_with
from fleet.people.models import User
from web.person import person_of
from web.registry.table_files import table_file
from web.registry.views_imports import download

PER_PAGE = 50
MOST_EXPORTED = 50_000
WAITING = "open"
ALL = "all"
DAY = {"type": "date"}


class AlarmFilter(forms.Form):
    """How the list is narrowed down."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": gettext_lazy("Plate, driver, route or school")}
        ),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[(WAITING, gettext_lazy("Open")), *AlarmState.choices, (ALL, gettext_lazy("All"))],
    )
    rule = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=lambda: [("", gettext_lazy("All")), *rules()],
    )
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"),
        required=False,
        choices=[("", gettext_lazy("All")), *FindingSeverity.choices[1:]],
    )
    since = forms.DateField(
        label=gettext_lazy("Since"), required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    )


def found(person: User, asked: dict[str, Any]) -> QuerySet[Alarm]:
    """The alarms that a filter asks for, what is most pressing first."""
    alarms = alarms_for(person)
    text = asked.get("q", "")
    if text:
        alarms = alarms.filter(
            Q(bus__plate__icontains=text)
            | Q(driver__name__icontains=text)
            | Q(trip__pattern__route__name__icontains=text)
            | Q(operator__name__icontains=text)
            | Q(school__name__icontains=text)
        )
    for name in ("rule", "severity"):
        if asked.get(name):
            alarms = alarms.filter(**{name: asked[name]})
    if asked.get("since"):
        alarms = alarms.filter(started_at__gte=midnight(asked["since"]))
    if asked.get("until"):
        alarms = alarms.filter(started_at__lt=midnight(asked["until"] + timedelta(days=1)))
    state = asked.get("state") or WAITING
    if state == WAITING:
        return queue_of(alarms)
    shown = alarms.select_related(*RELATED).order_by("-started_at", "-pk")
    return shown if state == ALL else shown.filter(state=state)


def midnight(day: Any) -> datetime:
    """The beginning of a local day."""
    return timezone.make_aware(datetime.combine(day, time()))


@require_GET
def alarm_list(request: HttpRequest) -> HttpResponse:
    """The queue, or the alarms that are asked for."""
    person = person_of(request)
    form = AlarmFilter(request.GET or None, initial={"state": WAITING})
    asked = form.cleaned_data if form.is_valid() else {}
    page = Paginator(found(person, asked), PER_PAGE).get_page(request.GET.get("page"))
    named = {one.driver for one in page.object_list if one.driver}
    record_access(by=person, action=Action.LIST, objects=sorted(named, key=lambda one: one.pk))
    context = {
        "form": form,
        "page": page,
        "rows": [row(one) for one in page.object_list],
        "is_filtered": any(
            value for name, value in asked.items() if not (name == "state" and value == WAITING)
        ),
        "query": request.GET.urlencode(),
        "without_page": urlencode([one for one in request.GET.items() if one[0] != "page"]),
        "may_export": bool(reach_with(person, EXPORT)),
    }
    return render(request, "alarms/list.html", context)


def row(alarm: Alarm) -> dict[str, Any]:
    """An alarm with what was measured in words."""
    finding = alarm.finding
    return {
        "alarm": alarm,
        "peak": in_words(finding.peak, finding.unit),
        "limit": in_words(finding.limit, finding.unit),
        "is_open": alarm.state in OPEN,
    }


@require_GET
def alarm_export(request: HttpRequest, kind: str) -> FileResponse:
    """The list as it is filtered, as a spreadsheet; the access log has it.

    Raises:
        Http404: for who may take no alarms away.
    """
    person = person_of(request)
    if not reach_with(person, EXPORT):
        raise Http404
    form = AlarmFilter(request.GET or None, initial={"state": WAITING})
    asked = form.cleaned_data if form.is_valid() else {}
    reached = alarms_for(person, EXPORT).values("pk")
    alarms = list(found(person, asked).filter(pk__in=reached)[:MOST_EXPORTED])
    heads = (
        _("Start"), _("End"), _("Kind"), _("Severity"), _("Bus"), _("Driver"), _("Peak"), _("Limit"),
        _("Article of law"), _("State"), _("Acknowledged"), _("Resolved"), _("Reason"),
    )  # fmt: skip
    content, content_type = table_file(kind, [heads, *map(cells, alarms)])
    title = _("Alarms")
    record_export(by=person, what=f"{title} ({len(alarms)})")
    return download(content, f"{title}-{timezone.localdate()}.{kind}", content_type)


def cells(alarm: Alarm) -> list[str]:
    """An alarm's cells in the spreadsheet."""
    finding = alarm.finding
    return [
        moment(alarm.started_at),
        moment(alarm.ended_at),
        alarm.get_rule_display(),
        alarm.get_severity_display(),
        str(alarm.bus or ""),
        str(alarm.driver or ""),
        in_words(finding.peak, finding.unit),
        in_words(finding.limit, finding.unit),
        finding.article,
        alarm.get_state_display(),
        moment(alarm.seen_at),
        moment(alarm.resolved_at),
        alarm.get_reason_display(),
    ]


def moment(at: datetime | None) -> str:
    """A time in the local zone; empty for none."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""
