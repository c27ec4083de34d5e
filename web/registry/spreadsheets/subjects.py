"""What spreadsheets can be of, and how each is found, made, changed, archived and brought back."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language

from fleet.people.models import User
from web.registry.spreadsheets.checking import Record
from web.registry.spreadsheets.columns import Column


@dataclass(frozen=True)
class Subject:
    """A kind of record that a spreadsheet can hold.

    Attributes:
        slug: its name in addresses.
        sheet_zh: what its sheet is called in Chinese.
        sheet_en: what its sheet is called in English.
        key: name of the column by which a record is recognised.
        model: with a history.
        related: the relations that columns need.
        columns: as a person may fill them in.
        in_reach: the records that a person may change.
        may_import: whether a person may change any.
        create: makes a record; called with the values, `by` and `reason`.
        change: changes a record; called with the record, the values, `by` and `reason`.
        archive: takes a record out of use.
        restore: brings an archived record back.
    """

    slug: str
    sheet_zh: str
    sheet_en: str
    title: str | Promise
    key: str
    model: Any
    related: tuple[str, ...]
    columns: Callable[[User], Sequence[Column]]
    in_reach: Callable[[User], QuerySet[Any]]
    may_import: Callable[[User], bool]
    create: Callable[..., Any]
    change: Callable[..., Any]
    archive: Callable[..., Any]
    restore: Callable[..., Any]

    @property
    def sheet_names(self) -> tuple[str, str]:
        """What the sheet may be called, in the language of the page first."""
        names = (self.sheet_zh, self.sheet_en)
        return names if (get_language() or "").startswith("zh") else (names[1], names[0])

    def existing(self, columns: Sequence[Column], keys: Collection[Any], by: User) -> dict[Any, Record]:
        """What is there under each key, archived or not, and whether `by` may change it."""
        found = self.model.objects.filter(**{f"{self.key}__in": list(keys)}).select_related(*self.related)
        reach = set(self.in_reach(by).values_list("pk", flat=True))
        return {
            getattr(one, self.key): Record(
                one.pk,
                {column.name: getattr(one, column.name) for column in columns},
                archived=one.archived_at is not None,
                in_reach=one.pk in reach,
            )
            for one in found
        }

    def versions(self, pks: Collection[int]) -> dict[int, int]:
        """The newest history record of each."""
        rows = (
            self.model.history.filter(id__in=list(pks)).values_list("id").annotate(newest=Max("history_id"))
        )
        return dict(rows.order_by())

    def save(self, record: Record | None, values: Mapping[str, Any], by: User, reason: str) -> int:
        """Make, change or bring back a record.

        Returns:
            Its id.
        """
        if record is None:
            return int(self.create(**values, by=by, reason=reason).pk)
        one = self.model.objects.get(pk=record.pk)
        if record.archived:
            self.restore(one, by=by, reason=reason)
        differing = {name: value for name, value in values.items() if value != record.values[name]}
        if differing:
            self.change(one, differing, by=by, reason=reason)
        return record.pk
