"""What the browser tests share: the stage, the browser, and when to leave them out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.frontend.harness.browser import CHROMIUM, chromium
from tests.frontend.harness.server import stage

PROJECT = Path(__file__).resolve().parents[2]
BUSES = 40


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the stage is served."""
    if not (PROJECT / "web" / "static" / "dist" / "live.js").exists():
        pytest.skip("the front end is not built")
    with stage(buses=BUSES) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with chromium() as browser:
        yield browser
