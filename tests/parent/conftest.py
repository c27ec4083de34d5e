"""What the tests of families share."""

from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import translation

from tests.parent.builders import Family, running_family


@pytest.fixture(autouse=True)
def in_english(settings) -> Iterator[None]:
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Stamps and looks are kept in the cache, which outlives a test."""
    for name in ("default", "process"):
        caches[name].clear()


@pytest.fixture
def home() -> Family:
    """A family whose bus is on its way."""
    return running_family()


@pytest.fixture
def browser(home: Family) -> Client:
    """Signed in as the guardian."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(home.guardian)
    return client
