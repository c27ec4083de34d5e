"""Every page against the machine-checkable part of WCAG 2.2 AA, with axe-core."""

import pytest
from playwright.sync_api import Browser

from tests.frontend.harness.axe import AXE, SCREENS, broken_rules
from tests.frontend.harness.browser import wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm ci)"),
]


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("path", ["/", "/devices/", "/devices/?empty", "/login/?wrong", "/gone/"])
def test_no_rule_is_broken(address: str, browser: Browser, path: str, screen: str) -> None:
    context = browser.new_context(locale="en", bypass_csp=True, **SCREENS[screen])  # type: ignore[arg-type]  # by name
    page = context.new_page()
    page.goto(address + path)
    if path == "/":
        wait_until(page, "window.schoolrun && document.querySelector('.bus-row')", what="the list")
        page.locator(".bus-row").first.click()
        page.locator("#detail").wait_for(state="visible")
    broken = broken_rules(page)
    context.close()
    assert broken == []
