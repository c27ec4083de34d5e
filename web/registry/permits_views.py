"""Pages of permits to read: the list, and all that is known of one."""

from typing import Any

import django_filters
import django_tables2 as tables
import rules
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from django_tables2 import RequestConfig

from fleet.organisations.models import Organisation
from fleet.permits.changes import missing_documents
from fleet.permits.models import Application, DocumentKind, PermitState, UsePermit
from fleet.permits.queries import permit_for_page, permits_seen_by, timeline
from web.person import person_of
from web.registry.history import history_of

PER_PAGE = 50


class PermitTable(tables.Table):  # type: ignore[misc]  # the library has no types
    """Permits with their applicants and validity."""

    number = tables.Column(empty_values=(), linkify=("permit_detail", {"pk": tables.A("pk")}))
    applicant = tables.Column(order_by=("applicant__name", "pk"))
    plates = tables.Column(_("Buses"), accessor="buses", orderable=False)
    valid_until = tables.Column(order_by=("valid_until", "pk"))
    state = tables.Column(order_by=("state", "pk"))

    class Meta:
        model = UsePermit
        template_name = "registry/table.html"
        default = "—"
        fields = ("number", "applicant", "plates", "valid_until", "state")

    def render_number(self, record: UsePermit) -> str:
        """The number, or that there is none yet."""
        return record.number or str(_("No number yet"))

    def render_plates(self, record: UsePermit) -> str:
        """The plates of its buses."""
        return ", ".join(bus.plate for bus in record.buses.all())

    def render_state(self, record: UsePermit) -> SafeString:
        """Its state as a badge."""
        return format_html(
            '<span class="state-badge" data-state="{}">{}</span>', record.state, record.get_state_display()
        )


class PermitFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    """Search, applicant and state."""

    q = django_filters.CharFilter(
        method="search",
        label=_("Search"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Number, plate or applicant")}),
    )
    applicant = django_filters.ModelChoiceFilter(
        queryset=Organisation.objects.none(), empty_label=_("All applicants")
    )
    state = django_filters.ChoiceFilter(choices=PermitState.choices, empty_label=_("All states"))

    class Meta:
        model = UsePermit
        fields = ("q", "applicant", "state")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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


@require_GET
def permit_list(request: HttpRequest) -> HttpResponse:
    """Permits in the person's reach, searched, sorted and paged."""
    person = person_of(request)
    found = PermitFilter(
        request.GET, queryset=permits_seen_by(person).select_related("applicant").prefetch_related("buses")
    )
    table = PermitTable(found.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    context = {
        "table": table,
        "filter": found,
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "may_apply": rules.has_perm("permits.change_usepermit", person),
    }
    return render(request, "permits/list.html", context)


@require_GET
def permit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A permit with its applications, cards and history."""
    person = person_of(request)
    permit = get_object_or_404(permit_for_page(person), pk=pk)
    applications = [application_for_page(one) for one in permit.applications.all()]
    context = {
        "permit": permit,
        "applications": applications,
        "has_open": any(one["application"].approved is None for one in applications),
        "history": history_of(permit),
        "may_apply": rules.has_perm("permits.change_usepermit", person, permit),
        "may_decide": rules.has_perm("permits.decide_usepermit", person, permit),
        "may_issue": rules.has_perm("permits.issue_platecard", person, permit),
    }
    return render(request, "permits/detail.html", context)


def application_for_page(application: Application) -> dict[str, Any]:
    """An application with its steps, and the documents that it still needs."""
    missing = missing_documents(application) if application.approved is None else []
    return {
        "application": application,
        "steps": timeline(application, timezone.localdate()),
        "missing": [DocumentKind(kind).label for kind in missing],
    }
