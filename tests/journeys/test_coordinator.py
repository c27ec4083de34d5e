"""A coordinator's morning: sign in, watch, find, follow, and be told of speeding."""

import re

import pytest
from playwright.sync_api import Page

from tests.frontend.harness.browser import poll, wait_until
from tests.journeys.conftest import OpenPage
from tests.journeys.district import demo_buses, straight_road
from tests.journeys.installation import Installation
from tests.journeys.screen import DRIVING, await_live, await_text, count_colours, select_bus, shows_at
from tests.journeys.tracker import Tracker, tracker

pytestmark = pytest.mark.browser
WATCHED, SPEEDING = demo_buses()[0], demo_buses()[1]


def test_a_wrong_password_is_told_and_the_right_one_opens_the_map(
    installation: Installation, open_page: OpenPage
) -> None:
    page = open_page()
    page.locator("[name=username]").fill("coordinator")
    page.locator("[name=password]").fill("not the password")
    page.locator("main [type=submit]").click()
    assert "用户名或密码不正确" in page.locator("#sign-in-error").inner_text()
    assert page.locator("[name=username]").input_value() == "coordinator"
    page.locator("[name=password]").fill(installation.password)
    page.locator("main [type=submit]").click()
    page.wait_for_url(installation.address)
    await_live(page)
    assert page.locator("#connection").inner_text() == "实时"
    assert page.locator("#list-result").inner_text() == f"{len(demo_buses())} 辆校车"
    for layer in ("road-surface-arterial", "road-names", "routes", "stops", "school-names", "buses"):
        assert page.evaluate("(layer) => Boolean(window.schoolrun.map.getLayer(layer))", layer), layer
    for layer in ("road-surface-arterial", "road-names", "routes", "stops", "school-names"):
        drawn = f"window.schoolrun.map.queryRenderedFeatures({{layers: ['{layer}']}}).length > 0"
        wait_until(page, drawn, what=f"something drawn of {layer}")
    assert count_colours(page) > 30


def test_a_bus_moves_as_its_tracker_reports_and_can_be_found_and_followed(
    installation: Installation, open_as: OpenPage
) -> None:
    page = open_as("coordinator")
    with tracker(installation.gateway_port, WATCHED.device, WATCHED.gate) as device:
        device.stand(seconds_ago=100)
        bus = select_bus(page, WATCHED.plate)
        card = page.locator("#detail")
        await_text(page, card.locator("[data-part=state]"), "停车")
        settle(page)
        device.drive(kmh=36, course_deg=90, reports=10, every_s=2, ending_s_ago=65)
        await_text(page, card.locator("[data-part=speed]"), "36")
        assert card.locator("[data-part=heading]").inner_text() == "东"
        assert card.get_attribute("data-age") == "old"
        await_text(page, card.locator("[data-part=age]"), "最后上报于 1 分钟前")
        see_trail(page, installation, bus, points=11)

        follow = card.locator("[data-part=follow]")
        follow.click()
        poll(page, lambda: follow.get_attribute("aria-pressed") == "true", what="following")
        device.drive(kmh=38, course_deg=0, reports=30, every_s=2)
        poll(page, lambda: is_near_middle(page, device), what="the followed bus in the middle")
        see_bus(page, device)
        poll(page, lambda: card.get_attribute("data-age") == "fresh", what="a fresh age")
        assert card.locator("[data-part=speed]").inner_text() == "38"


def settle(page: Page) -> None:
    """Wait until the map has come to rest."""
    wait_until(page, "!window.schoolrun.map.isMoving()", what="the map at rest")


def see_bus(page: Page, device: Tracker) -> None:
    """Wait until the bus is drawn where its tracker is, and see that its colour is not everywhere."""
    settle(page)
    poll(page, lambda: shows_at(page, DRIVING, device.lat, device.lon), what="the bus at its place")
    assert not shows_at(page, DRIVING, device.lat - 0.002, device.lon - 0.002)


def see_trail(page: Page, installation: Installation, bus: int, *, points: int) -> None:
    """Wait until the map draws the bus's trail, and the server tells all its points."""
    kinds = "window.schoolrun.map.querySourceFeatures('trail').map((feature) => feature.properties.kind)"
    wait_until(page, f"{kinds}.includes('line')", what="the trail")
    answer = page.request.get(f"{installation.address}live/trail/{bus}/?minutes=10").json()
    assert len(answer["points"]) == points


def is_near_middle(page: Page, device: Tracker) -> bool:
    """Whether the bus is in the middle of the map's height: the card moves it sideways."""
    return bool(
        page.evaluate(
            """([lon, lat]) => {
                const { map } = window.schoolrun;
                return Math.abs(map.project([lon, lat]).y - map.getContainer().clientHeight / 2) < 60;
            }""",
            [device.lon, device.lat],
        )
    )


def test_speeding_raises_an_alarm_by_itself_that_reads_well_in_both_languages(
    installation: Installation, open_as: OpenPage
) -> None:
    page = open_as("coordinator")
    alarm = page.locator(".alarm", has_text=SPEEDING.plate).filter(has_text=re.compile("超速|Speeding"))
    assert alarm.count() == 0
    road = straight_road(limit_kmh=60, length_m=400)
    with tracker(installation.gateway_port, SPEEDING.device, road.begins) as device:
        device.drive(kmh=75, course_deg=road.course_deg, reports=8, every_s=2)
        poll(page, lambda: alarm.count() == 1, what="the alarm")
        text = alarm.inner_text()
        for part in (
            "超速",
            "75 km/h",
            "限速 60 km/h",
            "标志限速",
            "第四十二条",
            "进行中",
        ):
            assert part in text
        assert count_in_title(page)

        page.locator("button[name=language]").click()
        await_live(page)
        assert page.url == installation.address
        poll(page, lambda: alarm.count() == 1, what="the alarm in English")
        text = alarm.inner_text()
        for part in ("Speeding", "75 km/h", "limit 60 km/h", "Posted limit", "going on"):
            assert part in text

        device.drive(kmh=40, course_deg=road.course_deg, reports=1)
        await_text(page, alarm, "over")
        untaken = count_in_title(page)
        assert untaken
        alarm.locator("[data-alarm]").click()
        alarm.get_by_role("button", name="Acknowledge").click()
        await_text(page, alarm, "Acknowledged")
        poll(page, lambda: count_in_title(page) < untaken, what="one alarm less in the title")


def count_in_title(page: Page) -> int:
    """How many alarms the title of the page counts as not yet taken."""
    counted = re.match(r"\((\d+)\)", page.title())
    return int(counted[1]) if counted else 0
