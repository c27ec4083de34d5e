"""The expiry board: what lapses when, as a list, a calendar and a spreadsheet."""

from calendar import Calendar
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import django_tables2 as tables
import structlog
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST
from django_tables2 import RequestConfig

from fleet.grants import reach_with
from fleet.people.models import User
from fleet.permits.notices import mark_all_read, unread
from web.person import person_of
from web.registry.expiry_rows import KINDS, ExpiryFilter, Row, rows_until, rows_within
from web.registry.exports import CONTENT_TYPES
from web.registry.table_files import table_file
from web.registry.views_imports import download

log = structlog.get_logger(__name__)

EXPORT = "vehicles.export_bus"
PER_PAGE = 50
FARTHEST_DAYS = 365
MOST_NOTICES_SHOWN = 10


class ExpiryTable(tables.Table):  # type: ignore[misc]  # the library has no types
    """What lapses when."""

    subject = tables.Column(gettext_lazy("Whose"))
    what = tables.Column(gettext_lazy("What lapses"))
    kind = tables.Column(gettext_lazy("Kind"))
    organisation = tables.Column(gettext_lazy("Organisation"))
    lapses_on = tables.DateColumn(verbose_name=gettext_lazy("Last day"))
    days_left = tables.Column(gettext_lazy("Left"))

    class Meta:
        template_name = "registry/table.html"
        order_by = "lapses_on"

    def render_subject(self, record: Row) -> SafeString | str:
        """With a link to its page."""
        if not record.address:
            return record.subject
        return format_html('<a href="{}">{}</a>', record.address, record.subject)

    def render_kind(self, record: Row) -> str:
        """In words."""
        return str(KINDS[record.kind])

    def render_days_left(self, record: Row) -> SafeString:
        """In words, marked by urgency."""
        return format_html(
            '<span class="state-badge" data-state="{}">{}</span>', record.state, in_words(record.days_left)
        )


def in_words(days: int) -> str:
    """How long until something lapses."""
    if days < 0:
        return _("lapsed")
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def chosen_rows(request: HttpRequest) -> tuple[list[Row], ExpiryFilter]:
    """The rows that the address asks for, and the form that asks."""
    rows = rows_within(person_of(request), FARTHEST_DAYS, timezone.localdate())
    names = {pk: row.organisation for row in rows for pk in row.organisation_ids if row.organisation}
    form = ExpiryFilter(request.GET, names)
    return form.chosen(rows), form


@require_GET
def expiry_list(request: HttpRequest) -> HttpResponse:
    """What lapses, what lapses first at the top."""
    person = person_of(request)
    rows, form = chosen_rows(request)
    table = ExpiryTable(rows)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    notices = unread(person)
    context = {
        "table": table,
        "form": form,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "query": request.GET.urlencode(),
        "may_export": bool(reach_with(person, EXPORT)),
        "notices": notices[:MOST_NOTICES_SHOWN],
        "notices_count": notices.count(),
    }
    return render(request, "expiry/list.html", context)


@require_POST
def expiry_read(request: HttpRequest) -> HttpResponse:
    """The person has read the notices."""
    mark_all_read(by=person_of(request))
    return redirect("expiry_list")


@require_GET
def expiry_calendar(request: HttpRequest) -> HttpResponse:
    """A month, with what lapses on each day."""
    today = timezone.localdate()
    first = month_asked(request, today)
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    by_day: dict[date, list[Row]] = defaultdict(list)
    for row in rows_until(person_of(request), weeks[-1][-1], today):
        by_day[row.lapses_on].append(row)
    context: dict[str, Any] = {
        "first": first,
        "today": today,
        "before": first - timedelta(days=1),
        "after": (first + timedelta(days=32)).replace(day=1),
        "weekdays": weeks[0],
        "weeks": [[(day, by_day.get(day, [])) for day in week] for week in weeks],
    }
    return render(request, "expiry/calendar.html", context)


def month_asked(request: HttpRequest, today: date) -> date:
    """The first day of the month in the address, as 2026-11; this month's where there is none.

    Raises:
        Http404: for a month that is none.
    """
    asked = request.GET.get("month", "")
    try:
        month = date.fromisoformat(f"{asked}-01") if asked else today.replace(day=1)
    except ValueError as error:
        raise Http404 from error
    if not 2000 <= month.year <= 2100:
        raise Http404
    return month


@require_GET
def expiry_export(request: HttpRequest, kind: str) -> FileResponse:
    """The list as it is filtered, as a spreadsheet: only of organisations that the person works for."""
    person = person_of(request)
    if kind not in CONTENT_TYPES:
        raise Http404
    rows = exportable(chosen_rows(request)[0], person)
    log.info("exported", subject="expiry", kind=kind, rows=len(rows), person=person.pk)
    table = [[str(column.header) for column in ExpiryTable([]).columns]]
    table += [
        [
            row.subject,
            row.what,
            str(KINDS[row.kind]),
            row.organisation,
            f"{row.lapses_on}",
            f"{row.days_left}",
        ]
        for row in rows
    ]
    content, content_type = table_file(kind, table)
    return download(content, f"{_('Expiry board')}-{timezone.localdate()}.{kind}", content_type)


def exportable(rows: list[Row], person: User) -> list[Row]:
    """The rows that a person may take away.

    Raises:
        Http404: where the person may export nothing.
    """
    organisations = reach_with(person, EXPORT)
    if not organisations:
        raise Http404
    return [row for row in rows if row.organisation_ids & organisations]
