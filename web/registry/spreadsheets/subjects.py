"""What spreadsheets can be of, and how each is found, judged, made, changed, archived and brought back."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import rules
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Max, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language

from fleet.bulk import Bulk
from fleet.people.models import User
from web.registry.spreadsheets.checking import Change, Checked, Plan, Record, key_of
from web.registry.spreadsheets.columns import Column


def nothing_to_complete(_checked: Checked, _person: User) -> None:
    """For subjects whose cells say all by themselves."""


@dataclass(frozen=True)
class Subject:
    """A kind of record that a spreadsheet can hold.

    Attributes:
        slug: its name in addresses.
        sheet_zh: what its sheet is called in Chinese.
        sheet_en: what its sheet is called in English.
        title: for people, in the language of the page.
        key: names of the columns by which a record is recognised; the first one names it in few values.
        bulk: stores and archives; its permissions say who may import.
        export: the permission to take the records away.
        columns: as a person may fill them in.
        records_for: the records, archived ones too, for which a person has a permission.
        list_page: name of the address of their list.
        related: the relations that columns need.
        is_known_for_ever: whether an archived record keeps its key, wherever it is.
        complete: fills in, after all cells are read, what follows from several of them; adds problems.
        persons_of: whom a record is about, where looks at it are logged one by one.
        prefetched: the relations to several others that columns need.
        in_force: which of the records in use are exported.
        is_recorded_once: whether a record in use is changed by a procedure of its own, never by a file.
    """

    slug: str
    sheet_zh: str
    sheet_en: str
    title: str | Promise
    key: tuple[str, ...]
    bulk: Bulk
    export: str
    columns: Callable[[User], Sequence[Column]]
    records_for: Callable[[User, str], QuerySet[Any]]
    list_page: str
    related: tuple[str, ...] = ()
    is_known_for_ever: bool = False
    complete: Callable[[Checked, User], None] = field(default=nothing_to_complete)
    persons_of: Callable[[Any], Iterable[Any]] | None = None
    prefetched: tuple[str, ...] = ()
    in_force: Q = field(default_factory=Q)
    is_recorded_once: bool = False

    @property
    def model(self) -> Any:
        """With a history."""
        return self.bulk.model

    @property
    def sheet_names(self) -> tuple[str, str]:
        """What the sheet may be called, in the language of the page first."""
        names = (self.sheet_zh, self.sheet_en)
        return names if (get_language() or "").startswith("zh") else (names[1], names[0])

    def may_import(self, person: User) -> bool:
        """Whether a person may change any."""
        return bool(rules.has_perm(self.bulk.change, person))

    def may_export(self, person: User) -> bool:
        """Whether a person may take any away."""
        return bool(rules.has_perm(self.export, person))

    def exportable(self, person: User) -> QuerySet[Any]:
        """The records in use that a person may take away."""
        return self.records_for(person, self.export).filter(self.in_force, archived_at__isnull=True)

    def existing(
        self, columns: Sequence[Column], keys: Collection[tuple[Any, ...]], by: User
    ) -> dict[tuple[Any, ...], Record]:
        """What is there under each key, and whether `by` may change it; a record in use goes before archived ones."""
        found = self.model.objects.filter(**{f"{self.key[0]}__in": {key[0] for key in keys}})
        reach = set(self.records_for(by, self.bulk.change).values_list("pk", flat=True))
        there: dict[tuple[Any, ...], Record] = {}
        for one in found.select_related(*self.related).prefetch_related(*self.prefetched):
            record = Record(
                one.pk,
                {column.name: column.value(one) for column in columns},
                archived=one.archived_at is not None,
                in_reach=one.pk in reach,
            )
            key = key_of(record.values, self.key)
            if record.archived and not record.in_reach and not self.is_known_for_ever:
                continue
            before = there.get(key)
            if before is None or (before.archived, not before.in_reach) > (
                record.archived,
                not record.in_reach,
            ):
                there[key] = record
            elif not before.archived and not record.archived:
                there[key] = before._replace(is_one_of_several=True)
        return there

    def versions(self, pks: Collection[int]) -> dict[int, int]:
        """The newest history record of each."""
        rows = (
            self.model.history.filter(id__in=list(pks)).values_list("id").annotate(newest=Max("history_id"))
        )
        return dict(rows.order_by())

    def built(self, plan: Plan) -> list[tuple[Change, Any]]:
        """Each change with the record as it would be, which is not stored yet."""
        pks = [change.record.pk for change in plan.changed if change.record]
        stored = self.model.objects.select_related(*self.related).in_bulk(pks)
        built = []
        for change in plan.changes:
            one = stored[change.record.pk] if change.record else self.model()
            self.bulk.fill(one, change.row.values)
            built.append((change, one))
        return built

    def faults(self, one: Any) -> dict[str, list[str]]:
        """What its model says against a record by itself, by field; the columns have made sure of its relations.

        Returns:
            Messages by the name of the field, "" for the record as a whole.
        """
        relations = {one.name for one in self.model._meta.concrete_fields if one.is_relation}
        try:
            one.full_clean(exclude=relations, validate_unique=False, validate_constraints=False)
            self.bulk.judge(one)
        except ValidationError as error:
            found = error.message_dict
            return {"" if name == NON_FIELD_ERRORS else name: found[name] for name in found}
        return {}

    def persons(self, records: Iterable[Any]) -> list[Any]:
        """Whom records are about, each once."""
        return list({person for one in records for person in self.persons_of(one)}) if self.persons_of else []
