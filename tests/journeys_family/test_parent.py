"""A parent watches a simulated bus come, gets the push, and is shut out after the trip."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from fleet.family.push import send_due
from fleet.trips.follow import follow
from fleet.trips.models import TripState
from fleet.trips.predictor import Predictor
from telematics.fix import Fix
from tests.fleet.builders import store
from tests.frontend.harness.axe import AXE, SCREENS, broken_rules
from tests.journeys_family.conftest import OpenPage
from tests.parent.builders import Family, family, running_family, subscribed
from tests.parent.push_service import running_push_service
from tests.trips.drives import device_in, drive

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE_MS = 20_000
PHONE = {"viewport": {"width": 390, "height": 844}}


def metres(report: Fix) -> float:
    """How far along the road of the tests a report is; its stops are some 963 m apart."""
    assert report.lon is not None
    return (report.lon - 120) / 0.01 * 963


class Bus:
    """The bus of a family, which is driven report by report."""

    def __init__(self, home: Family) -> None:
        self._home = home
        self._device = device_in(home.line.bus).identifier
        self._ahead = drive(home.trip)
        self._predictor = Predictor()

    def drive_until(self, along_m: float) -> None:
        """Drive so far, and have the trip follow."""
        taken = [one for one in self._ahead if metres(one) <= along_m]
        self._ahead = self._ahead[len(taken) :]
        store(taken, self._device)
        follow([self._home.line.bus.pk], self._predictor, taken[-1].time + timedelta(seconds=1))


def test_parent_watches_the_bus_come_gets_the_push_and_is_shut_out(open_page: OpenPage, settings) -> None:
    home = family(timedelta(minutes=-9), TripState.DISPATCHED)
    bus, plate = Bus(home), home.line.bus.plate
    with running_push_service() as service:
        settings.PUSH_SERVICES = [service.origin]
        phone = subscribed(home.guardian, f"{service.origin}/push/parent")
        page = open_page(home.guardian, **PHONE)
        cards = page.locator("#cards")
        expect(cards).to_contain_text("The bus is on its way")
        expect(cards).to_contain_text(plate)

        bus.drive_until(1200)
        expect(cards).to_contain_text("your stop is next", timeout=PATIENCE_MS)
        expect(page.locator(".family-age").first).to_contain_text("ago")
        send_due()
        assert [one["body"] for one in service.messages(phone)] == [
            "Your child's bus is arriving at the stop."
        ]
        assert all(home.child.name not in one["body"] for one in service.messages(phone))

        bus.drive_until(2300)
        expect(cards).to_contain_text("The bus has passed the stop at", timeout=PATIENCE_MS)
        shut_out(page, plate)

        bus.drive_until(10_000)
        expect(cards).to_contain_text("The bus arrived at school at", timeout=PATIENCE_MS)
        shut_out(page, plate)
        send_due()
        assert service.messages(phone)[-1]["body"] == "Your child's bus has arrived at school."


def shut_out(page: Page, plate: str) -> None:
    """Neither the page nor what it polls has anything of the bus."""
    assert plate not in page.content()
    expect(page.locator(".family-map")).to_have_count(0)
    answer = page.request.get("/family/now.json")
    assert answer.json()["maps"] == []
    assert plate not in answer.text()


def test_without_a_network_the_last_known_is_shown_and_said(open_page: OpenPage) -> None:
    home = running_family()
    page = open_page(home.guardian, **PHONE)
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()
    expect(page.locator("#cards")).to_contain_text(home.line.bus.plate)
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#offline")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#cards")).to_contain_text(home.line.bus.plate)


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm ci)")
@pytest.mark.parametrize("screen", SCREENS)
def test_no_rule_of_accessibility_is_broken(open_page: OpenPage, screen: str) -> None:
    home = running_family()
    child = f"/family/children/{home.child.pk}/"
    page = open_page(home.guardian, bypass_csp=True, **SCREENS[screen])
    broken = {}
    for path in ("/family/", child, "/family/settings/"):
        page.goto(path)
        broken[path] = broken_rules(page)
    assert broken == {path: [] for path in broken}


def test_absence_is_reported_in_the_browser_and_undone(open_page: OpenPage) -> None:
    home = running_family()
    page = open_page(home.guardian, **PHONE)
    page.get_by_role("link", name="Report an absence").click()
    today = timezone.localdate().isoformat()
    expect(page.get_by_label("First day")).to_have_value(today)
    page.get_by_role("button", name="Report an absence").click()
    expect(page.get_by_text("Reported. The school and the crew of the bus see it.")).to_be_visible()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Taken back: the child rides.")).to_be_visible()
