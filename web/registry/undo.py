"""Undoes the newest change of a record, through the same way as any change."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from fleet.people.models import User
from fleet.records import RecordError
from web.registry.register import Register


@transaction.atomic
def undo(register: Register, record: Any, version: int, *, by: User) -> Any:
    """Set the fields that the newest change of a record has set back to what they were.

    Args:
        register: the kind of record.
        record: whose change is undone.
        version: id of that change in the history.
        by: who undoes it.

    Raises:
        PermissionDenied: where `by` may not change the record.
        RecordError: where that change is no longer the newest, or what was before can no longer be.
    """
    locked = register.model.objects.select_for_update().get(pk=record.pk)
    newest, before = [*locked.history.order_by("-history_id")[:2], None, None][:2]
    if newest is None or before is None or newest.pk != version:
        raise RecordError(_("It has been changed again since. Look at the history first."))
    try:
        values = {
            field.name: getattr(before, field.name)
            for field in locked._meta.concrete_fields
            if getattr(before, field.attname) != getattr(newest, field.attname)
        }
        return register.change(locked, values, by=by, reason=_("Undone"))
    except ObjectDoesNotExist as error:
        raise RecordError(_("It can't be undone: what was named before is no longer there.")) from error
    except ValidationError as error:
        reasons = " ".join(error.messages)
        raise RecordError(_("It can't be undone: %(reasons)s") % {"reasons": reasons}) from error
