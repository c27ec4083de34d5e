"""What a column of a spreadsheet holds: its headers in two languages, how a cell is read and how it is shown."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

MOST_CHOICES_NAMED = 8
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})")


class CellError(Exception):
    """A cell can't be what it says; the message tells people why."""


class Content(Protocol):
    """How the cells of a column are read and shown."""

    def parse(self, text: str) -> Any:
        """The value of a cell that is not empty.

        Raises:
            CellError: where the text can't be one.
        """

    def show(self, value: Any) -> str:
        """The text of a value, which `parse` reads back."""

    def choices(self) -> list[str]:
        """All texts that a cell may have, or none where it is free."""


@dataclass(frozen=True)
class Text:
    """Any text up to a length."""

    max_length: int = 120

    def parse(self, text: str) -> str:
        """The text itself."""
        if len(text) > self.max_length:
            raise CellError(
                _("At most %(most)d characters; this has %(length)d.")
                % {"most": self.max_length, "length": len(text)}
            )
        return text

    def show(self, value: str) -> str:
        """The text itself."""
        return value

    def choices(self) -> list[str]:
        """Free."""
        return []


@dataclass(frozen=True)
class WholeNumber:
    """A whole number within bounds."""

    least: int = 0
    most: int = 1_000_000

    def parse(self, text: str) -> int:
        """The number."""
        try:
            number = int(text)
        except ValueError:
            raise CellError(_("“%s” is no whole number.") % text) from None
        if not self.least <= number <= self.most:
            raise CellError(
                _("Give a number from %(least)d to %(most)d.") % {"least": self.least, "most": self.most}
            )
        return number

    def show(self, value: int) -> str:
        """Digits."""
        return str(value)

    def choices(self) -> list[str]:
        """Free."""
        return []


@dataclass(frozen=True)
class Day:
    """A date, year first."""

    def parse(self, text: str) -> date:
        """The date, written as 2026-09-01, 2026/9/1, 2026年9月1日 or 20260901."""
        found = DAY.fullmatch(text)
        if found is None:
            raise CellError(_("“%s” is no date. Write it like 2026-09-01.") % text)
        year, month, day = (int(part) for part in found.groups() if part is not None)
        try:
            return date(year, month, day)
        except ValueError:
            raise CellError(_("There is no day “%s” in the calendar.") % text) from None

    def show(self, value: date) -> str:
        """ISO 8601."""
        return value.isoformat()

    def choices(self) -> list[str]:
        """Free."""
        return []


@dataclass(frozen=True)
class Choice:
    """One of several values, each with the texts that mean it; the first is the one shown.

    A text that means two values is refused as ambiguous, never guessed.
    """

    texts: Mapping[Any, tuple[str, ...]]
    meanings: dict[str, set[Any]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        meanings: dict[str, set[Any]] = {}
        for value, texts in self.texts.items():
            for text in texts:
                meanings.setdefault(folded(text), set()).add(value)
        object.__setattr__(self, "meanings", meanings)

    def parse(self, text: str) -> Any:
        """The value that the text means."""
        values = self.meanings.get(folded(text), set())
        if len(values) == 1:
            return next(iter(values))
        if values:
            raise CellError(_("“%s” is the name of several. Rename one of them first.") % text)
        named = self.choices()[:MOST_CHOICES_NAMED]
        if not named:
            raise CellError(_("“%s” is not known.") % text)
        more = ", …" if len(self.texts) > len(named) else ""
        raise CellError(
            _("“%(text)s” is not known. It can be: %(choices)s.")
            % {"text": text, "choices": ", ".join(named) + more}
        )

    def show(self, value: Any) -> str:
        """The first text of the value; its plain form where it is no longer among the choices."""
        texts = self.texts.get(value)
        return texts[0] if texts else str(value)

    def choices(self) -> list[str]:
        """The texts shown."""
        return [texts[0] for texts in self.texts.values()]


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
        unique: whether no two rows may have the same value.
    """

    name: str
    header_zh: str
    header_en: str
    content: Content
    required: bool = False
    example: str = ""
    note: str | Promise = ""
    empty: Any = None
    unique: bool = False

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


def column_of(header: str, columns: Iterable[Column]) -> Column | None:
    """The column that a header in either language names; a star for "required" is not part of it."""
    wanted = folded(header.rstrip("*＊ "))
    return next((one for one in columns if wanted in {folded(one.header_zh), folded(one.header_en)}), None)


def folded(text: str) -> str:
    """A text without what people don't mean by it: case, and space around or within."""
    return "".join(text.split()).casefold()
