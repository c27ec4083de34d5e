"""Writes: looks are added to the access log; nothing in it is ever changed."""

from collections.abc import Iterable
from typing import Protocol

from django.db import models
from django.utils import timezone

from fleet.audit.models import AccessRecord, Action
from fleet.audit.origin import current_origin
from fleet.people.models import User

BATCH = 500
LONGEST_NAME = 200


class Personal(Protocol):
    """A record about a person, which belongs to an organisation."""

    pk: int
    _meta: models.options.Options[models.Model]

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
    now, origin = timezone.now(), current_origin()
    AccessRecord.objects.bulk_create(
        (
            AccessRecord(
                at=now,
                person=by,
                action=action,
                kind=one._meta.label_lower,
                object_id=one.pk,
                name=str(one)[:LONGEST_NAME],
                organisation_id=one.answers_to,
                purpose=purpose[:LONGEST_NAME],
                channel=origin.channel,
                address=origin.address,
            )
            for one in objects
        ),
        batch_size=BATCH,
    )


def record_export(*, by: User, what: str, organisation_id: int | None = None, purpose: str = "") -> None:
    """Add to the access log that somebody took away a list of what is not about persons.

    Args:
        by: who takes it.
        what: the list, in words.
        organisation_id: whose list it is, where it is of one.
        purpose: why, where it was said.
    """
    origin = current_origin()
    AccessRecord.objects.create(
        at=timezone.now(),
        person=by,
        action=Action.EXPORT,
        kind="",
        object_id=None,
        name=what[:LONGEST_NAME],
        organisation_id=organisation_id,
        purpose=purpose[:LONGEST_NAME],
        channel=origin.channel,
        address=origin.address,
    )
