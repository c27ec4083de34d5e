"""Tests of accounts read English, ask for the second factor, and begin with nobody locked out."""

from collections.abc import Iterator

import msgspec
import pytest
from django.core.cache import cache
from django.utils import translation


@pytest.fixture(autouse=True)
def english(settings) -> Iterator[None]:
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def second_factor_not_asked(settings) -> None:
    """As on a real installation, unlike in the other tests."""
    settings.ENVIRONMENT = msgspec.structs.replace(settings.ENVIRONMENT, require_mfa=True)


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """A password takes a fifth of a second as it is kept in earnest."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def nothing_counted_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()
