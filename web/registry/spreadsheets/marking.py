"""A copy of a file with its errors marked, to be mended and given back."""

from collections.abc import Iterable, Sequence

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
        place = place_of.get(problem.column)
        if place:
            told.setdefault((number, place), []).append(problem.message)
        in_words = f"{problem.column}: {problem.message}" if problem.column else problem.message
        told.setdefault((number, errors), []).append(in_words)
    for (number, place), messages in told.items():
        text = "\n".join(messages)
        if place == errors and number != raw.header.number:
            write_text(sheet, number, place, text)
            continue
        cell = sheet.cell(number, place)
        cell.fill = WRONG
        cell.comment = Comment(text, "Schoolrun", width=320, height=110)
    sheet.freeze_panes = sheet.cell(raw.header.number + 1, 1)
    return saved(workbook)


def header_of(text: str, columns: Sequence[Column]) -> str:
    """A header as problems name it."""
    column = column_of(text, columns)
    return column.header if column else text
