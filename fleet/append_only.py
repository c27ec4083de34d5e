"""Rows that are written once: refused in Python, and by a trigger for whoever comes past it."""

from typing import Any, NoReturn

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class AppendOnlyError(Exception):
    """A row that is evidence was to be changed or deleted."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows that can't be changed or deleted, nor in bulk."""

    def update(self, **changes: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError(self.model.__name__)

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError(self.model.__name__)


class AppendOnly(models.Model):
    """A row that is written once."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Store a new row.

        Raises:
            AppendOnlyError: for one that is stored already.
        """
        if self.pk is not None:
            raise AppendOnlyError(self)
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError(self)


POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""
SQLITE_TRIGGER = """
CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""


def make_append_only(*tables: str) -> migrations.RunPython:
    """A migration's step after which rows of some tables can't be changed or deleted.

    SQLite forgets the triggers of a table that a later migration remakes: such a migration repeats this step.
    """

    def forwards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            for statement in statements(table, editor.connection.vendor):
                editor.execute(statement, params=None)

    def backwards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            for statement in reverse_statements(table, editor.connection.vendor):
                editor.execute(statement, params=None)

    return migrations.RunPython(forwards, backwards)


def statements(table: str, vendor: str) -> list[str]:
    """What makes a table append-only; done twice, it is done once."""
    if vendor == "postgresql":
        return [
            POSTGRESQL_FUNCTION,
            *reverse_statements(table, vendor),
            POSTGRESQL_TRIGGER.format(table=table),
        ]
    made = [SQLITE_TRIGGER.format(table=table, event=event) for event in ("update", "delete")]
    return [*reverse_statements(table, vendor), *made]


def reverse_statements(table: str, vendor: str) -> list[str]:
    """What lets its rows be changed again."""
    if vendor == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"]
    return [f"DROP TRIGGER IF EXISTS {table}_no_{event}" for event in ("update", "delete")]
