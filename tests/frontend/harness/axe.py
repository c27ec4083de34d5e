"""The machine-checkable part of WCAG 2.2 AA, with axe-core."""

from playwright.sync_api import Page

from tests.frontend.conftest import PROJECT

AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCREENS = {
    "wall, light": {"viewport": {"width": 1920, "height": 1080}, "color_scheme": "light"},
    "phone, dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}


def broken_rules(page: Page) -> list[object]:
    """What a page breaks, each rule with the elements; the page's context must bypass its content policy."""
    page.evaluate(AXE.read_text())
    broken: list[object] = page.evaluate(
        """(rules) => axe.run({runOnly: rules}).then(({violations}) =>
            violations.map(({id, nodes}) => [id, nodes.map((node) => node.html)]))""",
        RULES,
    )
    return broken
