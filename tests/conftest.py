"""What all tests share: a test database that threads can share, and a data directory of their own."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from asgiref.sync import SyncToAsync
from django.db import connections
from django.db.backends.base.operations import BaseDatabaseOperations
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from fleet.append_only import reverse_statements, statements
from fleet.regulations.profile import SpeedLaw
from tests.schema_template import keep_as_template, start_from_template

# A slow or busy computer is no defect of what is tested.
hypothesis_settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("patient")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """Keep the SpatiaLite test database in a file: the gateway's writer is a thread with a connection of its own.

    Nothing in it need outlive a power cut, so it is not synchronised to the disk.
    """
    database = connections["default"]
    if database.vendor == "sqlite":
        path = tmp_path_factory.mktemp("database") / "test.sqlite3"
        if not request.config.getvalue("nomigrations"):
            start_from_template(path)
        database.settings_dict["TEST"]["NAME"] = str(path)
        database.settings_dict["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """Let Django go on from the copy of a migrated database, where there is one."""
    path = connections["default"].settings_dict["TEST"]["NAME"]
    return connections["default"].vendor == "sqlite" and Path(path).exists()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_keepdb: bool
) -> Iterator[None]:
    """Keep what was migrated anew; and in the end let go of the connection in which asynchronous code has queries."""
    is_migrated = not (django_db_keepdb or request.config.getvalue("nomigrations"))
    if connections["default"].vendor == "sqlite" and is_migrated:
        keep_as_template(Path(connections["default"].settings_dict["TEST"]["NAME"]))
    yield
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


@pytest.fixture(autouse=True)
def own_data_dir(tmp_path: Path, settings) -> Path:
    """A data directory for each test, so that none finds what another, or a running demo, has left."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def second_factor_not_asked(settings) -> None:
    """Let administrators and police officers of tests in without a second factor; tests/accounts ask for it."""
    settings.ENVIRONMENT = msgspec.structs.replace(settings.ENVIRONMENT, require_mfa=False)


@pytest.fixture(autouse=True)
def always_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test hang on the hour at which it is run: by night other limits hold."""
    monkeypatch.setattr(SpeedLaw, "is_night", lambda law, local: False)


@pytest.fixture(autouse=True, scope="session")
def evidence_can_be_flushed() -> Iterator[None]:
    """Let the flush after a test with transactions empty what triggers make append-only, on SQLite.

    PostgreSQL empties tables by TRUNCATE, which these triggers let pass.
    """
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_past_triggers(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        guarded: list[str] = []
        if self.connection.vendor == "sqlite":
            with self.connection.cursor() as cursor:
                cursor.execute("SELECT DISTINCT tbl_name FROM sqlite_master WHERE name LIKE '%_no_delete'")
                guarded = [table for (table,) in cursor.fetchall()]
        without = [one for table in guarded for one in reverse_statements(table, "sqlite")]
        again = [one for table in guarded for one in statements(table, "sqlite")]
        flush(self, [*without, *sql_list, *again])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush_past_triggers)
        yield
