"""Lists as spreadsheets that the import reads back."""

from typing import Any

import structlog
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from fleet.people.models import User
from web.registry.spreadsheets.subjects import Subject
from web.registry.spreadsheets.writing import csv_file, xlsx

log = structlog.get_logger(__name__)

CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def exported(subject: Subject, found: QuerySet[Any], kind: str, *, by: User) -> tuple[bytes, str, str]:
    """A list as a file.

    Args:
        subject: what the list is of.
        found: the records, within the person's reach.
        kind: "xlsx" or "csv".
        by: who takes it.

    Returns:
        Its content, name and content type.

    Raises:
        Http404: for another kind.
    """
    if kind not in CONTENT_TYPES:
        raise Http404
    columns = subject.columns(by)
    rows = [
        [column.show(getattr(one, column.name)) for column in columns]
        for one in found.select_related(*subject.related)
    ]
    title = subject.sheet_names[0]
    content = csv_file(columns, rows) if kind == "csv" else xlsx(title, columns, rows)
    log.info("exported", subject=subject.slug, kind=kind, rows=len(rows), person=by.pk)
    return content, f"{title}-{timezone.localdate()}.{kind}", CONTENT_TYPES[kind]
