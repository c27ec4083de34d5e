"""What the tests of the registry's pages share."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation


@pytest.fixture
def in_english(settings) -> Iterator[None]:
    """Pages and messages in English."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


def signed_in(someone) -> Client:
    """A browser in which somebody has signed in."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(someone)
    return client
