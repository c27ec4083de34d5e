"""Writes: many records of a kind at once, as a spreadsheet brings them, in few statements under a short lock."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from fleet.clashes import Clash, clashes
from fleet.grants import reach_with
from fleet.people.models import User
from fleet.records import refuse_archived

BATCH = 500
GIVEN = "given_relations"


@dataclass(frozen=True)
class Bulk:
    """How records of a kind are stored and archived by the thousand, with the permissions and history of each.

    Attributes:
        model: with a history.
        fields: that may be changed.
        change: the permission to store one.
        archive: the permission to archive one.
        organisations_of: ids of the organisations that a record belongs to; reaching one of them is enough.
        owner: the relation to whom or what it is recorded of, where it has one.
        many: the relation to several others that is stored with a record, where it has one.
    """

    model: Any
    fields: Collection[str]
    change: str
    archive: str
    organisations_of: Callable[[Any], Iterable[int | None]]
    owner: str = ""
    many: str = ""

    def fill(self, record: Any, values: Mapping[str, Any]) -> None:
        """Give a record values, and bring it into use; nothing is stored yet."""
        for name, value in values.items():
            if name == self.many:
                vars(record)[GIVEN] = value
            else:
                setattr(record, name, value)
        record.archived_at = None

    def lock(self, records: Iterable[Any]) -> None:
        """Lock, until the transaction ends, what stored records are recorded of, or else these themselves.

        Raises:
            RecordError: where an owner has been archived.
        """
        if not self.owner:
            lock(self.model, (one.pk for one in records))
            return
        owners = self.model._meta.get_field(self.owner).related_model
        for one in lock(owners, (getattr(one, f"{self.owner}_id") for one in records)):
            refuse_archived(one)

    def judge(self, record: Any) -> None:
        """What only this kind of record is asked, besides what its model asks; nothing here.

        Raises:
            ValidationError: naming each field that can't be right.
        """

    def clashes(self, records: Sequence[Any]) -> list[Clash]:
        """What stands against storing filled-in records, besides what each says by itself; in a few queries."""
        return clashes(self.model, records)

    @transaction.atomic
    def store(self, *, new: Sequence[Any], changed: Sequence[Any], by: User, reason: str) -> None:
        """Add new records, and change others or bring them back.

        Args:
            new: records that have been checked in full; they get their ids.
            changed: stored records with their new values, checked too.
            by: who does it.
            reason: kept in the history of each.

        Raises:
            PermissionDenied: where `by` may not change one of them, as it was or as it would be.
            RecordError: where the owner of one is archived.
            IntegrityError: where one clashes with what was stored since it was checked.
        """
        self.lock([*new, *changed])
        stored = self.model.objects.filter(pk__in=[one.pk for one in changed])
        stored = stored.select_related(self.owner) if self.owner else stored
        self.refuse_out_of_reach([*stored, *new, *changed], self.change, by)
        kept = {"batch_size": BATCH, "default_user": by, "default_change_reason": reason}
        if new:
            bulk_create_with_history(new, self.model, **kept)
        if changed:
            bulk_update_with_history(changed, self.model, sorted({*self.fields, "archived_at"}), **kept)
        if self.many:
            self.relate([*new, *changed])

    def relate(self, records: Sequence[Any]) -> None:
        """Store to which others each record relates, where that was given."""
        relation = self.model._meta.get_field(self.many)
        one, other = relation.m2m_field_name(), relation.m2m_reverse_field_name()
        through = relation.remote_field.through.objects
        through.filter(**{f"{one}__in": [record for record in records if given(record)]}).delete()
        through.bulk_create(
            [
                through.model(**{one: record, other: related})
                for record in records
                for related in given(record)
            ],
            batch_size=BATCH,
        )

    @transaction.atomic
    def take_out(self, records: Sequence[Any], *, by: User, reason: str) -> None:
        """Archive records.

        Raises:
            PermissionDenied: where `by` may not archive one of them.
            RecordError: where one of them is still needed.
        """
        self.refuse_out_of_reach(records, self.archive, by)
        now = timezone.now()
        for one in records:
            one.archived_at = now
        if records:
            kept = {"batch_size": BATCH, "default_user": by, "default_change_reason": reason}
            bulk_update_with_history(records, self.model, ["archived_at"], **kept)

    def refuse_out_of_reach(self, records: Iterable[Any], permission: str, by: User) -> None:
        """Refuse all where a person lacks a permission for one.

        Raises:
            PermissionDenied: saying so.
        """
        reached = reach_with(by, permission)
        if any(reached.isdisjoint(self.organisations_of(one)) for one in records):
            raise PermissionDenied(_("You may not do this."))


def given(record: Any) -> Collection[Any]:
    """The others to which a record is to relate, where that was given."""
    found: Collection[Any] = vars(record).get(GIVEN, ())
    return found


def lock(model: Any, pks: Iterable[int | None]) -> list[Any]:
    """Lock records in the order of their keys until the transaction ends; those that are not stored yet have none."""
    return list(model.objects.select_for_update().filter(pk__in=set(pks) - {None}).order_by("pk"))
