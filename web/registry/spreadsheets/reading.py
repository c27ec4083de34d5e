"""Bytes of an xlsx or CSV file in, rows of trimmed text out; refuses in words what it can't read."""

import csv
import io
import zipfile
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from web.registry.spreadsheets.writing import FORMULA_STARTS

MOST_BYTES = 10 * 2**20
MOST_BYTES_UNPACKED = 200 * 2**20
MOST_ROWS = 10_000
MOST_COLUMNS = 200
ZIP_START = b"PK\x03\x04"
OLD_EXCEL_START = b"\xd0\xcf\x11\xe0"
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
SEPARATORS = ",;\t"
INVISIBLE = dict.fromkeys(map(ord, "\u200b\ufeff"))
"""Characters without width, which come along from web pages."""


class UnreadableFileError(Exception):
    """A file is no spreadsheet that can be read; the message says to people what to do."""


class RawRow(NamedTuple):
    """A row that has something in it, with its number in the file, from 1."""

    number: int
    cells: list[str]


class RawSheet(NamedTuple):
    """A header row, and the rows under it."""

    header: RawRow
    rows: list[RawRow]


def read(content: bytes, sheet_names: Collection[str]) -> RawSheet:
    """Read an xlsx or CSV file; which of them it is, and its encoding, is seen from its bytes.

    Args:
        content: the file.
        sheet_names: what the sheet may be called; asked only of files with several.

    Raises:
        UnreadableFileError: saying why, and what to do.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableFileError(_("The file is larger than %d MB.") % (MOST_BYTES // 2**20))
    if content.startswith(OLD_EXCEL_START):
        raise UnreadableFileError(_("This is an old Excel file (.xls). Save it as .xlsx and try again."))
    try:
        if content.startswith(ZIP_START):
            return bounded(xlsx_rows(content, sheet_names))
        return bounded(csv_rows(content))
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise UnreadableFileError(
            _("This file can't be read as a spreadsheet. Save it as .xlsx or .csv and try again.")
        ) from error


def bounded(rows: Iterable[RawRow]) -> RawSheet:
    """The first row that is not empty is the header; there may be `MOST_ROWS` under it."""
    kept: list[RawRow] = []
    for row in rows:
        if len(kept) > MOST_ROWS:
            raise UnreadableFileError(_("The file has more than %d rows. Split it.") % MOST_ROWS)
        kept.append(row)
    if not kept:
        raise UnreadableFileError(_("The file is empty."))
    return RawSheet(kept[0], kept[1:])


def xlsx_rows(content: bytes, sheet_names: Collection[str]) -> Iterator[RawRow]:
    """Rows of a workbook's sheet."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        if sum(part.file_size for part in parts.infolist()) > MOST_BYTES_UNPACKED:
            raise UnreadableFileError(_("The file is larger than %d MB.") % (MOST_BYTES_UNPACKED // 2**20))
    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        sheet = workbook[chosen_sheet(workbook.sheetnames, sheet_names)]
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
            texts = [text_of(cell) for cell in cells]
            if any(texts):
                yield RawRow(number, texts)
    finally:
        workbook.close()


def chosen_sheet(names: list[str], wanted: Collection[str]) -> str:
    """The sheet of one of the names wanted, or the only one there is."""
    found = next((name for name in names if name.strip() in wanted), None)
    if found is not None:
        return found
    if len(names) == 1:
        return names[0]
    raise UnreadableFileError(
        _("The file has no sheet named “%(wanted)s”, but: %(names)s.")
        % {"wanted": "” / “".join(wanted), "names": ", ".join(names)}
    )


def csv_rows(content: bytes) -> Iterator[RawRow]:
    """Rows of comma-, semicolon- or tab-separated text."""
    text = decoded(content)
    if "\0" in text:
        raise ValueError("binary content")
    first = text.lstrip().split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for number, cells in enumerate(reader, start=1):
            texts = [plain(cell.translate(INVISIBLE).strip()) for cell in cells[:MOST_COLUMNS]]
            if any(texts):
                yield RawRow(number, texts)
    except csv.Error as error:
        raise ValueError(str(error)) from error


def decoded(content: bytes) -> str:
    """The text, by its byte-order mark, else as UTF-8, else as GB18030, which Chinese Excel writes."""
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def text_of(cell: object) -> str:
    """What a person sees in a cell: whole numbers without a point, dates year first."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).translate(INVISIBLE).strip()


def plain(cell: str) -> str:
    """A cell without the apostrophe that our export puts before what a spreadsheet would calculate."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(FORMULA_STARTS) else cell
