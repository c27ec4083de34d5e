"""The list of permits, what is overdue first: searched, filtered by state and deadline, and as a spreadsheet."""

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
import rules
from django import forms
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET
from django_tables2 import RequestConfig

from fleet.audit.changes import record_export
from fleet.grants import reach_with
from fleet.organisations.models import Organisation
from fleet.permits.models import PermitState, UsePermit
from fleet.permits.queries import NextStep, next_steps, permits_seen_by
from web.person import person_of
from web.registry.table_files import table_file
from web.registry.views_imports import download

PER_PAGE = 50
PLATES_SHOWN = 2
EXPORT = "permits.export_usepermit"
DEADLINES = [("overdue", gettext_lazy("Overdue")), ("open", gettext_lazy("A deadline runs"))]


class PermitTable(tables.Table):  # type: ignore[misc]  # the library has no types
    """Permits with their applicants, validity, and what is due next."""

    number = tables.Column(empty_values=(), linkify=("permit_detail", {"pk": tables.A("pk")}))
    applicant = tables.Column(order_by=("applicant__name", "pk"))
    plates = tables.Column(gettext_lazy("Buses"), accessor="buses", orderable=False)
    valid_until = tables.Column(order_by=("valid_until", "pk"))
    state = tables.Column(order_by=("state", "pk"))
    next_step = tables.Column(gettext_lazy("Due next"), empty_values=(), orderable=False)

    class Meta:
        model = UsePermit
        template_name = "registry/table.html"
        default = "—"
        fields = ("number", "applicant", "plates", "valid_until", "state", "next_step")

    def __init__(self, *args: Any, steps: dict[int, NextStep], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.steps = steps

    def render_number(self, record: UsePermit) -> str:
        """The number, or that there is none yet."""
        return record.number or _("No number yet")

    def render_plates(self, record: UsePermit) -> str:
        """How many buses it has, and the plates of the first."""
        plates = [bus.plate for bus in record.buses.all()]
        first = ", ".join(plates[:PLATES_SHOWN])
        return f"{len(plates)}: {first}{' …' if len(plates) > PLATES_SHOWN else ''}"

    def render_state(self, record: UsePermit) -> SafeString:
        """Its state as a badge."""
        return format_html(
            '<span class="state-badge" data-state="{}">{}</span>', record.state, record.get_state_display()
        )

    def render_next_step(self, record: UsePermit) -> SafeString | str:
        """The step that is due first, and by when."""
        step = self.steps.get(record.pk)
        if step is None:
            return "—"
        day = date_format(step.due_on)
        if not step.is_overdue:
            return f"{step.label} · {day}"
        badge = format_html('<span class="state-badge" data-state="failed">{}</span>', _("overdue"))
        return format_html("{} · {} {}", step.label, day, badge)


class PermitFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    """Search, applicant, state and deadline."""

    q = django_filters.CharFilter(
        method="search",
        label=gettext_lazy("Search"),
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": gettext_lazy("Number, plate or applicant")}
        ),
    )
    applicant = django_filters.ModelChoiceFilter(
        queryset=Organisation.objects.none(), empty_label=gettext_lazy("All applicants")
    )
    state = django_filters.ChoiceFilter(choices=PermitState.choices, empty_label=gettext_lazy("All states"))
    deadline = django_filters.ChoiceFilter(
        method="by_deadline",
        label=gettext_lazy("Deadline"),
        choices=DEADLINES,
        empty_label=gettext_lazy("With or without"),
    )

    class Meta:
        model = UsePermit
        fields = ("q", "applicant", "state", "deadline")

    def __init__(self, *args: Any, steps: dict[int, NextStep], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.steps = steps
        named = self.queryset.order_by().values("applicant")
        self.filters["applicant"].queryset = Organisation.objects.filter(pk__in=named)

    def search(self, permits: QuerySet[UsePermit], _name: str, text: str) -> QuerySet[UsePermit]:
        """Permits whose number, plates or applicant have the text."""
        return permits.filter(
            Q(number__icontains=text)
            | Q(buses__plate__icontains=text)
            | Q(plate_cards__number__icontains=text)
            | Q(applicant__name__icontains=text)
            | Q(applicant__name_en__icontains=text)
        ).distinct()

    def by_deadline(self, permits: QuerySet[UsePermit], _name: str, which: str) -> QuerySet[UsePermit]:
        """Permits with a deadline that runs, or is over."""
        found = [pk for pk, step in self.steps.items() if step.is_overdue or which == "open"]
        return permits.filter(pk__in=found)


def permits_asked_for(request: HttpRequest, today: date) -> tuple[PermitFilter, dict[int, NextStep]]:
    """The permits that the address asks for, overdue ones first, then those with a deadline; and what is due."""
    permits = permits_seen_by(person_of(request))
    steps = next_steps(permits, today)
    overdue = [pk for pk, step in steps.items() if step.is_overdue]
    urgency = Case(
        When(pk__in=overdue, then=Value(0)),
        When(pk__in=list(steps), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    ordered = permits.select_related("applicant").prefetch_related("buses").order_by(urgency, "-pk")
    return PermitFilter(request.GET, queryset=ordered, steps=steps), steps


@require_GET
def permit_list(request: HttpRequest) -> HttpResponse:
    """Permits in the person's reach, searched, sorted and paged."""
    person = person_of(request)
    found, steps = permits_asked_for(request, timezone.localdate())
    table = PermitTable(found.qs, steps=steps)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    context = {
        "table": table,
        "filter": found,
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "query": request.GET.urlencode(),
        "overdue": sum(step.is_overdue for step in steps.values()),
        "may_apply": rules.has_perm("permits.change_usepermit", person),
        "may_export": rules.has_perm(EXPORT, person),
    }
    return render(request, "permits/list.html", context)


@require_GET
def permit_export(request: HttpRequest, kind: str) -> FileResponse:
    """The list as it is filtered, as a spreadsheet: only of applicants for whom the person may export."""
    person = person_of(request)
    reached = reach_with(person, EXPORT)
    if not reached:
        raise Http404
    found, steps = permits_asked_for(request, timezone.localdate())
    rows = [
        [
            _("Number"),
            _("Applicant"),
            _("Buses"),
            _("Valid from"),
            _("Valid until"),
            _("State"),
            _("Due next"),
            _("Due"),
        ]
    ]
    for permit in found.qs.filter(applicant__in=reached):
        step = steps.get(permit.pk)
        rows.append(
            [
                permit.number,
                str(permit.applicant),
                ", ".join(bus.plate for bus in permit.buses.all()),
                f"{permit.valid_from or ''}",
                f"{permit.valid_until or ''}",
                str(permit.get_state_display()),
                step.label if step else "",
                f"{step.due_on}" if step else "",
            ]
        )
    content, content_type = table_file(kind, rows)
    record_export(by=person, what=_("Use permits"))
    return download(content, f"{_('Use permits')}-{timezone.localdate()}.{kind}", content_type)
