"""Writes: many organisations at once, below one that somebody administers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fleet.bulk import Bulk
from fleet.organisations.changes import CHANGEABLE, lock_trees, refuse_wrong_level
from fleet.organisations.models import Organisation
from fleet.organisations.occupants import occupants
from fleet.organisations.permissions import ARCHIVE_ORGANISATION, CHANGE_ORGANISATION
from fleet.people.models import User
from fleet.records import RecordError


@dataclass(frozen=True)
class OrganisationBulk(Bulk):
    """Organisations; each lies where its kind may, and is archived only where it answers for nothing any more."""

    def lock(self, records: Iterable[Any]) -> None:
        """Lock the trees: what changes one is done one after the other."""
        lock_trees()

    def judge(self, record: Any) -> None:
        """Whether it may lie below what it belongs to."""
        refuse_wrong_level(record, record.parent)

    @transaction.atomic
    def take_out(self, records: Sequence[Any], *, by: User, reason: str) -> None:
        """Archive organisations."""
        if found := occupants(*records):
            told = ", ".join(f"{count} {what}" for what, count in found.items())
            raise RecordError(_("These organisations still have %s. Archive or move them first.") % told)
        super().take_out(records, by=by, reason=reason)


ORGANISATIONS = OrganisationBulk(
    Organisation,
    CHANGEABLE,
    CHANGE_ORGANISATION,
    ARCHIVE_ORGANISATION,
    organisations_of=lambda organisation: (organisation.parent_id,),
)
