"""The columns of a spreadsheet: headers in two languages, and what is in their cells."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from web.registry.spreadsheets.contents import CellError, Content, folded


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: of the field that it fills.
        header_zh: its header in Chinese.
        header_en: its header in English.
        content: how its cells are read.
        required: whether each row must fill it.
        example: the text in the template's example row.
        note: what the template says of it.
        empty: the value of an empty cell.
        value_of: the value of a record, where it is not that of its field of this name.
        text_of: the text for a record in an export, where it does not follow from the field's value.
    """

    name: str
    header_zh: str
    header_en: str
    content: Content
    required: bool = False
    example: str = ""
    note: str | Promise = ""
    empty: Any = None
    value_of: Callable[[Any], Any] | None = None
    text_of: Callable[[Any], str] | None = None

    @property
    def header(self) -> str:
        """The header in the language of the page."""
        return self.header_zh if (get_language() or "").startswith("zh") else self.header_en

    def parse(self, text: str) -> Any:
        """The value of a cell, empty or not.

        Raises:
            CellError: where it can't be one, or is needed and missing.
        """
        if text:
            return self.content.parse(text)
        if self.required:
            raise CellError(_("This can't be empty."))
        return self.empty

    def show(self, value: Any) -> str:
        """The text of a value."""
        return "" if value == self.empty or value is None else self.content.show(value)

    def value(self, record: Any) -> Any:
        """The value of a record."""
        return self.value_of(record) if self.value_of else getattr(record, self.name)

    def exported(self, record: Any) -> str:
        """The text for a record."""
        return self.text_of(record) if self.text_of else self.show(self.value(record))


def column_of(header: str, columns: Iterable[Column]) -> Column | None:
    """The column that a header in either language names; a star for "required" is not part of it."""
    wanted = folded(header.rstrip("*＊ "))
    return next((one for one in columns if wanted in {folded(one.header_zh), folded(one.header_en)}), None)
