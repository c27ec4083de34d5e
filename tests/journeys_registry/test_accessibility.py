"""The registry's pages against the machine-checkable part of WCAG 2.2 AA, with axe-core."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from fleet.organisations.models import Organisation
from fleet.people.models import User
from tests.frontend.harness.axe import AXE, SCREENS, broken_rules
from tests.people.builders import checked_attendant, qualified_driver
from tests.vehicles.builders import Place, registered

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm ci)"),
]
PAGES: dict[str, Callable[[Place], str]] = {
    "bus list": lambda where: "/registry/buses/",
    "bus": lambda where: f"/registry/buses/{registered(where).pk}/",
    "new bus": lambda where: "/registry/buses/new/",
    "inspection": lambda where: f"/registry/buses/{registered(where).pk}/inspections/new/",
    "driver list": lambda where: driver_page(where, "/registry/drivers/"),
    "driver": lambda where: driver_page(where, "/registry/drivers/{pk}/"),
    "driver's data": lambda where: driver_page(where, "/registry/drivers/{pk}/edit/"),
    "attendant": lambda where: f"/registry/attendants/{checked_attendant(where).pk}/",
}


def driver_page(where: Place, address: str) -> str:
    return address.format(pk=qualified_driver(where).pk)


@pytest.fixture
def where(page: Page) -> Place:
    """The district in which somebody has signed in."""
    district, operator, school = Organisation.objects.order_by("pk")
    return Place(district, operator, school, User.objects.get(), User.objects.get())


@pytest.mark.parametrize("screen", SCREENS)
def test_no_rule_is_broken(page: Page, where: Place, browser: Browser, screen: str) -> None:
    context = browser.new_context(
        locale="en",
        bypass_csp=True,
        base_url=page.url,
        storage_state=page.context.storage_state(),
        **SCREENS[screen],  # type: ignore[arg-type]  # by name
    )
    opened = context.new_page()
    broken = {}
    for name, address in PAGES.items():
        opened.goto(address(where))
        opened.locator(".bar-menu summary").first.click()
        if found := broken_rules(opened):
            broken[name] = found
    context.close()
    assert broken == {}
