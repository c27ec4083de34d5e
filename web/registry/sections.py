"""What is recorded of something, section by section, for its page."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, cast

from django.db.models import Field, Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

NOT_RECORDED = "—"


class Link(NamedTuple):
    """A page to go to."""

    url: str
    title: str


class Row(NamedTuple):
    """The cells of a record, and what can be done with it."""

    cells: Sequence[str]
    links: Sequence[Link] = ()


class Section(NamedTuple):
    """A titled table of records."""

    slug: str
    title: str
    headers: Sequence[str]
    rows: Sequence[Row]
    empty: str
    add: Link | None = None
    is_cut: bool = False

    @property
    def has_links(self) -> bool:
        """Whether anything can be done with any of the records."""
        return any(row.links for row in self.rows)

    @property
    def labelled_rows(self) -> list[tuple[list[tuple[str, str]], Sequence[Link]]]:
        """The rows, each cell with its header: a phone shows them side by side."""
        return [(list(zip(self.headers, row.cells, strict=True)), row.links) for row in self.rows]


def data_of(record: Model, names: Sequence[str]) -> list[tuple[str, str]]:
    """Fields of a record with their names."""
    return [(label_of(type(record), name), shown(record, name)) for name in names]


def shown(record: Any, name: str) -> str:
    """A field's value in words."""
    display: Callable[[], Any] | None = getattr(record, f"get_{name}_display", None)
    return written(display() if display else getattr(record, name))


def written(value: Any) -> str:
    """A value in words; times in the local zone."""
    if value in (None, ""):
        return NOT_RECORDED
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value)
    return str(value)


def label_of(model: type[Model], name: str) -> str:
    """A field's name as a header."""
    label = str(cast("Field[Any, Any]", model._meta.get_field(name)).verbose_name)
    return label[:1].upper() + label[1:]
