"""The live page in a real browser, over an invented fleet."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.frontend.conftest import BUSES
from tests.frontend.harness.browser import poll, wait_until
from tests.frontend.harness.district import basemap

pytestmark = pytest.mark.browser

ALARM: dict[str, Any] = {
    "id": "again",
    "bus": 3,
    "plate": "苏E10111",
    "kind": "speeding",
    "kind_label": "Speeding",
    "severity": "high",
    "state": "new",
    "state_label": "New",
    "is_open": True,
    "assignee": "",
    "version": 0,
    "url": "/alarms/1/",
    "started": 1_790_000_000_000,
    "ended": None,
    "peak": "72 km/h",
    "limit": "60 km/h",
    "limit_source": "60 km/h",
    "article": "第三十五条",
    "lat": 31.3,
    "lon": 120.6,
    "duration_s": 5,
    "live": True,
}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def open_page(address: str, browser: Browser) -> Iterator[Any]:
    """Opens a page in a fresh profile; fails the test on any error a user's console would show."""
    errors: list[str] = []
    contexts = []

    def open_page(path: str = "/", **options: Any) -> Page:
        context = browser.new_context(
            **({"locale": "en", "viewport": {"width": 1440, "height": 900}} | options)
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console", lambda line: errors.append(line.text) if is_complaint(line.type, line.text) else None
        )
        page.goto(address + path)
        if path.split("?", maxsplit=1)[0] == "/":
            wait_until(page, "window.schoolrun && document.querySelector('.bus-row')", what="the list")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def is_complaint(kind: str, text: str) -> bool:
    """Whether a console line tells of a fault; a refused WebSocket is what the cut-off test asks for."""
    return kind == "error" and "WebSocket" not in text


def rows_in_view(page: Page) -> list[str]:
    order = "[...document.querySelectorAll('.bus-row')].sort((a, b) => a.ariaPosInSet - b.ariaPosInSet)"
    return list(page.evaluate(f"() => {order}.map((row) => row.querySelector('.plate').textContent)"))


def test_the_list_and_the_map_show_the_fleet_under_the_content_policy(open_page: Any) -> None:
    page = open_page()
    assert page.locator("#list-result").inner_text() == f"{BUSES} buses"
    wait_until(page, "window.schoolrun.map.loaded()", what="the map")
    assert page.evaluate("() => Boolean(window.schoolrun.map.getLayer('buses'))")
    assert page.locator("#connection").inner_text() == "Live"
    assert page.locator(".bus-row").first.locator("[data-part=state]").inner_text() == "Speeding"


def test_searching_narrows_the_list_and_escape_brings_everything_back(open_page: Any) -> None:
    page = open_page()
    page.keyboard.press("/")
    page.keyboard.type("苏E10185")
    poll(page, lambda: rows_in_view(page) == ["苏E10185"], what="one row")
    page.keyboard.press("Escape")
    poll(page, lambda: len(rows_in_view(page)) > 5, what="all rows")


def test_a_bus_is_selected_and_followed_with_the_keyboard_alone(open_page: Any) -> None:
    page = open_page()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    plate = page.locator("#detail [data-part=plate]").inner_text()
    assert plate == rows_in_view(page)[1]
    page.keyboard.press("f")
    follow = page.locator("#detail [data-part=follow]")
    poll(page, lambda: follow.get_attribute("aria-pressed") == "true", what="following")
    page.keyboard.press("Escape")
    poll(page, lambda: page.locator("#detail").is_hidden(), what="no selection")


def test_letter_keys_can_be_switched_off(open_page: Any) -> None:
    page = open_page()
    page.keyboard.press("?")
    page.locator(".keys-help .switch:has(#keys-on)").click()
    page.locator("#keys-help button").click()
    page.keyboard.press("?")
    assert page.locator("#keys-help").is_hidden()


def test_enter_on_a_button_presses_that_button(open_page: Any) -> None:
    page = open_page()
    page.locator("#keys-button").focus()
    page.keyboard.press("Enter")
    assert page.locator("#keys-help").is_visible()
    assert page.locator("#detail").is_hidden()


def test_a_trail_shows_where_nothing_was_heard_as_a_gap(open_page: Any) -> None:
    page = open_page()
    page.locator(".bus-row").first.click()
    kinds = "window.schoolrun.map.querySourceFeatures('trail').map((feature) => feature.properties.kind)"
    wait_until(page, f"{kinds}.includes('gap') && {kinds}.includes('line')", what="a trail with a gap")


def test_a_new_alarm_is_counted_spoken_and_leads_to_its_bus(open_page: Any) -> None:
    page = open_page()
    alarm = ALARM | {"id": "new", "bus": 4, "plate": "苏E10148", "peak": "90 km/h"}
    page.evaluate("(alarm) => window.schoolrun.applyMessage({type: 'alarm', alarm})", alarm)
    assert page.title().startswith("(2)")
    assert page.locator("#announcer").inner_text() == "Alarm: 苏E10148, Speeding, 90 km/h / 60 km/h"
    in_panel = page.locator(".alarm [data-alarm=new]")
    in_panel.click()
    assert page.locator("#detail [data-part=plate]").inner_text() == "苏E10148"
    gone = alarm | {"is_open": False, "state": "resolved"}
    page.evaluate("(alarm) => window.schoolrun.applyMessage({type: 'alarm', alarm})", gone)
    assert in_panel.count() == 0
    assert page.title().startswith("(1)")


def test_an_alarm_that_comes_again_is_the_same_alarm(open_page: Any) -> None:
    page = open_page()
    before = page.locator(".alarm").count()
    for alarm in (ALARM, ALARM | {"ended": ALARM["started"] + 42_000, "duration_s": 42}):
        page.evaluate("(alarm) => window.schoolrun.applyMessage({type: 'alarm', alarm})", alarm)
    assert page.locator(".alarm").count() == before + 1
    assert "42 s" in page.locator(".alarm:has([data-alarm=again]) .alarm-time").inner_text()


def test_a_cut_connection_is_told_and_mends_itself(open_page: Any) -> None:
    page = open_page()
    page.request.get(page.url + "stage/feed/0/")
    try:
        poll(page, lambda: page.locator("#banner").is_visible(), what="the banner")
        assert page.locator("#connection").inner_text() == "Reconnecting"
    finally:
        page.request.get(page.url + "stage/feed/1/")
    poll(page, lambda: page.locator("#banner").is_hidden(), what="the connection", timeout_ms=60_000)
    assert page.locator("#connection").inner_text() == "Live"


def test_on_shifted_tiles_everything_is_shifted_with_them(open_page: Any) -> None:
    page = open_page("/?tiles")
    wait_until(page, "window.schoolrun.map.loaded()", what="the map")
    assert "天地图" in page.locator(".maplibregl-ctrl-attrib").inner_text()
    assert page.evaluate("() => window.schoolrun.map.getLayer('tiles').type") == "raster"
    school = "window.schoolrun.map.querySourceFeatures('schools')[0].geometry.coordinates"
    lon, lat = page.evaluate(f"() => {school}")
    true_lon, true_lat = min(
        (feature["geometry"]["coordinates"] for feature in basemap()["schools"]["features"]),
        key=lambda place: abs(place[0] - lon) + abs(place[1] - lat),
    )
    assert 0.003 < lon - true_lon < 0.006
    assert -0.004 < lat - true_lat < -0.001


def test_the_map_opens_on_the_whole_district_and_leads_back_to_it(open_page: Any) -> None:
    page = open_page()
    wait_until(page, "window.schoolrun.map.loaded()", what="the map")
    west, south, east, north = basemap()["bounds"]
    sees_all = f"""["{west},{south}", "{east},{north}"].every((place) =>
        window.schoolrun.map.getBounds().contains(place.split(",").map(Number)))"""
    wait_until(page, sees_all, what="the whole district")
    notice = page.locator("[data-part=elsewhere]")
    assert notice.is_hidden()
    page.evaluate("() => window.schoolrun.map.jumpTo({center: [12.1, 49.0], zoom: 14})")
    poll(page, notice.is_visible, what="a word that there are no roads")
    notice.locator("button").click()
    wait_until(page, sees_all, what="the whole district again")
    poll(page, notice.is_hidden, what="no notice")
    page.evaluate("() => window.schoolrun.map.jumpTo({zoom: 17})")
    page.locator("[data-part=home] button").click()
    wait_until(page, sees_all, what="the whole district by the button")


def test_an_alarm_that_goes_on_leads_to_its_bus_and_one_that_is_over_to_its_place(open_page: Any) -> None:
    page = open_page()
    wait_until(page, "window.schoolrun.map.loaded()", what="the map")
    elsewhere = {"lon": 12.1, "lat": 49.0}
    centre = "window.schoolrun.map.getCenter().lat"
    for number, (ended, expected) in enumerate(
        ((None, f"{centre} < 40"), (ALARM["started"], f"{centre} > 40"))
    ):
        alarm = ALARM | elsewhere | {"id": f"there{number}", "ended": ended}
        page.evaluate("(alarm) => window.schoolrun.applyMessage({type: 'alarm', alarm})", alarm)
        page.locator(f".alarm [data-alarm=there{number}]").click()
        wait_until(
            page, f"!window.schoolrun.map.isMoving() && {expected}", what="the place that the alarm leads to"
        )


def test_buses_on_one_spot_can_be_told_apart(open_page: Any) -> None:
    page = open_page()
    wait_until(page, "window.schoolrun.map.loaded()", what="the map")
    x, y = page.evaluate(
        """() => {
            const point = window.schoolrun.map.project([120.59, 31.288]);
            const frame = window.schoolrun.map.getContainer().getBoundingClientRect();
            return [point.x + frame.x, point.y + frame.y];
        }"""
    )
    page.mouse.click(x, y)
    chosen = page.locator(".chooser button").nth(1)
    plate = chosen.locator("b").inner_text()
    chosen.press("Enter")
    assert page.locator("#detail [data-part=plate]").inner_text() == plate


def test_everything_of_a_large_fleet_is_reachable_though_few_rows_exist(open_page: Any) -> None:
    page = open_page()
    page.locator("#bus-list").focus()
    page.keyboard.press("End")
    poll(page, lambda: page.locator(f".bus-row[aria-posinset='{BUSES}']").is_visible(), what="the last row")
    assert page.locator(".bus-row").count() < BUSES


def test_without_webgl_the_list_works_and_the_page_says_why(address: str, browser: Browser) -> None:
    context = browser.new_context(locale="en")
    context.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page = context.new_page()
    page.goto(address)
    wait_until(page, f"window.schoolrun?.stats().buses === {BUSES}", what="the snapshot")
    assert "WebGL" in page.locator("[data-part=no-webgl]").inner_text()
    page.locator(".bus-row").first.click()
    assert page.locator("#detail").is_visible()
    context.close()


def test_the_page_speaks_chinese(open_page: Any) -> None:
    page = open_page(locale="zh-CN")
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    assert page.locator("#alarms-title").inner_text() == "报警"
    assert page.locator("#connection").inner_text() == "实时"


@pytest.mark.parametrize("path", ["/", "/devices/", "/devices/?empty", "/login/?wrong", "/gone/"])
def test_no_page_is_wider_than_a_phone(open_page: Any, path: str) -> None:
    page = open_page(path, viewport=PHONE)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate("() => document.querySelector('.topbar').scrollWidth") <= PHONE["width"]


def test_the_chosen_theme_is_remembered(open_page: Any) -> None:
    page = open_page("/devices/", color_scheme="light")
    page.locator("[data-theme-switch]").click()
    page.reload()
    assert page.evaluate("() => document.documentElement.dataset.theme") == "dark"
    assert page.locator("[data-theme-switch]").get_attribute("aria-pressed") == "true"


def test_a_phone_shows_buses_or_alarms(open_page: Any) -> None:
    page = open_page(viewport=PHONE)
    assert page.locator("#buses").is_visible()
    page.locator("#tab-alarms").click()
    assert page.locator("#alarms").is_visible()
    assert page.locator("#buses").is_hidden()
