"""Writes spreadsheets: the template to fill in, and lists as xlsx or CSV; nothing in them is calculated."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.contents import WholeNumber

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CHOICES_SHEET = "choices"
LAST_TEMPLATE_ROW = 10_001
HEADER_FONT = Font(bold=True, color="FFFFFF")
HEADER_FILL = PatternFill("solid", fgColor="0B5FAE")
EXAMPLE_FONT = Font(italic=True, color="77889A")


def template(title: str, columns: Sequence[Column]) -> bytes:
    """An xlsx file to fill in: headers with notes, an example row, lists to choose from."""
    workbook, sheet = workbook_with_header(title, columns)
    choices = workbook.create_sheet(CHOICES_SHEET)
    choices.sheet_state = "hidden"
    for index, column in enumerate(columns, start=1):
        header = sheet.cell(1, index)
        if column.required:
            header.value = f"{column.header} *"
        header.comment = Comment(note_of(column), "Schoolrun", width=320, height=110)
        write_text(sheet, 2, index, column.example).font = EXAMPLE_FONT
        offer_choices(sheet, choices, index, column.content.choices())
    return saved(workbook)


def note_of(column: Column) -> str:
    """What the header's note says: whether it is needed, what it is, an example."""
    parts = [_("Required.") if column.required else _("Optional."), str(column.note)]
    if column.example:
        parts.append(_("Example: %s") % column.example)
    return "\n".join(part for part in parts if part)


def offer_choices(sheet: Worksheet, choices: Worksheet, index: int, texts: list[str]) -> None:
    """Let the cells of a column be chosen from a list, which is kept in a hidden sheet."""
    if not texts:
        return
    letter = get_column_letter(index)
    for row, text in enumerate(texts, start=1):
        write_text(choices, row, index, text)
    validation = DataValidation(
        type="list", formula1=f"{CHOICES_SHEET}!${letter}$1:${letter}${len(texts)}", allow_blank=True
    )
    validation.error = _("Choose from the list.")
    sheet.add_data_validation(validation)
    validation.add(f"{letter}2:{letter}{LAST_TEMPLATE_ROW}")


def xlsx(title: str, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> bytes:
    """A list as an xlsx file; texts stay texts, whatever they begin with."""
    workbook, sheet = workbook_with_header(title, columns)
    for number, row in enumerate(rows, start=2):
        for index, (column, text) in enumerate(zip(columns, row, strict=True), start=1):
            if text and isinstance(column.content, WholeNumber):
                sheet.cell(number, index, int(text))
            elif text:
                write_text(sheet, number, index, text)
    return saved(workbook)


def csv_file(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> bytes:
    """A list as CSV in UTF-8 with a byte-order mark, by which Excel knows it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(column.header for column in columns)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def neutral(cell: str) -> str:
    """A cell that no spreadsheet program calculates.

    Source:
        OWASP, CSV Injection: https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{cell}" if cell.lstrip("'").startswith(FORMULA_STARTS) else cell


def workbook_with_header(title: str, columns: Sequence[Column]) -> tuple[Workbook, Worksheet]:
    """A workbook whose one sheet has a header that stays in sight."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = title
    sheet.freeze_panes = "A2"
    for index, column in enumerate(columns, start=1):
        write_header(sheet, 1, index, column.header)
        widest = max(len(column.header_zh) * 2, len(column.header_en), len(column.example))
        sheet.column_dimensions[get_column_letter(index)].width = widest + 6
    return workbook, sheet


def write_header(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Put a header into a cell."""
    cell = sheet.cell(row, column, text)
    cell.font, cell.fill = HEADER_FONT, HEADER_FILL
    cell.alignment = Alignment(vertical="center")


def write_text(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """Put a text into a cell, as a text even where it looks like a formula or a number."""
    cell: Cell = sheet.cell(row, column, text)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = text.startswith(FORMULA_STARTS)
    return cell


def saved(workbook: Workbook) -> bytes:
    """The file."""
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()
