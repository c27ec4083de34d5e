"""What the tests of pupils share."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import translation

from tests.vehicles.builders import Place, place


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """Wrong codes are counted in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def where() -> Place:
    return place()
