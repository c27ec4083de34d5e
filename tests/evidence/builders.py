"""What the chain proves, and somebody with the database in their hands."""

from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.models import Field, Model

from fleet.append_only import reverse_statements


def verified() -> tuple[int, str]:
    """Exit code of verify_evidence, and what it told."""
    told = StringIO()
    try:
        call_command("verify_evidence", stdout=told)
    except SystemExit as stop:
        assert isinstance(stop.code, int)
        return stop.code, told.getvalue()
    return 0, told.getvalue()


def without_triggers(model: type[Model]) -> None:
    """Take away what refuses changes of rows; the transaction has to be rolled back."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in reverse_statements(model._meta.db_table, connection.vendor):
            cursor.execute(statement)


def tamper(record: Model, field: "Field[Any, Any]") -> None:
    """Change one column of a row past the program."""
    past_the_program('UPDATE "{table}" SET "{column}" = {value} WHERE id = {pk}', record, field)


def delete(record: Model) -> None:
    """Delete a row past the program."""
    past_the_program('DELETE FROM "{table}" WHERE id = {pk}', record, record._meta.pk)


def past_the_program(statement: str, record: Model, field: "Field[Any, Any]") -> None:
    """Execute a statement about a row."""
    without_triggers(type(record))
    names = {"table": record._meta.db_table, "column": field.column, "pk": record.pk}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(value=other(record, field), **names))


def other(record: Model, field: "Field[Any, Any]") -> str:
    """Another value for a column, as SQL."""
    value = getattr(record, field.attname)
    match field.get_internal_type():
        case "BooleanField":
            return f'NOT "{field.column}"'
        case "UUIDField" if connection.vendor == "postgresql":
            return "gen_random_uuid()"
        case "UUIDField":
            return "'0f0e0d0c0b0a09080706050403020100'"
        case "DateTimeField" if connection.vendor == "postgresql":
            return f"coalesce({field.column}, now()) + interval '1 millisecond'"
        case "DateTimeField":
            return "'2020-01-01 00:00:00.001'"
        case "DateField":
            return "'2020-01-01'"
        case "JSONField":
            return """'{"forged": true}'"""
        case "CharField":
            return "'x'"
        case "PointField":
            return "ST_GeomFromText('POINT(1 2)', 4326)"
    return str((value or 0) + 12345)
