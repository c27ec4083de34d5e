"""Who sees what: a principal the school's buses, a stranger nothing, and nobody anything after signing out."""

import pytest

from tests.frontend.harness.browser import poll
from tests.journeys.conftest import OpenPage
from tests.journeys.district import demo_buses
from tests.journeys.installation import Installation
from tests.journeys.screen import find_bus, select_bus

pytestmark = pytest.mark.browser
OWN = [bus for bus in demo_buses() if bus.school == 0]
FOREIGN = next(bus for bus in demo_buses() if bus.school != 0)
CLOSE_CODE = """() => new Promise((resolve) => {
    const socket = new WebSocket(`ws://${location.host}/ws/live/`);
    const heard = [];
    socket.onmessage = (event) => heard.push(event.data);
    socket.onclose = (event) => resolve([event.code, heard]);
})"""


def test_a_principal_sees_the_buses_of_the_school_alone(
    installation: Installation, open_as: OpenPage
) -> None:
    foreign = select_bus(open_as("coordinator"), FOREIGN.plate)
    page = open_as("principal", locale="en")
    assert 0 < len(OWN) < len(demo_buses())
    assert page.locator("#list-result").inner_text() == f"{len(OWN)} buses"
    own = int(find_bus(page, OWN[0].plate).get_attribute("data-bus-id") or 0)
    page.locator("[name=query]").fill(FOREIGN.plate)
    poll(page, lambda: page.locator("#list-empty").is_visible(), what="an empty list")
    assert page.request.get(f"{installation.address}live/trail/{own}/").status == 200
    assert page.request.get(f"{installation.address}live/trail/{foreign}/").status == 404
    assert page.request.get(f"{installation.address}devices/").status == 404
    assert "Devices" not in page.locator(".topbar-nav").inner_text()


def test_a_stranger_sees_nothing(installation: Installation, open_page: OpenPage) -> None:
    page = open_page(locale="en")
    assert page.url.startswith(f"{installation.address}sign-in/")
    for path in ("devices/", "live/trail/1/", "live/basemap.json", "live/tiles.pmtiles"):
        answer = page.request.get(installation.address + path)
        assert "sign-in" in answer.url or "login" in answer.url, path
    assert page.evaluate(CLOSE_CODE) == [4401, []]


def test_signing_out_in_another_tab_ends_the_live_page(installation: Installation, open_as: OpenPage) -> None:
    page = open_as("coordinator")
    other = page.context.new_page()
    other.goto(f"{installation.address}devices/")
    other.locator("summary[aria-label='账号']").click()
    other.get_by_role("button", name="退出登录").click()
    other.wait_for_url(f"{installation.address}sign-in/")
    poll(page, lambda: "/sign-in/" in page.url, what="the sign-in page", timeout_ms=60_000)
