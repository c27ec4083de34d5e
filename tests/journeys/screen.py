"""What a person does and sees on the pages, through the browser."""

from playwright.sync_api import Locator, Page

from tests.frontend.harness.browser import poll, wait_until

Colour = tuple[int, int, int]
DRIVING: Colour = (0x0A, 0x6A, 0xC2)
"""The token --state-driving of the light theme."""

PIXELS = """([lon, lat]) => new Promise((resolve) => {
    const { map } = window.schoolrun;
    map.once("render", () => {
        const gl = map.getCanvas().getContext("webgl2");
        const { x, y } = map.project([lon, lat]);
        const ratio = gl.drawingBufferWidth / map.getCanvas().clientWidth;
        const pixels = new Uint8Array(17 * 17 * 4);
        const [left, bottom] = [Math.round(x * ratio) - 8, gl.drawingBufferHeight - Math.round(y * ratio) - 8];
        gl.readPixels(left, bottom, 17, 17, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
        resolve(Array.from(pixels));
    });
    map.triggerRepaint();
})"""
COLOURS = """() => new Promise((resolve) => {
    const { map } = window.schoolrun;
    map.once("render", () => {
        const gl = map.getCanvas().getContext("webgl2");
        const [width, height] = [gl.drawingBufferWidth, gl.drawingBufferHeight];
        const pixels = new Uint8Array(width * height * 4);
        gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
        const counts = new Map();
        for (let at = 0; at < pixels.length; at += 4) {
            const colour = (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
            counts.set(colour, (counts.get(colour) ?? 0) + 1);
        }
        resolve([...counts].map(([colour, count]) => [colour, count / (width * height)]));
    });
    map.triggerRepaint();
})"""


def sign_in(page: Page, address: str, username: str, password: str) -> None:
    """Open a page and sign in on the way."""
    page.goto(address)
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(password)
    page.locator("main [type=submit]").click()
    page.wait_for_url(address)


def await_live(page: Page) -> None:
    """Wait until the live page has its snapshot and has drawn the map."""
    wait_until(page, "window.schoolrun?.stats().connected", what="the snapshot")
    wait_until(page, "window.schoolrun.map.loaded()", what="the map")


def find_bus(page: Page, plate: str) -> Locator:
    """Search for a bus; gives its row, the only one left in the list."""
    page.locator("[name=query]").fill(plate)
    row = page.locator(".bus-row")
    poll(page, lambda: row.count() == 1 and plate in row.inner_text(), what=f"{plate} alone in the list")
    return row


def select_bus(page: Page, plate: str) -> int:
    """Search for a bus and select it; gives its id."""
    row = find_bus(page, plate)
    row.click()
    poll(page, lambda: page.locator("#detail .plate").inner_text() == plate, what=f"the card of {plate}")
    return int(row.get_attribute("data-bus-id") or 0)


def await_text(page: Page, place: Locator, text: str) -> None:
    """Wait until a part of the page says `text`."""
    poll(page, lambda: text in place.inner_text(), what=f"“{text}”")


def shows_at(page: Page, colour: Colour, lat: float, lon: float) -> bool:
    """Whether the map shows a colour where a place on the earth is drawn."""
    pixels = page.evaluate(PIXELS, [lon, lat])
    return any(is_like(colour, pixels[at : at + 3]) for at in range(0, len(pixels), 4))


def share_of(page: Page, colour: Colour) -> float:
    """The share of the map that is of one colour, 0 to 1."""
    red, green, blue = colour
    wanted = (red << 16) | (green << 8) | blue
    shares: dict[int, float] = dict(page.evaluate(COLOURS))
    return shares.get(wanted, 0.0)


def count_colours(page: Page) -> int:
    """How many colours the map shows: a blank one has one."""
    return len(page.evaluate(COLOURS))


def is_like(colour: Colour, pixel: list[int]) -> bool:
    return all(abs(one - other) <= 6 for one, other in zip(colour, pixel, strict=True))
