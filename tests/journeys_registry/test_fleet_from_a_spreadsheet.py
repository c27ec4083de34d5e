"""From a spreadsheet with three errors to a bus that may leave: mended, imported, its plate card printed, checked."""

import io

import openpyxl
import pytest
from playwright.sync_api import FilePayload, Page, expect

from fleet.organisations.models import Kind, Organisation, Role
from fleet.vehicles.models import Bus
from tests.dispatch.trips import PermittedTrip
from tests.fleet.builders import organisation, person
from tests.journeys_registry.conftest import sign_in, with_password

pytestmark = pytest.mark.browser

ROWS: list[dict[str, str | int]] = [
    {"A": "苏E10001", "B": "平安客运", "C": "实验小学", "E": 36, "F": 3},
    {"A": "苏E10002", "B": "平安客运", "E": 20, "F": 2},
    {"A": "苏E10003", "B": "平安客运", "E": 40, "F": 4},
]
WRONG: list[dict[str, str | int]] = [{"A": "苏I10001"}, {"B": "未知客运"}, {"E": "many"}]


def filled_in(template: bytes, rows: list[dict[str, str | int]]) -> FilePayload:
    """The template with rows under its example, as a file to give."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    for number, cells in enumerate(rows, start=3):
        for letter, value in cells.items():
            book["Buses"][f"{letter}{number}"] = value
    content = io.BytesIO()
    book.save(content)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return FilePayload(name="fleet.xlsx", mimeType=kind, buffer=content.getvalue())


def give(page: Page, file: FilePayload) -> None:
    """Give a file to be checked."""
    page.set_input_files("[name=file]", files=[file])
    page.get_by_role("button", name="Check it").click()


def test_a_fleet_is_imported_from_a_spreadsheet_after_its_errors_are_mended(page: Page):
    page.get_by_role("main").get_by_role("link", name="Import a spreadsheet").last.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the template").click()
    template = download.value.path().read_bytes()

    give(page, filled_in(template, [right | wrong for right, wrong in zip(ROWS, WRONG, strict=True)]))
    expect(page.get_by_role("heading", name="3 errors")).to_be_visible()
    problems = page.locator(".problems li")
    expect(problems.nth(0)).to_contain_text("Row 3, Plate: ")
    expect(problems.nth(1)).to_contain_text("Row 4, Operator: “未知客运” is not known. It can be: 实验小学")
    expect(problems.nth(2)).to_contain_text("Row 5, Pupils: “many” is no whole number.")

    page.get_by_role("link", name="Give another file").click()
    give(page, filled_in(template, ROWS))
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("button", name="Undo this import").click()
    expect(page.locator("h1 .state-badge")).to_have_text("Undone")
    page.goto("/registry/buses/")
    expect(page.get_by_text("No buses yet")).to_be_visible()

    page.get_by_role("main").get_by_role("link", name="Import a spreadsheet").last.click()
    give(page, filled_in(template, ROWS))
    expect(page.locator(".record-table tbody")).to_contain_text("brought back into use")
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("link", name="See the list").click()
    expect(page.locator(".record-table tbody tr")).to_have_count(3)

    page.get_by_role("link", name="苏E10002").click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Owner").fill("平安集团")
    page.get_by_label("Reason").fill("sold to the group")
    page.get_by_role("button", name="Keep").click()
    newest = page.locator(".history > li").first
    expect(newest).to_contain_text("sold to the group")
    expect(newest).to_contain_text("Owner: — → 平安集团")
    expect(page.locator(".history > li")).to_have_count(4)


def import_fleet(page: Page) -> None:
    """Give the fleet without errors, and import it."""
    page.get_by_role("main").get_by_role("link", name="Import a spreadsheet").last.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the template").click()
    give(page, filled_in(download.value.path().read_bytes(), ROWS))
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("link", name="See the list").click()


def print_card(page: Page, trip: PermittedTrip) -> bytes:
    """Issue the plate card of the bus and print it, as a police officer."""
    police = organisation(Kind.POLICE, trip.district.district)
    page.context.clear_cookies()
    sign_in(page, with_password(person(Role.POLICE_OFFICER, police)))
    page.goto(f"/permits/{trip.permit.pk}/")
    page.get_by_role("link", name=trip.bus.plate).last.click()
    page.get_by_label("Card number").fill("BP000001")
    page.get_by_label("Issuer").fill("县公安局交通管理大队")
    page.get_by_label("Owner").fill(trip.bus.owner)
    page.get_by_label("Drivers").select_option([str(trip.driver.pk)])
    page.locator("select[name=route]").select_option(str(trip.route.pk))
    page.get_by_label("Times").fill("00:00–23:59")
    page.get_by_label("Stops").fill("村口\n学校")
    page.locator("form.record-form button.is-primary").click()
    address = page.get_by_role("link", name="Print the current cards").get_attribute("href")
    return page.request.get(str(address)).body()


def ask_the_gate(page: Page, trip: PermittedTrip) -> None:
    """Describe the trip on the page of the gate, and ask."""
    page.goto(f"/dispatch/buses/{trip.bus.pk}/")
    page.get_by_label("Driver", exact=True).select_option(str(trip.driver.pk))
    page.get_by_label("Attendant", exact=True).select_option(str(trip.attendant.pk))
    page.locator("select[name=route]").select_option(str(trip.route.pk))
    page.get_by_label("Primary school").check()
    page.get_by_label("Pupils aboard at most").fill("30")
    page.get_by_label("Adults aboard, the driver among them").fill("2")
    for name in ("front_seat_free", "nobody_else_rides", "running_allowed"):
        page.locator(f"label[data-value=met]:has(input[name={name}])").click()
    page.get_by_role("button", name="Ask the gate").click()


def check_the_bus(page: Page, trip: PermittedTrip) -> None:
    """Look at the bus with everything in order, on the page to which the refusal leads."""
    page.get_by_role("link", name="Check the bus").first.click()
    page.get_by_label("Driver", exact=True).select_option(str(trip.driver.pk))
    page.get_by_label("Attendant", exact=True).select_option(str(trip.attendant.pk))
    for good in page.locator(".pressed-one label:first-child").all():
        good.click()
    page.get_by_role("button", name="Record the check").click()


def test_a_bus_that_was_imported_gets_its_plate_card_and_leaves_once_it_is_checked(page: Page):
    import_fleet(page)
    imported = Bus.objects.select_related("operator__parent", "school").get(plate="苏E10001")
    trip = PermittedTrip(imported)
    assert print_card(page, trip).startswith(b"%PDF")

    page.context.clear_cookies()
    sign_in(page, with_password(person(Role.COORDINATOR, Organisation.objects.get(kind=Kind.DISTRICT))))
    ask_the_gate(page, trip)
    expect(page.get_by_role("heading", level=1)).to_have_text("Refused")
    expect(page.locator("main")).to_contain_text("The bus has not been checked today.")

    check_the_bus(page, trip)
    ask_the_gate(page, trip)
    expect(page.get_by_role("heading", level=1)).to_have_text("Allowed")
