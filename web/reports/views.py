"""A report as a page and as a file."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fleet.audit.changes import record_access, record_export
from fleet.audit.models import Action
from fleet.people.models import Driver, User
from fleet.reports.printing import print_report
from fleet.reports.queries import Report, report_of
from fleet.reports.tables import days_of, figures_of, sheet_of, tables_of, title_of
from web.person import person_of
from web.registry.table_files import table_file
from web.registry.views_imports import download
from web.reports.choice import MOST_OFFERED, Choice, choice_of


@require_GET
def report_page(request: HttpRequest) -> HttpResponse:
    """The report of what is asked; of this week, and of the widest that the person reaches, by default."""
    person = person_of(request)
    choice = choice_of(person, request.GET)
    context = {
        "choice": choice,
        "form": choice.form,
        "offered": choice.offered[:MOST_OFFERED],
        "is_cut": len(choice.offered) > MOST_OFFERED,
    }
    if choice.subject:
        report = told(person, choice)
        record_access(by=person, action=Action.LIST, objects=drivers_named(report))
        context |= {
            "report": report,
            "title": title_of(report),
            "days": days_of(report),
            "figures": figures_of(report),
            "tables": tables_of(report),
            "page_config": chart_of(report),
        }
    return render(request, "reports/report.html", context)


@require_GET
def report_export(request: HttpRequest, kind: str) -> FileResponse:
    """The report as a spreadsheet or PDF; the access log has it.

    Args:
        request: which names the subject and the days, as the page does.
        kind: "xlsx", "csv" or "pdf".

    Raises:
        Http404: for another kind, or where no subject is named.
    """
    person = person_of(request)
    choice = choice_of(person, request.GET)
    if not choice.subject:
        raise Http404
    report = told(person, choice)
    if kind == "pdf":
        content, content_type = print_report(report), "application/pdf"
    else:
        content, content_type = table_file(kind, sheet_of(report))
    title = f"{title_of(report)} {report.first} – {report.last}"
    record_export(by=person, what=title)
    record_access(by=person, action=Action.EXPORT, objects=drivers_named(report))
    return download(content, f"{title}.{kind}", content_type)


def told(person: User, choice: Choice) -> Report:
    """The report that is asked for."""
    if choice.subject is None:
        raise Http404
    return report_of(person, choice.subject, choice.first, choice.last, timezone.now())


def drivers_named(report: Report) -> list[Driver]:
    """Whom the report names, each once."""
    named = [one.one for one in report.drivers or []]
    found = {one.pk: one for one in [report.subject.one, *named] if isinstance(one, Driver)}
    return [found[pk] for pk in sorted(found)]


def chart_of(report: Report) -> dict[str, object]:
    """What the chart is drawn from, day by day."""
    return {
        "days": [one.day.isoformat() for one in report.days],
        "findings": [one.findings for one in report.days],
        "alarms": [one.alarms for one in report.days],
        "words": {"day": _("Day"), "findings": _("Findings"), "alarms": _("Alarms")},
    }
