"""What the cells of a column hold: how each kind of content is read, kindly, and how it is shown."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, Protocol

from django.utils.translation import gettext as _

MOST_CHOICES_NAMED = 8
DAY = re.compile(
    r"(?:(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2}))(?:[ T]0?0:00(?::00)?)?"
)
"""A day, year first; the midnight that some programs write behind it does not count."""

WHOLE = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.0+)?")
APART = re.compile(r"[、，,;；\r\n]")
APOSTROPHES = "'’‘"


class CellError(Exception):
    """A cell can't be what it says; the message tells people why."""


def tidy(text: str) -> str:
    """A number, day or code as it was meant: half-width, without an apostrophe that hides before it."""
    return unicodedata.normalize("NFKC", text).strip().lstrip(APOSTROPHES).strip()


def folded(text: str) -> str:
    """A text without what people don't mean by it: width, case, and space around or within."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


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
        plain = tidy(text)
        if not WHOLE.fullmatch(plain):
            raise CellError(_("“%s” is no whole number.") % text)
        number = int(plain.replace(",", "").partition(".")[0])
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
class Number:
    """A number within bounds, with some decimals."""

    least: Decimal
    most: Decimal
    decimals: int = 1

    def parse(self, text: str) -> Decimal:
        """The number."""
        try:
            number = Decimal(tidy(text))
        except InvalidOperation:
            raise CellError(_("“%s” is no number.") % text) from None
        if not number.is_finite() or not self.least <= number <= self.most:
            raise CellError(
                _("Give a number from %(least)s to %(most)s.") % {"least": self.least, "most": self.most}
            )
        if number != round(number, self.decimals):
            raise CellError(_("At most %d decimals.") % self.decimals)
        return number

    def show(self, value: Decimal) -> str:
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
        found = DAY.fullmatch(tidy(text))
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
    """One of several values, each with the texts that mean it; the first is the one shown."""

    texts: Mapping[Any, tuple[str, ...]]

    @cached_property
    def meanings(self) -> "Meanings":
        """The values by text."""
        return Meanings(self.texts.items(), folded)

    def parse(self, text: str) -> Any:
        """The value that the text means."""
        if (value := self.meanings.of(text)) is not None:
            return value
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
class Lookup:
    """One of many records, too many to choose from a list; they are looked up when the first cell is read.

    Attributes:
        find: gives each record that may be named, with the texts that mean it.
        text_of: the text that is shown for a record.
        fold: what two texts have in common that mean the same.
    """

    find: Callable[[], Iterable[tuple[Any, tuple[str, ...]]]]
    text_of: Callable[[Any], str]
    fold: Callable[[str], str] = folded

    @cached_property
    def meanings(self) -> "Meanings":
        """The records by text."""
        return Meanings(self.find(), self.fold)

    def parse(self, text: str) -> Any:
        """The record that the text means."""
        if (record := self.meanings.of(text)) is None:
            raise CellError(_("“%s” is not recorded, or not within your reach.") % text)
        return record

    def show(self, value: Any) -> str:
        """A text that means the record."""
        return self.text_of(value)

    def choices(self) -> list[str]:
        """Too many to offer."""
        return []


@dataclass(frozen=True)
class Several:
    """Several of something, apart by commas, semicolons or line breaks.

    Attributes:
        each: of them.
        in_order: whether their order counts; else each is there once.
    """

    each: Content
    in_order: bool = False

    def parse(self, text: str) -> Any:
        """The values: a list where their order counts, else a set."""
        values = [self.each.parse(part.strip()) for part in APART.split(text) if part.strip()]
        if not values:
            raise CellError(_("This can't be empty."))
        return values if self.in_order else frozenset(values)

    def show(self, values: Iterable[Any]) -> str:
        """The texts of all."""
        texts = [self.each.show(value) for value in values]
        return "、".join(texts if self.in_order else sorted(texts))

    def choices(self) -> list[str]:
        """Free."""
        return []


class Meanings:
    """Values by the texts that mean them. A text that means two values is refused as ambiguous, never guessed."""

    def __init__(self, texts: Iterable[tuple[Any, tuple[str, ...]]], fold: Callable[[str], str]) -> None:
        self.fold = fold
        self.values: dict[str, set[Any]] = {}
        for value, each in texts:
            for text in each:
                self.values.setdefault(fold(text), set()).add(value)

    def of(self, text: str) -> Any:
        """The value that a text means, None where there is none.

        Raises:
            CellError: where it means several.
        """
        values = self.values.get(self.fold(text), set())
        if len(values) > 1:
            raise CellError(_("“%s” is the name of several. Say which one is meant.") % text)
        return next(iter(values), None)
