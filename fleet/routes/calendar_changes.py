"""Writes: the terms of schools, and the days that differ from them."""

from collections.abc import Mapping
from typing import TypeVar

from django.db import transaction

from fleet.people.models import User
from fleet.records import (
    archive_record,
    refuse_archived,
    refuse_unless_allowed,
    restore_record,
    save_record,
    set_fields,
)
from fleet.routes.models import ExceptionalDay, Term

FIELDS: Mapping[type[Term | ExceptionalDay], frozenset[str]] = {
    Term: frozenset({"school", "name", "valid_from", "valid_until"}),
    ExceptionalDay: frozenset({"school", "day", "as_weekday", "note"}),
}

Day = TypeVar("Day", Term, ExceptionalDay)


def create_term(*, by: User, reason: str = "", **details: object) -> Term:
    """Record a term of a school; see `create`."""
    return create(Term(), details, by=by, reason=reason)


def create_exceptional_day(*, by: User, reason: str = "", **details: object) -> ExceptionalDay:
    """Record a day on which a school teaches otherwise than usual; see `create`."""
    return create(ExceptionalDay(), details, by=by, reason=reason)


@transaction.atomic
def create(one: Day, details: Mapping[str, object], *, by: User, reason: str) -> Day:
    """Record something in a school's calendar; the trips of the coming days follow.

    Raises:
        PermissionDenied: where `by` may not change that calendar.
        RecordError: for a field that can't be given.
        ValidationError: naming each field that can't be right.
    """
    set_fields(one, details, FIELDS[type(one)])
    refuse_unless_allowed(by, permission("change", one), one)
    save_record(one, by=by, reason=reason)
    return one


@transaction.atomic
def change(one: Day, changes: Mapping[str, object], *, by: User, reason: str = "") -> Day:
    """Change something in a school's calendar; who moves it to another school needs the permission there too.

    Raises:
        PermissionDenied: where `by` may not change that calendar.
        RecordError: where it is archived, or a field can't be changed so.
        ValidationError: naming each field that can't be right.
    """
    one = locked(one)
    refuse_unless_allowed(by, permission("change", one), one)
    refuse_archived(one)
    set_fields(one, changes, FIELDS[type(one)])
    refuse_unless_allowed(by, permission("change", one), one)
    save_record(one, by=by, reason=reason)
    return one


@transaction.atomic
def archive(one: Day, *, by: User, reason: str) -> Day:
    """Take something out of a school's calendar.

    Raises:
        PermissionDenied: where `by` may not change that calendar.
        RecordError: as `archive_record` does.
    """
    one = locked(one)
    refuse_unless_allowed(by, permission("archive", one), one)
    archive_record(one, by=by, reason=reason)
    return one


@transaction.atomic
def restore(one: Day, *, by: User, reason: str = "") -> Day:
    """Put something back into a school's calendar.

    Raises:
        PermissionDenied: where `by` may not change that calendar.
        RecordError: where it is not archived.
        ValidationError: where it clashes with what has been recorded since.
    """
    one = locked(one)
    refuse_unless_allowed(by, permission("archive", one), one)
    restore_record(one, by=by, reason=reason)
    return one


def permission(action: str, one: Term | ExceptionalDay) -> str:
    """The name of a permission, such as "routes.change_term"."""
    return f"routes.{action}_{one._meta.model_name}"


def locked(one: Day) -> Day:
    """A record as it is stored, with its row locked until the transaction ends."""
    found: Day = type(one)._default_manager.select_for_update().get(pk=one.pk)
    return found
