"""Operations on what is recorded of a bus or a person: the same for every kind of record."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status

from fleet.audit.models import Action
from fleet.people.models import User
from fleet.records import Record
from fleet.tokens.models import Scope
from web.api.auth import reading, writing
from web.api.fields import Id
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.payload import Change, WithReason, details_of
from web.person import person_of


class RecordAnswer(Schema):
    """What every record has."""

    id: int
    archived_at: datetime | None


class WithDocument(RecordAnswer):
    """A record to which a scan can belong."""

    has_document: bool

    @staticmethod
    def resolve_has_document(record: Any) -> bool:
        """Whether there is a scan."""
        return bool(record.document)


@dataclass(frozen=True)
class Owner:
    """What records belong to.

    Attributes:
        path: of the owner's list.
        relation: name of the owner in the record.
        find: the owner with an id that a person may see; 404 otherwise. The look is logged where it has to be.
        read: scope for reading.
        write: scope for writing.
    """

    path: str
    relation: str
    find: Callable[[User, int, Action], Any]
    read: Scope
    write: Scope


@dataclass(frozen=True)
class RecordKind:
    """A kind of record, and how it goes in and out.

    Attributes:
        slug: of its address.
        model: how it is kept.
        answer: as it goes out.
        new: body that records one.
        change: body that corrects one.
        record: puts one on record.
        correct: corrects one.
        archive: takes one out of use.
    """

    slug: str
    model: type[Record]
    answer: type[Schema]
    new: type[Change]
    change: type[Change]
    record: Callable[..., Record]
    correct: Callable[..., Record]
    archive: Callable[..., Record]

    @property
    def name(self) -> str:
        """Its name in ids of operations."""
        return self.slug.replace("-", "_")


def add_record_operations(router: Router, owner: Owner, kind: RecordKind) -> None:
    """Add the operations on one kind of record: list, record, show, correct, archive.

    The bodies differ from kind to kind, so their types are put into the annotations that ninja reads.
    """
    many = f"{owner.path}/{{pk}}/{kind.slug}"
    one = f"{many}/{{record_pk}}"
    title = str(kind.model._meta.verbose_name_plural)
    label = f"{owner.relation}_{kind.name}"

    def records_of(owned_by: Any) -> QuerySet[Any]:
        return kind.model.objects.filter(**{owner.relation: owned_by}).select_related(owner.relation)

    def found(request: HttpRequest, pk: int, record_pk: int) -> Any:
        owned_by = owner.find(person_of(request), pk, Action.VIEW)
        return get_object_or_404(records_of(owned_by), pk=record_pk)

    def list_records(
        request: HttpRequest, pk: Id, filters: Query[RecordFilter], paging: Query[Paging]
    ) -> dict[str, Any]:
        owned_by = owner.find(person_of(request), pk, Action.VIEW)
        return page_of(filters.filter(records_of(owned_by)), paging, "-pk")

    def show_record(request: HttpRequest, pk: Id, record_pk: Id) -> Any:
        return found(request, pk, record_pk)

    def add_record(request: HttpRequest, pk: Id, payload: Change) -> Status[Any]:
        owned_by = owner.find(person_of(request), pk, Action.VIEW)
        details = details_of(payload, kind.model)
        made = kind.record(
            **{owner.relation: owned_by}, by=person_of(request), reason=payload.reason, **details
        )
        return Status(201, made)

    def correct_record(request: HttpRequest, pk: Id, record_pk: Id, payload: Change) -> Any:
        changes = details_of(payload, kind.model)
        record = found(request, pk, record_pk)
        return kind.correct(record, changes, by=person_of(request), reason=payload.reason)

    def archive_record(request: HttpRequest, pk: Id, record_pk: Id, payload: WithReason) -> Any:
        return kind.archive(found(request, pk, record_pk), by=person_of(request), reason=payload.reason)

    add_record.__annotations__["payload"] = kind.new
    correct_record.__annotations__["payload"] = kind.change
    read, write = reading(owner.read), writing(owner.write)
    page: Any = Page[kind.answer]  # type: ignore[name-defined]  # a type that is known only as it runs
    router.get(many, auth=read, response=page, operation_id=f"list_{label}", summary=f"List {title}")(
        list_records
    )
    router.get(one, auth=read, response=kind.answer, operation_id=f"show_{label}", summary=f"Show {title}")(
        show_record
    )
    router.post(
        many, auth=write, response={201: kind.answer}, operation_id=f"add_{label}", summary=f"Add {title}"
    )(add_record)
    router.patch(
        one, auth=write, response=kind.answer, operation_id=f"correct_{label}", summary=f"Correct {title}"
    )(correct_record)
    router.post(
        f"{one}/archive",
        auth=write,
        response=kind.answer,
        operation_id=f"archive_{label}",
        summary=f"Archive {title}",
    )(archive_record)
