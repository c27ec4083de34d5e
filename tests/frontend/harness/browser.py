"""A headless Chromium that draws WebGL in software and speaks to nobody but the stage."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--enable-unsafe-swiftshader",
    "--use-angle=swiftshader",
    "--disable-background-networking",
    "--disable-quic",
    "--disable-sync",
    "--disable-component-update",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Opens the browser for the time of a `with` block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def wait_until(page: Page, condition: str, *, what: str, timeout_ms: int = 20_000) -> None:
    """Waits for a JavaScript condition; the page's content policy forbids Playwright's own way of waiting.

    Raises:
        AssertionError: it did not come true in time; says `what` was waited for.
    """
    poll(page, lambda: bool(page.evaluate(f"() => Boolean({condition})")), what=what, timeout_ms=timeout_ms)


def poll(page: Page, condition: Callable[[], bool], *, what: str, timeout_ms: int = 20_000) -> None:
    """Waits for a condition seen from Python, see `wait_until`."""
    for _ in range(timeout_ms // 100):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"Waited {timeout_ms} ms in vain for {what}")
