"""What was changed in a record, by whom, when and why: for people to read."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any, NamedTuple

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fleet.people.identity_number import masked

MOST_SHOWN = 50
HIDDEN = {"id", "archived_at", "born_on"}
MASKED = {"identity_number", "telephone"}


class FieldChange(NamedTuple):
    """One field, before and after, in words."""

    field: str
    before: str
    after: str


class Entry(NamedTuple):
    """One change of a record; `undoable` is the id of one that can be undone: the newest, where it set fields."""

    at: datetime
    by: str
    what: str
    reason: str
    changes: list[FieldChange]
    undoable: int | None = None


def history_of(record: Any) -> list[Entry]:
    """The newest changes of a record, newest first."""
    versions = list(record.history.select_related("history_user").order_by("-history_id")[: MOST_SHOWN + 1])
    names = names_of_related(record, versions)
    pairs = zip_longest(versions, versions[1:])
    entries = [entry(new, old, names) for new, old in pairs][:MOST_SHOWN]
    if entries and entries[0].changes and is_out(versions[0]) == is_out(versions[1]):
        entries[0] = entries[0]._replace(undoable=versions[0].pk)
    return entries


def entry(new: Any, old: Any, names: dict[Any, str]) -> Entry:
    """What one version changed of the one before."""
    return Entry(
        at=new.history_date,
        by=str(new.history_user) if new.history_user else _("the system"),
        what=what_happened(new, old),
        reason=new.history_change_reason or "",
        changes=differences(new, old, names) if old else [],
    )


def what_happened(new: Any, old: Any) -> str:
    """A version in a word."""
    if old is None:
        return _("Added") if new.history_type == "+" else _("Recorded")
    if is_out(new) and not is_out(old):
        return _("Archived")
    if is_out(old) and not is_out(new):
        return _("Brought back")
    return _("Changed")


def is_out(version: Any) -> bool:
    """Whether a version is of something archived; accounts are closed instead, which is a field of theirs."""
    return bool(getattr(version, "archived_at", None))


def differences(new: Any, old: Any, names: dict[Any, str]) -> list[FieldChange]:
    """The fields that two versions have differently."""
    found = []
    for field in new.tracked_fields:
        before, after = getattr(old, field.attname), getattr(new, field.attname)
        if field.name not in HIDDEN and before != after:
            label = str(field.verbose_name)
            found.append(FieldChange(label, shown(field, before, names), shown(field, after, names)))
    return found


def shown(field: Any, value: Any, names: dict[Any, str]) -> str:
    """A value in words."""
    if value in (None, ""):
        return "—"
    if field.name in MASKED:
        return masked(value)
    if field.is_relation:
        return names.get((field.related_model, value), str(value))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return date_format(value, "DATETIME_FORMAT")
    if hasattr(value, "isoformat"):
        return date_format(value)
    return str(value)


def names_of_related(record: Any, versions: Sequence[Any]) -> dict[Any, str]:
    """The names of all that the versions refer to, by model and id; one query for each model."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for field in record.history.model.tracked_fields:
        if field.is_relation:
            wanted[field.related_model] |= {getattr(version, field.attname) for version in versions}
    return {
        (model, pk): str(one)
        for model, pks in wanted.items()
        for pk, one in model._default_manager.in_bulk(pks - {None}).items()
    }
