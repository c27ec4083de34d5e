"""The server is stopped and started again: the page says so, and comes back by itself."""

import re

import pytest
from playwright.sync_api import Locator

from tests.frontend.harness.browser import poll, wait_until
from tests.journeys.conftest import OpenPage
from tests.journeys.district import demo_buses
from tests.journeys.installation import Installation
from tests.journeys.screen import await_text, select_bus
from tests.journeys.tracker import tracker

pytestmark = pytest.mark.browser
BUS = demo_buses()[2]


def test_a_page_cut_off_says_so_ages_its_positions_and_comes_back_without_a_reload(
    installation: Installation, open_as: OpenPage
) -> None:
    page = open_as("coordinator")
    speed = page.locator("#detail [data-part=speed]")
    with tracker(installation.gateway_port, BUS.device, BUS.gate) as device:
        device.drive(kmh=30, course_deg=0, reports=2)
        select_bus(page, BUS.plate)
        await_text(page, speed, "30")
    page.evaluate("() => { window.isSamePage = true; }")

    installation.stop()
    try:
        poll(page, lambda: page.locator("#banner").is_visible(), what="the banner")
        assert "连接中断" in page.locator("#banner").inner_text()
        assert page.locator("#connection").inner_text() == "正在重连"
        age = page.locator("#detail [data-part=age]")
        before = seconds_in(age)
        poll(page, lambda: seconds_in(age) >= before + 2, what="a growing age")
    finally:
        installation.start()

    with tracker(installation.gateway_port, BUS.device, (device.lat, device.lon)) as again:
        again.drive(kmh=42, course_deg=0, reports=1)
        poll(
            page, lambda: page.locator("#banner").is_hidden(), what="the connection again", timeout_ms=60_000
        )
        assert page.locator("#connection").inner_text() == "实时"
        await_text(page, speed, "42")
        again.drive(kmh=43, course_deg=0, reports=1)
        await_text(page, speed, "43")
    wait_until(page, "window.isSamePage", what="the same page")


def seconds_in(age: Locator) -> int:
    """The seconds that an age says; "just now" has none."""
    number = re.search(r"\d+", age.inner_text())
    return int(number[0]) if number else 0
