"""Writes: looks are added to the access log; nothing in it is ever changed."""

from collections.abc import Iterable
from typing import Any, ClassVar, Protocol

from django.utils import timezone

from fleet.audit.models import AccessRecord, Action
from fleet.audit.origin import current_origin
from fleet.people.models import User

BATCH = 500
LONGEST_TEXT = 200


class Personal(Protocol):
    """A record about a person, which belongs to an organisation."""

    pk: Any
    _meta: ClassVar[Any]

    @property
    def answers_to(self) -> int | None:
        """Id of the organisation that answers for the record."""


def record_access(*, by: User, action: Action, objects: Iterable[Personal], purpose: str = "") -> None:
    """Add to the access log that somebody looked at records, in the transaction in which they are read.

    Args:
        by: who looks.
        action: how.
        objects: the records shown.
        purpose: why, where it was said.
    """
    looked_at = ((one._meta.label_lower, one.pk, str(one), one.answers_to) for one in objects)
    AccessRecord.objects.bulk_create(
        (
            access(by, action, purpose, kind=kind, object_id=pk, name=name, organisation_id=organisation)
            for kind, pk, name, organisation in looked_at
        ),
        batch_size=BATCH,
    )


def record_export(*, by: User, what: str, purpose: str = "") -> None:
    """Add to the access log that somebody took away a list which is not of persons: once where they serve.

    Args:
        by: who takes it.
        what: the list, in words.
        purpose: why, where it was said.
    """
    served = set(by.memberships.filter(archived_at=None).values_list("organisation_id", flat=True))
    AccessRecord.objects.bulk_create(
        access(by, Action.EXPORT, purpose, kind="", object_id=None, name=what, organisation_id=organisation)
        for organisation in sorted(served) or [None]
    )


def access(by: User, action: Action, purpose: str, *, name: str, **looked_at: object) -> AccessRecord:
    """A row of the log, of this moment, which is not stored yet."""
    origin = current_origin()
    return AccessRecord(
        at=timezone.now(),
        person=by,
        action=action,
        purpose=purpose[:LONGEST_TEXT],
        name=name[:LONGEST_TEXT],
        channel=origin.channel,
        address=origin.address,
        **looked_at,
    )
