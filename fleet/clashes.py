"""Which of many records clash, with each other or with what is stored: by unique values, and by periods that overlap.

For one record `full_clean` asks the database; for thousands of them this asks it a few times for all.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, UniqueConstraint

from fleet.records import overlap_message


class Clash(NamedTuple):
    """Why a record can't be stored.

    Attributes:
        record: the one that can't.
        field: that has it.
        message: for people.
        with_record: the other one, where it is among those to be stored too.
    """

    record: Any
    field: str
    message: str
    with_record: Any = None


class Unique(NamedTuple):
    """Fields of which no two records may have the same values, among those that fulfil a condition."""

    fields: tuple[str, ...]
    condition: Q
    message: str


def clashes(model: Any, records: Sequence[Any]) -> list[Clash]:
    """What stands against storing records of a model, none of which is archived, besides what each says by itself."""
    found = [clash for unique in uniques(model) for clash in same_values(model, records, unique)]
    return found + list(overlaps(model, records))


def uniques(model: Any) -> Iterator[Unique]:
    """What is unique in a model."""
    for field in model._meta.concrete_fields:
        if field.unique and not field.primary_key:
            told = {
                "model_name": model._meta.verbose_name,
                "field_label": field.verbose_name,
            }
            message = field.error_messages["unique"] % told
            yield Unique((field.name,), Q(), str(message))
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.fields:
            message = constraint.get_violation_error_message()
            yield Unique(tuple(constraint.fields), constraint.condition or Q(), str(message))


def same_values(model: Any, records: Iterable[Any], unique: Unique) -> Iterator[Clash]:
    """Records that have the values of another one; an empty value is nobody's."""
    names = attributes(model, unique.fields)
    ours: dict[tuple[Any, ...], Any] = {}
    for one in records:
        values = tuple(getattr(one, name) for name in names)
        if None in values or "" in values:
            continue
        first = ours.setdefault(values, one)
        if first is not one:
            yield Clash(one, unique.fields[-1], unique.message, first)
    known = {one.pk for one in records}
    for pk, *stored in stored_like(model, ours, names).filter(unique.condition).values_list("pk", *names):
        if pk not in known and tuple(stored) in ours:
            yield Clash(ours[tuple(stored)], unique.fields[-1], unique.message)


class Period(NamedTuple):
    """A period of something, both days included; `record` where it is among those to be stored."""

    first: date
    last: date
    record: Any
    position: int


def overlaps(model: Any, records: Sequence[Any]) -> Iterator[Clash]:
    """Records whose period shares a day with that of another one of the same."""
    if not model.one_at_a_time:
        return
    names = attributes(model, model.one_at_a_time)
    groups: dict[tuple[Any, ...], list[Period]] = {}
    for position, one in enumerate(records):
        same = tuple(getattr(one, name) for name in names)
        if one.valid_from and one.valid_until:
            groups.setdefault(same, []).append(Period(one.valid_from, one.valid_until, one, position))
    known = {one.pk for one in records}
    current = model.not_over(stored_like(model, groups, names))
    for pk, first, last, *values in current.values_list("pk", "valid_from", "valid_until", *names):
        if pk not in known and tuple(values) in groups:
            groups[tuple(values)].append(Period(first, last, None, -1))
    for periods in groups.values():
        yield from overlaps_among(periods)


def overlaps_among(periods: Iterable[Period]) -> Iterator[Clash]:
    """Periods of one thing that share a day; of two that are to be stored, the later one in the file is told."""
    longest: Period | None = None
    for one in sorted(periods, key=lambda period: (period.first, period.last, period.position)):
        if longest and one.first <= longest.last and (one.record or longest.record):
            told, other = sorted((one, longest), key=lambda period: -period.position)
            message = overlap_message(other.first, other.last)
            yield Clash(told.record, "valid_from", message, other.record)
        if longest is None or one.last > longest.last:
            longest = one


def attributes(model: Any, fields: Iterable[str]) -> list[str]:
    """The attributes that hold the values of fields: of a relation, the other record's id."""
    return [model._meta.get_field(name).attname for name in fields]


def stored_like(model: Any, values: Collection[tuple[Any, ...]], names: Sequence[str]) -> Any:
    """The stored records each of whose values is one of those given; some may have another combination of them."""
    each = zip(*values, strict=True) if values else ([] for _ in names)
    wanted = {f"{name}__in": set(one) for name, one in zip(names, each, strict=True)}
    return model._default_manager.filter(**wanted)
