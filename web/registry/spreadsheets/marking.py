"""A copy of a file with its errors marked, to be mended and given back."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from web.registry.spreadsheets.checking import ERROR_HEADERS, Problem
from web.registry.spreadsheets.columns import Column, column_of
from web.registry.spreadsheets.contents import folded
from web.registry.spreadsheets.reading import RawSheet
from web.registry.spreadsheets.writing import saved, write_header, write_text

WRONG = PatternFill("solid", fgColor="FFD6D6")


def marked(raw: RawSheet, title: str, columns: Sequence[Column], problems: Iterable[Problem]) -> bytes:
    """The cells of a file, each row where it was, as an xlsx file.

    Cells with errors are red and have a comment; a last column has the errors of each row in words.

    Args:
        raw: the file.
        title: of the sheet.
        columns: what the file may have.
        problems: found in it.
    """
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = title
    kept = [index for index, text in enumerate(raw.header.cells) if folded(text) not in ERROR_HEADERS]
    place_of = {header_of(raw.header.cells[index], columns): place for place, index in enumerate(kept, 1)}
    for row in (raw.header, *raw.rows):
        for place, index in enumerate(kept, 1):
            if index < len(row.cells) and row.cells[index]:
                write_text(sheet, row.number, place, row.cells[index])
    errors = len(kept) + 1
    write_header(sheet, raw.header.number, errors, _("Errors"))
    told: dict[tuple[int, int], list[str]] = {}
    for problem in problems:
        number = problem.row or raw.header.number
        if problem.column in place_of:
            told.setdefault((number, place_of[problem.column]), []).append(problem.message)
        in_words = f"{problem.column}: {problem.message}" if problem.column else problem.message
        told.setdefault((number, errors), []).append(in_words)
    for (number, column), messages in told.items():
        if column == errors and number != raw.header.number:
            write_text(sheet, number, column, "\n".join(messages))
        else:
            mark(sheet.cell(number, column), "\n".join(messages))
    sheet.freeze_panes = f"A{raw.header.number + 1}"
    return saved(workbook)


def mark(cell: Any, text: str) -> None:
    """Say at a cell what is wrong with it."""
    cell.fill = WRONG
    cell.comment = Comment(text, "Schoolrun", width=320, height=110)


def header_of(text: str, columns: Sequence[Column]) -> str:
    """A header as problems name it."""
    column = column_of(text, columns)
    return column.header if column else text
