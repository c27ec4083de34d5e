"""Lets tests run in several processes: each has its own databases, and what shares a fixture stays in one of them."""

import os
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/demo", "tests/journeys")
"""Folders whose fixtures are made once for all their tests; elsewhere a file's are."""

if (worker := os.environ.get("PYTEST_XDIST_WORKER")) and (redis := os.environ.get("REDIS_URL")):
    os.environ["REDIS_URL"] = urlunsplit(urlsplit(redis)._replace(path="/" + worker.removeprefix("gw")))


class ByFixtures(LoadScopeScheduling):  # type: ignore[misc]  # has no types
    """Gives all tests of a file, or of a folder of `TOGETHER`, to one process."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        folder = path.rpartition("/")[0]
        return folder if folder in TOGETHER else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFixtures:
    """How pytest-xdist deals out tests, whatever ``--dist`` says."""
    return ByFixtures(config, log)
