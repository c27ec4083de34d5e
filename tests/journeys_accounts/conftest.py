"""The real application in a browser, with the second factor asked for, and nobody signed in yet."""

from collections.abc import Callable, Iterator

import msgspec
import pytest
from django.core.cache import cache
from playwright.sync_api import Page

from tests.frontend.conftest import PROJECT, browser
from tests.journeys_registry.conftest import async_unsafe

OpenPage = Callable[[], Page]

__all__ = ["async_unsafe", "browser"]


@pytest.fixture(autouse=True)
def second_factor_not_asked(settings) -> None:
    """As on a real installation, unlike in the other tests."""
    settings.ENVIRONMENT = msgspec.structs.replace(settings.ENVIRONMENT, require_mfa=True)


@pytest.fixture
def open_page(transactional_db, browser, live_server) -> Iterator[OpenPage]:
    """Opens a page in a fresh profile; fails the test on a script's error."""
    if not (PROJECT / "web" / "static" / "dist" / "passkeys.js").exists():
        pytest.skip("the front end is not built")
    cache.clear()
    errors: list[str] = []
    contexts = []

    def open_page() -> Page:
        context = browser.new_context(base_url=live_server.url, locale="en")
        contexts.append(context)
        page: Page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
