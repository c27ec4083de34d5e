"""How far background work has come: kept in the cache, since a transaction shows nothing before its end."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from django.core.cache import cache

KEPT_S = 120
EVERY = 50

Item = TypeVar("Item")


class Progress(NamedTuple):
    """So many done of so many."""

    done: int
    total: int


def progress_of(run: int) -> Progress | None:
    """How far a run has come, or None where nothing was heard of it for a while."""
    kept = cache.get(key(run))
    return Progress(*kept) if kept else None


def tell(run: int, done: int, total: int) -> None:
    """Note how far a run has come."""
    cache.set(key(run), (done, total), KEPT_S)


def told(run: int, items: Iterable[Item], *, total: int) -> Iterator[Item]:
    """The items, while telling how many have been taken."""
    for done, item in enumerate(items):
        if done % EVERY == 0:
            tell(run, done, total)
        yield item


def key(run: int) -> str:
    """Under which the cache keeps it."""
    return f"import-progress-{run}"
