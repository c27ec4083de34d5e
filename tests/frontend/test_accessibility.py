"""Every page against the machine-checkable part of WCAG 2.2 AA, with axe-core."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.frontend.conftest import PROJECT
from tests.frontend.harness.browser import wait_until

AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCREENS = {
    "wall, light": {"viewport": {"width": 1920, "height": 1080}, "color_scheme": "light"},
    "phone, dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}

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
    page.evaluate(AXE.read_text())
    broken: list[Any] = page.evaluate(
        """(rules) => axe.run({runOnly: rules}).then(({violations}) =>
            violations.map(({id, nodes}) => [id, nodes.map((node) => node.html)]))""",
        RULES,
    )
    context.close()
    assert broken == []
