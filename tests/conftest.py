"""What all tests share: a test database that threads can share, and a data directory of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from asgiref.sync import SyncToAsync
from django.db import connections


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the SpatiaLite test database in a file: the gateway's writer is a thread with a connection of its own.

    Nothing in it need outlive a power cut, so it is not synchronised to the disk.
    """
    database = connections["default"]
    if database.vendor == "sqlite":
        folder = tmp_path_factory.mktemp("database")
        database.settings_dict["TEST"]["NAME"] = str(folder / "test.sqlite3")
        database.settings_dict["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Let go of the connection of the thread in which asynchronous code has its queries run."""
    yield
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


@pytest.fixture(autouse=True)
def own_data_dir(tmp_path: Path, settings) -> Path:
    """A data directory for each test, so that none finds what another, or a running demo, has left."""
    settings.DATA_DIR = tmp_path
    return tmp_path
