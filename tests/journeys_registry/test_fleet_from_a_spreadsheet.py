"""A coordinator's first day: a fleet from a spreadsheet with three errors, mended, undone, imported."""

import io

import openpyxl
import pytest
from playwright.sync_api import FilePayload, Page, expect

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
