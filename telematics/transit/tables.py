"""Reads the tables of a zipped feed, whatever it holds: within bounds, and with every fault told."""

import csv
import io
import math
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime

from telematics.transit.faults import Fault, FaultKind, Faults

MB = 1024 * 1024
LARGEST_FEED_MB = 20
LARGEST_TABLE_MB = 100
"""A table that unpacks to more is refused before it is unpacked."""
MOST_ROWS = 1_000_000
LONGEST_VALUE = 80
BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
"""What opening and unpacking a damaged archive raises."""
FIRST_LINE = 1


class BadInputError(Exception):
    """A file can't be used; the message names file, line and field."""


class FaultError(BadInputError):
    """Something can't be read; `fault` says what, and where it is."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class FeedError(FaultError):
    """A feed can't be read at all."""


class TableError(FaultError):
    """A table can't be read, or not to its end."""


class FieldError(FaultError):
    """A field can't be used; the fault is noted already."""


class Row:
    """A line of a table, whose fields know where they stand."""

    def __init__(self, file: str, line: int, fields: Mapping[str, str], faults: Faults) -> None:
        self.file, self.line = file, line
        self._fields, self._faults = fields, faults

    def fault(self, field: str, kind: FaultKind, value: str = "") -> FieldError:
        """Note what is wrong with a field; to be raised where the line is of no use then."""
        found = Fault(self.file, self.line, field, kind, value[:LONGEST_VALUE])
        self._faults.add(found)
        return FieldError(found)

    def optional(self, field: str) -> str:
        """The field's text, or none."""
        return self._fields.get(field, "")

    def text(self, field: str) -> str:
        """The field's text.

        Raises:
            FieldError: it is empty.
        """
        value = self.optional(field)
        if not value:
            raise self.fault(field, FaultKind.EMPTY)
        return value

    def one_of(self, field: str, known: Collection[str] | None) -> str:
        """The field as an id that the feed has; None where nobody can tell, for the table could not be read.

        Raises:
            FieldError: it has not.
        """
        value = self.text(field)
        if known is not None and value not in known:
            raise self.fault(field, FaultKind.NOT_FOUND, value)
        return value

    def new(self, field: str, known: Collection[str]) -> str:
        """The field as an id that was not there before.

        Raises:
            FieldError: it was.
        """
        value = self.text(field)
        if value in known:
            raise self.fault(field, FaultKind.REPEATED, value)
        return value

    def choice(self, field: str, values: Mapping[str, int | None]) -> int | None:
        """What one of some values means.

        Raises:
            FieldError: it is none of them.
        """
        value = self.optional(field)
        if value not in values:
            raise self.fault(field, FaultKind.NOT_ONE_OF, value)
        return values[value]

    def number(self, field: str) -> float:
        """The field as a finite number.

        Raises:
            FieldError: it is none.
        """
        value = self.text(field)
        try:
            number = float(value)
        except ValueError as error:
            raise self.fault(field, FaultKind.NOT_NUMBER, value) from error
        if not math.isfinite(number):
            raise self.fault(field, FaultKind.NOT_NUMBER, value)
        return number

    def whole(self, field: str, least: int = 0) -> int:
        """The field as a whole number of `least` or more, and of eight digits at most.

        Raises:
            FieldError: it is none.
        """
        number = self.number(field)
        if number != int(number) or not least <= number < 100_000_000:
            raise self.fault(field, FaultKind.NOT_NUMBER, self.optional(field))
        return int(number)

    def degrees(self, field: str, most: float) -> float:
        """The field as degrees of latitude (`most` 90) or longitude (180).

        Raises:
            FieldError: it is none.
        """
        value = self.number(field)
        if abs(value) > most:
            raise self.fault(field, FaultKind.NOT_ON_EARTH, f"{value:g}")
        return value

    def clock_s(self, field: str) -> int | None:
        """The field, such as 7:05:00 or 25:10:00, in seconds; None where it is empty.

        Raises:
            FieldError: it is no time.
        """
        value = self.optional(field)
        if not value:
            return None
        parts = value.split(":")
        numbers = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) <= 3]
        if len(parts) != 3 or len(numbers) != 3 or numbers[1] > 59 or numbers[2] > 59:
            raise self.fault(field, FaultKind.NOT_TIME, value)
        return 3600 * numbers[0] + 60 * numbers[1] + numbers[2]

    def day(self, field: str) -> date:
        """The field, such as 20260901.

        Raises:
            FieldError: it is no date.
        """
        value = self.text(field)
        try:
            if len(value) == 8 and value.isascii() and value.isdigit():
                return datetime.strptime(value, "%Y%m%d").date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            pass
        raise self.fault(field, FaultKind.NOT_DATE, value)


class Tables:
    """The tables of a feed; those beside them in the archive are left alone.

    Args:
        content: of the zip file.
        faults: where what is wrong is noted.

    Raises:
        FeedError: it is no zip file, or too large.
    """

    def __init__(self, content: bytes, faults: Faults) -> None:
        if len(content) > LARGEST_FEED_MB * MB:
            raise FeedError(Fault("", 0, "", FaultKind.TOO_LARGE, str(LARGEST_FEED_MB)))
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except BROKEN as error:
            raise FeedError(Fault("", 0, "", FaultKind.NOT_ZIP)) from error
        self._faults = faults
        self._members = members_of(self._archive)
        self.unread: set[str] = set()
        """Tables that could not be read to their end: what they should hold is not known."""

    def has(self, name: str) -> bool:
        """Whether there is a table."""
        return name in self._members

    def rows(self, name: str, needed: tuple[str, ...], *, optional: bool = False) -> Iterator[Row]:
        """The lines of a table, without blank ones.

        Args:
            name: such as "stops.txt".
            needed: columns without which it is of no use.
            optional: whether the feed may lack it.
        """
        member = self._members.get(name)
        if member is None:
            if not optional:
                self._give_up(name, 0, FaultKind.NO_FILE)
            return
        if member.file_size > LARGEST_TABLE_MB * MB:
            self._give_up(name, 0, FaultKind.TOO_LARGE, str(LARGEST_TABLE_MB))
            return
        try:
            with self._archive.open(member) as stream:
                text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
                yield from rows_in(name, text, needed, self._faults)
        except TableError as error:
            self.unread.add(name)
            self._faults.add(error.fault)
        except UnicodeDecodeError:
            self._give_up(name, self._undecodable_line(member), FaultKind.NOT_UTF8)
        except BROKEN as error:
            self._give_up(name, 0, FaultKind.NOT_CSV, str(error))

    def _give_up(self, name: str, line: int, kind: FaultKind, value: str = "") -> None:
        self.unread.add(name)
        self._faults.add(Fault(name, line, "", kind, value[:LONGEST_VALUE]))

    def _undecodable_line(self, member: zipfile.ZipInfo) -> int:
        try:
            with self._archive.open(member) as stream:
                for number, line in enumerate(stream, start=1):
                    if not is_utf8(line):
                        return number
        except BROKEN:
            return 0
        return 0


def rows_in(
    name: str,
    text: io.TextIOBase,
    needed: tuple[str, ...],
    faults: Faults,
    most_rows: float = MOST_ROWS,
) -> Iterator[Row]:
    """The lines of a CSV table with a header, without blank ones.

    Args:
        name: of the file, for faults.
        text: of it.
        needed: columns without which it is of no use.
        faults: where what is wrong with fields is noted.
        most_rows: a table with more is refused.

    Raises:
        TableError: it can't be read on.
    """

    def broken(line: int, kind: FaultKind, value: str = "", field: str = "") -> TableError:
        return TableError(Fault(name, line, field, kind, value[:LONGEST_VALUE]))

    reader = csv.reader(text)
    header: list[str] = []
    count = 0
    try:
        for cells in reader:
            values = [cell.strip() for cell in cells]
            if not any(values):
                continue
            if not header:
                header = values
                if missing := [column for column in needed if column not in header]:
                    raise broken(reader.line_num, FaultKind.NO_COLUMN, field=missing[0])
                continue
            count += 1
            if count > most_rows:
                raise broken(0, FaultKind.TOO_MANY_ROWS, f"{most_rows:.0f}")
            yield Row(name, reader.line_num, dict(zip(header, values, strict=False)), faults)
    except csv.Error as error:
        raise broken(reader.line_num + 1, FaultKind.NOT_CSV, str(error)) from error
    if not header:
        raise broken(FIRST_LINE, FaultKind.EMPTY)


def is_utf8(line: bytes) -> bool:
    """Whether a line can be decoded."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def members_of(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The tables by their names; of a feed that was packed with its folder, those in the folder."""
    files = [member for member in archive.infolist() if not member.is_dir()]
    at_top = {member.filename: member for member in files if "/" not in member.filename}
    if "stops.txt" in at_top:
        return at_top
    folders = {
        member.filename.rpartition("/")[0] for member in files if member.filename.endswith("/stops.txt")
    }
    if len(folders) != 1:
        return at_top
    folder = folders.pop() + "/"
    return {
        member.filename.removeprefix(folder): member for member in files if member.filename.startswith(folder)
    }
