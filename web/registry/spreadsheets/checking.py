"""Pure: a raw sheet against its columns, and its rows against what is there. Nothing is written here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from web.registry.spreadsheets.columns import Column, column_of
from web.registry.spreadsheets.contents import CellError, folded
from web.registry.spreadsheets.reading import RawRow, RawSheet

ERROR_HEADERS = frozenset(map(folded, ("错误", "Errors")))
"""Of the column that tells in a copy of the file what is wrong; it is passed over when the copy comes back."""


class Problem(NamedTuple):
    """What is wrong, and where: a row of the file (0 for the file itself) and a column's header."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        if not self.row:
            return self.message
        if not self.column:
            return _("Row %(row)d: %(message)s") % self._asdict()
        return _("Row %(row)d, %(column)s: %(message)s") % self._asdict()


class Row(NamedTuple):
    """A row that could be read: its number in the file, and its values by column name."""

    number: int
    values: dict[str, Any]


@dataclass
class Checked:
    """A sheet that was read: its rows with and without problems, the problems, and the columns that it has."""

    rows: list[Row] = field(default_factory=list)
    faulty: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    examples: int = 0

    def refuse(self, row: Row, column: str, message: str) -> None:
        """Note a problem of a row that could be read; it does not count among the rows any more."""
        header = next((one.header for one in self.columns if one.name == column), "")
        self.problems.append(Problem(row.number, header, message))
        if row in self.rows:
            self.rows.remove(row)
            self.faulty.append(row)


def check(raw: RawSheet, columns: Sequence[Column], key: Collection[str]) -> Checked:
    """Read every cell of a sheet; all problems are told at once.

    Args:
        raw: the sheet.
        columns: what it may have.
        key: names of the columns by which a row is recognised; one that the sheet lacks is empty in each row.
    """
    found, problems = match_header(raw.header, columns)
    checked = Checked(problems=problems, columns=[column for column in found if column])
    if problems:
        return checked
    empty_keys = {
        column.name: column.empty for column in columns if column.name in key and column not in found
    }
    for one in raw.rows:
        if is_example(one, found):
            checked.examples += 1
            continue
        values, wrong = read_row(one, found)
        checked.problems += wrong
        (checked.faulty if wrong else checked.rows).append(Row(one.number, empty_keys | values))
    if not raw.rows or len(raw.rows) == checked.examples:
        checked.problems.append(Problem(0, "", _("The file has a header, but no rows under it.")))
    return checked


def refuse_repeated(checked: Checked, key: Sequence[str]) -> None:
    """Make a problem of each row that has the key of an earlier one."""
    columns = {column.name: column for column in checked.columns if column.name in key}
    first_rows: dict[tuple[Any, ...], int] = {}
    for row in sorted(checked.rows + checked.faulty, key=lambda row: row.number):
        if not columns.keys() <= row.values.keys():
            continue
        first = first_rows.setdefault(key_of(row.values, key), row.number)
        if first != row.number:
            again = _("“%(value)s” is in row %(row)d already.")
            value = " · ".join(filter(None, (one.show(row.values[one.name]) for one in columns.values())))
            header = columns[key[0]].header
            checked.problems.append(Problem(row.number, header, again % {"value": value, "row": first}))
    kept = set(first_rows.values())
    checked.rows = [row for row in checked.rows if row.number in kept]


def key_of(values: Mapping[str, Any], key: Sequence[str]) -> tuple[Any, ...]:
    """The values by which a record is recognised."""
    return tuple(values[name] for name in key)


def match_header(header: RawRow, columns: Sequence[Column]) -> tuple[list[Column | None], list[Problem]]:
    """The column of each header cell; unknown, repeated and missing ones are problems."""
    found: list[Column | None] = []
    problems: list[Problem] = []
    for text in header.cells:
        if folded(text) in ERROR_HEADERS:
            found.append(None)
            continue
        column = column_of(text, columns) if text else None
        if text and column is None:
            problems.append(Problem(header.number, text, _("No column has this name.")))
        elif column and column in found:
            problems.append(Problem(header.number, text, _("This column is there twice.")))
        found.append(column)
    problems += [
        Problem(header.number, column.header, _("This column is missing."))
        for column in columns
        if column.required and column not in found
    ]
    return found, problems


def looks_like(header: RawRow, columns: Sequence[Column]) -> int:
    """How many cells of a header name one of the columns."""
    return sum(1 for text in header.cells if text and column_of(text, columns))


def is_example(row: RawRow, columns: Sequence[Column | None]) -> bool:
    """Whether a row is the template's example, left in by mistake."""
    return all(
        folded(text) == folded(column.example)
        for text, column in zip(row.cells, columns, strict=False)
        if column
    )


def read_row(row: RawRow, columns: Sequence[Column | None]) -> tuple[dict[str, Any], list[Problem]]:
    """The values of a row, and what is wrong with it."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for index, column in enumerate(columns):
        text = row.cells[index] if index < len(row.cells) else ""
        if column is None:
            continue
        try:
            values[column.name] = column.parse(text)
        except CellError as error:
            problems.append(Problem(row.number, column.header, str(error)))
    if any(row.cells[len(columns) :]):
        problems.append(Problem(row.number, "", _("There is a cell to the right of the last column.")))
    return values, problems


class Record(NamedTuple):
    """What is there already under a key: its id, its values by column name, and what may be done with it.

    Attributes:
        is_one_of_several: whether others have the same key, so that nobody can say which is meant.
    """

    pk: int
    values: Mapping[str, Any]
    archived: bool = False
    in_reach: bool = True
    is_one_of_several: bool = False


class Change(NamedTuple):
    """What a row would do: `record` is None where it makes something new; `differs` names the columns."""

    row: Row
    record: Record | None
    differs: tuple[str, ...]


@dataclass
class Plan:
    """What an import would do."""

    created: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    out_of_reach: list[Row] = field(default_factory=list)
    ambiguous: list[Row] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        """What is made or changed, in the order of the file."""
        return sorted(self.created + self.changed, key=lambda change: change.row.number)


def compare(rows: Collection[Row], key: Sequence[str], existing: Mapping[tuple[Any, ...], Record]) -> Plan:
    """What importing `rows` would do to what is there. An archived record comes back, as a change."""
    plan = Plan()
    for row in rows:
        record = existing.get(key_of(row.values, key))
        if record is None:
            plan.created.append(Change(row, None, tuple(row.values)))
            continue
        if not record.in_reach:
            plan.out_of_reach.append(row)
            continue
        differs = tuple(name for name, value in row.values.items() if value != record.values[name])
        if not differs and not record.archived:
            plan.unchanged += 1
        elif record.is_one_of_several:
            plan.ambiguous.append(row)
        else:
            plan.changed.append(Change(row, record, differs))
    return plan
