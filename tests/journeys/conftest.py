"""What the journeys share: one installation, a browser, and people with accounts."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.frontend.harness.browser import CHROMIUM, chromium
from tests.journeys.installation import ROOT, Installation, own_database
from tests.journeys.screen import await_live, sign_in

OpenPage = Callable[..., Page]


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The running server. Each journey uses buses of its own."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    if not (ROOT / "web" / "static" / "dist" / "live.js").exists():
        pytest.skip("the front end is not built")
    with own_database() as database_url:
        installation = Installation(tmp_path_factory.mktemp("journeys"), database_url)
        installation.start()
        yield installation
        installation.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def open_page(installation: Installation, browser: Browser) -> Iterator[OpenPage]:
    """Opens a page in a fresh profile, in Chinese where nothing else is said; fails the test on a script's error."""
    errors: list[str] = []
    contexts = []

    def open_page(path: str = "", **options: str) -> Page:
        settings = {"locale": "zh-CN", "color_scheme": "light"} | options
        context = browser.new_context(viewport={"width": 1440, "height": 900}, **settings)  # type: ignore[arg-type]  # by name
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(installation.address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def open_as(installation: Installation, open_page: OpenPage) -> OpenPage:
    """Opens a page as a person who has signed in; the live page, where nothing else is said."""

    def open_as(username: str, path: str = "", **options: str) -> Page:
        page = open_page(path, **options)
        sign_in(page, installation.address + path, username, installation.password)
        if not path:
            await_live(page)
        return page

    return open_as
