"""The expiry board: what lapses when, as a list, a calendar and a spreadsheet."""

from calendar import Calendar
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import django_tables2 as tables
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST
from django_tables2 import RequestConfig

from fleet.audit.changes import record_access, record_export
from fleet.audit.models import Action
from fleet.grants import reach_with
from fleet.notices.changes import mark_all_read
from fleet.notices.permissions import VIEW_DELIVERY
from fleet.notices.queries import unread
from fleet.people.crew import CrewMember
from fleet.people.models import User
from web.person import person_of
from web.registry.expiry_rows import ExpiryFilter, Row, rows_until, rows_within
from web.registry.table_files import table_file
from web.registry.views_imports import download

EXPORTS = {
    "bus": "vehicles.export_bus",
    "driver": "people.export_driver",
    "attendant": "people.export_attendant",
    "usepermit": "permits.export_usepermit",
    "stop": "routes.export_stop",
}
"""The permission to take away what lapses, by kind."""
PER_PAGE = 50
FARTHEST_DAYS = 365
MOST_NOTICES_SHOWN = 5


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

    def render_days_left(self, record: Row) -> SafeString:
        """In words, marked by urgency."""
        return format_html(
            '<span class="state-badge" data-state="{}">{}</span>', record.state, in_words(record.days_left)
        )


def in_words(days: int) -> str:
    """How long until something lapses."""
    if days < 0:
        return ngettext("%(days)d day ago", "%(days)d days ago", -days) % {"days": -days}
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def rows_of(request: HttpRequest) -> list[Row]:
    """All that lapses in a year, or has lapsed, of what the person may see."""
    return rows_within(person_of(request), FARTHEST_DAYS, timezone.localdate())


def new_notices(person: User, rows: list[Row]) -> list[Row]:
    """The rows that the person was told of and has not marked as read, in the words of the page's language.

    What was renewed since does not lapse any more, and is not told.
    """
    told = set(unread(person).values_list("subject_key", "key", "lapses_on"))
    return [row for row in rows if (row.lapse.subject_key, row.lapse.key, row.lapses_on) in told]


def chosen_rows(request: HttpRequest, rows: list[Row]) -> tuple[list[Row], ExpiryFilter]:
    """The rows that the address asks for, and the form that asks."""
    names = {pk: row.organisation for row in rows for pk in row.lapse.belongs_to[:1] if pk}
    form = ExpiryFilter(request.GET, names)
    return form.chosen(rows), form


@require_GET
def expiry_list(request: HttpRequest) -> HttpResponse:
    """What lapses, what lapses first at the top."""
    person = person_of(request)
    everything = rows_of(request)
    rows, form = chosen_rows(request, everything)
    table = ExpiryTable(rows)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    notices = new_notices(person, everything)
    shown = [row.record for row in table.paginated_rows]
    note_people(person, Action.LIST, shown + notices[:MOST_NOTICES_SHOWN])
    context = {
        "table": table,
        "form": form,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "query": request.GET.urlencode(),
        "may_export": any(reach_with(person, permission) for permission in EXPORTS.values()),
        "may_see_mail": bool(reach_with(person, VIEW_DELIVERY)),
        "notices": notices[:MOST_NOTICES_SHOWN],
        "notices_count": len(notices),
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
    person = person_of(request)
    rows = [row for row in rows_until(person, weeks[-1][-1], today) if row.lapses_on >= weeks[0][0]]
    note_people(person, Action.LIST, rows)
    by_day: dict[date, list[Row]] = defaultdict(list)
    for row in rows:
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
    rows = exportable(chosen_rows(request, rows_of(request))[0], person)
    table = [[str(column.header) for column in ExpiryTable([]).columns]]
    table += [
        [row.subject, row.what, row.kind, row.organisation, f"{row.lapses_on}", in_words(row.days_left)]
        for row in rows
    ]
    content, content_type = table_file(kind, table)
    title = _("Expiry board")
    record_export(by=person, what=title)
    note_people(person, Action.EXPORT, rows)
    return download(content, f"{title}-{timezone.localdate()}.{kind}", content_type)


def exportable(rows: list[Row], person: User) -> list[Row]:
    """The rows that a person may take away.

    Raises:
        Http404: where the person may export nothing.
    """
    reached = {kind: reach_with(person, permission) for kind, permission in EXPORTS.items()}
    if not any(reached.values()):
        raise Http404
    return [row for row in rows if not reached.get(row.lapse.kind, set()).isdisjoint(row.lapse.belongs_to)]


def note_people(person: User, action: Action, rows: list[Row]) -> None:
    """Add to the access log that drivers and attendants were named."""
    named = {row.lapse.object for row in rows if isinstance(row.lapse.object, CrewMember)}
    record_access(by=person, action=action, objects=sorted(named, key=lambda one: one.pk))
