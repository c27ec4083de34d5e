"""Pages of the access log: what was looked at in one's organisations, and what of oneself."""

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django_tables2 import RequestConfig

from fleet.audit.changes import record_export
from fleet.audit.models import AccessRecord
from fleet.audit.queries import accesses_about, accesses_for
from fleet.grants import reach_with
from web.audit.filters import AccessFilter
from web.audit.records import kind_in_words
from web.audit.tables import AccessTable
from web.person import person_of
from web.registry.table_files import table_file
from web.registry.views_imports import download

PER_PAGE = 100


@require_GET
def access_log(request: HttpRequest) -> HttpResponse:
    """Who looked at whose record, newest first."""
    person = person_of(request)
    if not reach_with(person, "audit.view_accessrecord"):
        raise Http404
    return page(request, accesses_for(person), about_oneself=False)


@require_GET
def own_access_log(request: HttpRequest) -> HttpResponse:
    """Who looked at the records that are about the person."""
    return page(request, accesses_about(person_of(request)), about_oneself=True)


def page(request: HttpRequest, records: QuerySet[AccessRecord], *, about_oneself: bool) -> HttpResponse:
    """Records searched, sorted and paged."""
    found = AccessFilter(request.GET, queryset=records)
    table = AccessTable(found.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    context = {
        "table": table,
        "filter": found,
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "query": request.GET.urlencode(),
        "about_oneself": about_oneself,
    }
    return render(request, "audit/access_log.html", context)


@require_GET
def access_log_export(request: HttpRequest, kind: str) -> FileResponse:
    """The log as it is filtered, as a spreadsheet; taking it away is logged too."""
    person = person_of(request)
    if not reach_with(person, "audit.view_accessrecord"):
        raise Http404
    found = AccessFilter(request.GET, queryset=accesses_for(person)).qs
    title = _("Access log")
    headers = [str(column.header) for column in AccessTable([]).columns]
    content, content_type = table_file(kind, [headers, *map(cells, found.iterator())])
    record_export(by=person, what=title)
    return download(content, f"{title}-{timezone.localdate()}.{kind}", content_type)


def cells(record: AccessRecord) -> list[str]:
    """A row of the log as texts, in the order of the table; times in the local zone."""
    kind = kind_in_words(record)
    return [
        f"{timezone.localtime(record.at):%Y-%m-%d %H:%M:%S}",
        str(record.person),
        record.get_action_display(),
        f"{record.name} ({kind})" if kind else record.name,
        str(record.organisation or ""),
        record.get_channel_display(),
        record.address or "",
        record.purpose,
    ]
