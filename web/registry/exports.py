"""Lists as spreadsheets that the import reads back."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from fleet.audit.changes import record_access, record_export
from fleet.audit.models import Action
from fleet.people.models import User
from web.registry.spreadsheets.subjects import Subject
from web.registry.spreadsheets.writing import csv_file, xlsx

CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def exported(subject: Subject, found: QuerySet[Any], kind: str, *, by: User) -> tuple[bytes, str, str]:
    """A list as a file; the access log has it.

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
    title = subject.sheet_names[0]
    with transaction.atomic():
        records = list(found.select_related(*subject.related).prefetch_related(*subject.prefetched))
        rows = [[column.exported(one) for column in columns] for one in records]
        if subject.persons_of:
            record_access(by=by, action=Action.EXPORT, objects=subject.persons(records), purpose=title)
        else:
            record_export(by=by, what=f"{title} ({len(rows)})")
    content = csv_file(columns, rows) if kind == "csv" else xlsx(title, columns, rows)
    return content, f"{title}-{timezone.localdate()}.{kind}", CONTENT_TYPES[kind]
