"""What is sealed: records of which kinds, in whose chain, and what of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Case, F, Model, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

EVERY = Q(pk__isnull=False)


@dataclass(frozen=True)
class Kind:
    """How the records of a model are sealed.

    Attributes:
        answerable: ways to the organisation in whose chain they are; the first that leads to one counts.
        due: those that are sealed; others may go on until they are.
        left_out: columns that change without the record saying anything else.
    """

    answerable: tuple[str, ...]
    due: Q = EVERY
    left_out: frozenset[str] = frozenset()


OF_TRIP = Kind(("trip__pattern__route__school",))
KINDS: Mapping[str, Kind] = {
    "findings.finding": Kind(
        ("bus__operator", "driver__operator"),
        due=Q(ended_at__isnull=False) | Q(withdrawn_at__isnull=False),
        left_out=frozenset({"updated_at"}),
    ),
    "ledger.pupilevent": OF_TRIP,
    "ledger.headcount": OF_TRIP,
    "ledger.walkthrough": OF_TRIP,
    "ledger.correction": OF_TRIP,
    "ledger.rollcall": Kind(("school_class__school",)),
    "ledger.rollcallentry": Kind(("roll_call__school_class__school",)),
    "ledger.occupancyreport": Kind(("bus__operator",)),
    "trips.tripevent": Kind(OF_TRIP.answerable, due=Q(kind="close")),
}
"""By model, as "findings.finding". Of what happens to trips, the closings: the child ledger ends with them."""


def rows_of(kind: str) -> QuerySet[Any]:
    """The records of a kind that belong in a chain, with `answerable` (id of an organisation) and `is_due`."""
    sealed = KINDS[kind]
    ways = [F(way) for way in sealed.answerable]
    rows: QuerySet[Any] = (
        apps.get_model(kind)
        ._base_manager.order_by()
        .annotate(
            answerable=Coalesce(*ways) if len(ways) > 1 else ways[0],
            is_due=Case(When(sealed.due, then=Value(True)), default=Value(False)),
        )
    )
    return rows.exclude(answerable=None)


def content_of(record: Model) -> dict[str, Any]:
    """A record's columns by name, as they are stored: read it anew from the database before."""
    left_out = KINDS[record._meta.label_lower].left_out
    return {
        field.attname: shown(getattr(record, field.attname))
        for field in record._meta.concrete_fields
        if field.attname not in left_out
    }


def shown(value: Any) -> Any:
    """A value as JSON takes it: a place as its text, with all its digits."""
    return value.wkt if hasattr(value, "wkt") else value
