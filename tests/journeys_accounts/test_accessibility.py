"""The pages of accounts against the machine-checkable part of WCAG 2.2 AA, with axe-core."""

import pytest
from playwright.sync_api import Browser

from tests.accounts.builders import account, signed_in
from tests.frontend.harness.axe import AXE, SCREENS, broken_rules

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm ci)"),
]
PAGES = [
    "account/",
    "account/password/",
    "account/sessions/",
    "account/second-factor/",
    "account/second-factor/app/",
    "account/second-factor/passkeys/add/",
    "sign-out/",
]


@pytest.mark.parametrize("screen", SCREENS)
def test_no_rule_is_broken(browser: Browser, live_server, screen: str) -> None:
    session = signed_in(account()).cookies["sessionid"].value
    context = browser.new_context(
        locale="en",
        bypass_csp=True,
        base_url=live_server.url,
        **SCREENS[screen],  # type: ignore[arg-type]  # by name
    )
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    broken = {}
    for path in PAGES:
        page.goto(f"/{path}")
        assert page.url.endswith(path)
        broken[path] = broken_rules(page)
    context.close()
    assert broken == {path: [] for path in PAGES}
