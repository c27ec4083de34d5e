"""An attendant boards pupils, mends a count, walks through the bus with the driver and closes the trip, by hand."""

import pytest
from playwright.sync_api import Page, expect

from fleet.pupils.models import Pupil
from fleet.trips.models import TripState
from tests.frontend.harness.axe import broken_rules
from tests.journeys_family.conftest import OpenPage
from tests.ledger.builders import ride
from tests.pupils.builders import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 390, "height": 844}}
SMALLEST_TARGET_PX = 48


def sums(page: Page) -> list[str]:
    return page.locator(".crew-sums dd").all_inner_texts()


def tap(page: Page, child: Pupil, words: str) -> None:
    page.locator(f"#pupil-{child.pk}").get_by_role("button", name=words).click()


def enter_count(page: Page, label: str, number: int) -> None:
    form = page.locator("form", has=page.get_by_label(label))
    form.get_by_label(label).fill(str(number))
    form.get_by_role("button", name="Keep").click()


def test_an_attendant_keeps_the_ledger_and_closes_the_trip(open_page: OpenPage) -> None:
    one = ride()
    one.driver.set_password(PASSWORD)
    one.driver.save()
    first, second = one.pupils
    page = open_page(one.attendant, f"/crew/{one.trip.pk}/", bypass_csp=True, **PHONE)

    tap(page, first, "Boards")
    expect(page.locator(f"#pupil-{first.pk}")).to_contain_text("aboard")
    assert sums(page) == ["1", "1", "0"]
    enter_count(page, "Pupils aboard now", 2)
    expect(page.locator(".crew-count.is-wrong")).to_contain_text("By name it is 1.")
    tap(page, second, "Boards")
    expect(page.locator(".crew-count.is-wrong")).to_have_count(0)
    targets = page.locator(".crew button:visible, .crew summary:visible").all()
    assert min(target.bounding_box()["height"] for target in targets) >= SMALLEST_TARGET_PX  # type: ignore[index]  # visible
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.get_by_role("button", name="It has reached its last stop").click()
    page.get_by_role("button", name="Close the trip").click()
    expect(page.get_by_role("alert").first).to_contain_text("still aboard")
    one.trip.refresh_from_db()
    assert one.trip.state == TripState.CLOSING
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert broken_rules(page) == []

    for child in one.pupils:
        tap(page, child, "Gets off")
        expect(page.locator(f"#pupil-{child.pk}")).to_contain_text("got off")
    enter_count(page, "Pupils who got off, in all", 2)
    page.get_by_role("button", name="I have walked to the rear: nobody is aboard").first.click()
    page.get_by_text(f"{one.line.driver.name} confirms here").click()
    page.get_by_label("User name").fill(one.driver.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="I have walked to the rear: nobody is aboard").click()
    expect(page.get_by_text("Before the trip can close")).to_have_count(0)
    page.get_by_role("button", name="Close the trip").click()
    expect(page.locator(".crew-closed")).to_contain_text("everybody is off")
    one.trip.refresh_from_db()
    assert one.trip.state == TripState.CLOSED


def test_without_a_network_a_tap_says_so_and_a_second_one_records_once(open_page: OpenPage) -> None:
    one = ride()
    page = open_page(one.attendant, f"/crew/{one.trip.pk}/", **PHONE)
    page.context.set_offline(True)
    tap(page, one.pupils[0], "Boards")
    expect(page.locator(".crew-unsent")).to_be_visible()
    page.context.set_offline(False)
    tap(page, one.pupils[0], "Boards")
    expect(page.locator(f"#pupil-{one.pupils[0].pk}")).to_contain_text("aboard")
    assert sums(page) == ["1", "1", "0"]
