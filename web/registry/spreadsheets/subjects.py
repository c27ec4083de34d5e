"""What spreadsheets can be of, and how each is found, made, changed, archived and brought back."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Max, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language

from fleet.people.models import User
from web.registry.spreadsheets.checking import Change, Plan, Record
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
        store: stores new and changed records; called with `new`, `changed`, `by` and `reason`.
        archive: takes records out of use; called with them, `by` and `reason`.
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
    store: Callable[..., None]
    archive: Callable[..., None]

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

    def built(self, plan: Plan) -> list[tuple[Change, Any]]:
        """Each change with the record as it would be, which is not stored yet."""
        stored = self.model.objects.in_bulk([change.record.pk for change in plan.changed if change.record])
        built = []
        for change in plan.changes:
            one = stored[change.record.pk] if change.record else self.model()
            for name, value in change.row.values.items():
                setattr(one, name, value)
            one.archived_at = None
            built.append((change, one))
        return built

    def faults(self, one: Any) -> dict[str, list[str]]:
        """What its model says against a record, by field; what the columns have made sure of is not asked again.

        Returns:
            Messages by the name of the field, "" for the record as a whole.
        """
        try:
            one.full_clean(exclude={*self.related, self.key})
        except ValidationError as error:
            found = error.message_dict
            return {"" if name == NON_FIELD_ERRORS else name: found[name] for name in found}
        return {}
