"""A tracker that nobody knows: it is kept with all it sends, until it is given to a bus."""

import pytest

from tests.frontend.harness.browser import poll
from tests.journeys.conftest import OpenPage
from tests.journeys.district import demo_buses
from tests.journeys.installation import Installation
from tests.journeys.screen import await_live, await_text, select_bus
from tests.journeys.tracker import tracker

pytestmark = pytest.mark.browser
BUS = demo_buses()[-1]
REPORTS = 6


def test_an_unknown_tracker_is_given_to_a_bus_with_all_it_sent_before(
    installation: Installation, open_as: OpenPage
) -> None:
    page = open_as("coordinator", "devices/")
    new = page.locator(".device-card", has_text=BUS.device)
    assert new.count() == 0
    with tracker(installation.gateway_port, BUS.device, BUS.gate) as device:
        device.drive(kmh=30, course_deg=180, reports=REPORTS)
        poll(page, lambda: new.count() == 1, what="the new device")
        await_text(page, new, f"已保存 {REPORTS} 条定位")
        new.locator("[name=bus]").fill(BUS.plate)
        new.locator("button").click()
        await_text(page, page.locator(".messages"), f"{BUS.device} 现已为校车 {BUS.plate} 上报定位")
        assert new.count() == 0

        page.locator(".topbar-nav a").first.click()
        await_live(page)
        bus = select_bus(page, BUS.plate)
        await_text(page, page.locator("#detail [data-part=speed]"), "30")
        answer = page.request.get(f"{installation.address}live/trail/{bus}/").json()
        assert len(answer["points"]) == REPORTS
        device.drive(kmh=41, course_deg=180, reports=1)
        await_text(page, page.locator("#detail [data-part=speed]"), "41")
