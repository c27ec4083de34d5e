"""Rows of texts as a spreadsheet to take away, for lists that are not imported again."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import Http404
from openpyxl import Workbook

from web.registry.exports import CONTENT_TYPES
from web.registry.spreadsheets.writing import neutral, saved, write_text


def table_file(kind: str, rows: Iterable[Sequence[str]]) -> tuple[bytes, str]:
    """Rows as a file.

    Args:
        kind: "xlsx" or "csv".
        rows: texts, the headers first; what a spreadsheet would take for a formula is made harmless.

    Returns:
        Its content and content type.

    Raises:
        Http404: for another kind.
    """
    if kind not in CONTENT_TYPES:
        raise Http404
    return (as_csv(rows) if kind == "csv" else as_xlsx(rows)), CONTENT_TYPES[kind]


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV in UTF-8 with a byte-order mark, by which Excel knows it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as an xlsx file of texts."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for number, row in enumerate(rows, start=1):
        for index, cell in enumerate(row, start=1):
            write_text(sheet, number, index, cell)
    return saved(workbook)
