"""What the tests of pages of routes share."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from tests.registry.conftest import signed_in
from tests.vehicles.builders import Place, place


@pytest.fixture
def in_english(settings) -> Iterator[None]:
    """Pages and messages in English."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def where() -> Place:
    return place()


@pytest.fixture
def client(where) -> Client:
    """The browser of the school's coordinator."""
    return signed_in(where.coordinator)
