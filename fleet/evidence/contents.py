"""What of a record is sealed: every column, but those that tell nothing of what was found or done."""

from typing import Any

from django.db.models import Model

LEFT_OUT = {"findings.finding": frozenset({"updated_at"})}
"""Columns that change without the record saying anything else, by kind."""


def content_of(record: Model) -> dict[str, Any]:
    """A record's columns by name, as they are stored: read it anew from the database before."""
    left_out = LEFT_OUT.get(record._meta.label_lower, frozenset())
    return {
        field.attname: shown(getattr(record, field.attname))
        for field in record._meta.concrete_fields
        if field.attname not in left_out
    }


def shown(value: Any) -> Any:
    """A value as JSON takes it: a place as its text, with all its digits."""
    return value.wkt if hasattr(value, "wkt") else value
