"""Spreadsheets of what is recorded of something: papers of a bus, records of a driver."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from fleet.bulk import Bulk
from fleet.people.models import User
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.subjects import Subject


def records_of(
    owners_for: Callable[[User, str], QuerySet[Any]],
    bulk: Bulk,
    *,
    slug: str,
    sheet_zh: str,
    sheet_en: str,
    title: str | Promise,
    key: tuple[str, ...],
    columns: Callable[[User], Sequence[Column]],
    export: str,
    list_page: str,
    is_personal: bool = False,
) -> Subject:
    """A kind of record that has an owner; whoever may change or export the owner may do so with it.

    Args:
        owners_for: the owners for whom or which a person has a permission.
        bulk: of the records.
        slug: as in `Subject`; so the other arguments that are not told here.
        sheet_zh: see there.
        sheet_en: see there.
        title: see there.
        key: besides the owner.
        columns: the first one names the owner.
        export: the permission, of the owner.
        list_page: of the owners.
        is_personal: whether the owner is a person, looks at whose records are logged.
    """

    def records_for(person: User, permission: str) -> QuerySet[Any]:
        found: QuerySet[Any] = bulk.model.objects.filter(
            **{f"{bulk.owner}__in": owners_for(person, permission)}
        )
        return found.select_related(bulk.owner)

    def owner_of(record: Any) -> tuple[Any]:
        return (getattr(record, bulk.owner),)

    return Subject(
        slug=slug,
        sheet_zh=sheet_zh,
        sheet_en=sheet_en,
        title=title,
        key=(bulk.owner, *key),
        bulk=bulk,
        export=export,
        columns=columns,
        records_for=records_for,
        list_page=list_page,
        related=(bulk.owner,),
        persons_of=owner_of if is_personal else None,
    )
