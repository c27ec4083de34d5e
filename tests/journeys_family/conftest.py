"""A browser that is signed in to the real application as a guardian whose child waits for a bus."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from playwright.sync_api import Page, Request

from fleet.people.models import User
from tests.frontend.conftest import PROJECT, browser
from tests.journeys_registry.conftest import async_unsafe

OpenPage = Callable[..., Page]

__all__ = ["async_unsafe", "browser"]


@pytest.fixture
def open_page(transactional_db, browser, live_server) -> Iterator[OpenPage]:
    """Opens a page as a guardian; fails the test on a script's error or on a request to another computer."""
    if not (PROJECT / "web" / "static" / "dist" / "family.js").exists():
        pytest.skip("the front end is not built")
    for name in ("default", "process"):
        caches[name].clear()
    wrong: list[str] = []
    contexts = []

    def note_stranger(request: Request) -> None:
        if not request.url.startswith((live_server.url, "data:", "blob:")):
            wrong.append(request.url)

    def open_page(guardian: User, path: str = "/family/", **options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, locale="en", **options)
        contexts.append(context)
        session = Client()
        session.force_login(guardian)
        key = session.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        page: Page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", note_stranger)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
