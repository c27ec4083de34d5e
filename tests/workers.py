"""Lets tests run in several processes: each has its own databases, and what shares a fixture stays in one of them."""

import os
from urllib.parse import urlsplit, urlunsplit

import pytest

TOGETHER = ("tests/demo", "tests/journeys")
"""Folders whose fixtures are made once for all their tests; elsewhere a file's are."""

if (worker := os.environ.get("PYTEST_XDIST_WORKER")) and (redis := os.environ.get("REDIS_URL")):
    os.environ["REDIS_URL"] = urlunsplit(urlsplit(redis)._replace(path="/" + worker.removeprefix("gw")))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name for each test the group that goes to one process."""
    for item in items:
        path = item.nodeid.partition("::")[0]
        folder = path.rpartition("/")[0]
        item.add_marker(pytest.mark.xdist_group(folder if folder in TOGETHER else path))
