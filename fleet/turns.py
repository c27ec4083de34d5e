"""Long work of many transactions lets others write: SQLite has one lock for that, and who waits only polls for it.

A waiting connection asks again after a tenth of a second at most (SQLite's busy handler), and takes the lock if it is
free just then. Work that begins its next transaction at once leaves it no such moment.
"""

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from django.db import connection

Item = TypeVar("Item")

WORKED_S = 0.4
PAUSE_S = 0.12


def in_turns(items: Iterable[Item]) -> Iterator[Item]:
    """The items of a loop that handles each in a transaction of its own; on SQLite with pauses for others."""
    since = time.monotonic()
    for item in items:
        yield item
        if (
            connection.vendor == "sqlite"
            and not connection.in_atomic_block
            and time.monotonic() - since >= WORKED_S
        ):
            time.sleep(PAUSE_S)
            since = time.monotonic()
