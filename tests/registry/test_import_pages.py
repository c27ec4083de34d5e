"""The pages of imports: what can be imported, exports, and the copy of a file with its errors marked."""

import io

import openpyxl
import pytest
from django.urls import reverse

from fleet.organisations.models import Kind, Role
from tests.fleet.builders import organisation, person
from tests.people.builders import driver
from tests.registry.builders import checked, worked
from tests.registry.conftest import signed_in
from tests.vehicles.builders import place, registered
from web.registry import imports
from web.registry.models import ImportRun
from web.registry.spreadsheets.catalogue import SUBJECTS
from web.registry.spreadsheets.contents import Lookup, Several

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
BUSES = SUBJECTS["buses"]


@pytest.fixture
def where():
    return place()


@pytest.fixture
def refused(where) -> ImportRun:
    """A file whose second row is empty, with an unknown operator and too many adults in the third."""
    rows = f"Plate,Operator,Adults,Pupils\n\n苏E10001,Nobody,999,30\n苏E10002,{where.operator},3,30\n"
    return checked(BUSES, where.coordinator, rows, "my fleet.csv")


def marked_sheet(run: ImportRun):
    response = signed_in(run.person).get(reverse("import_marked", args=[run.pk]))
    assert response.status_code == 200
    return response.getvalue(), response["Content-Disposition"]


def test_the_copy_has_every_cell_where_it_was_with_the_errors_in_cells_and_in_words(refused, where):
    content, disposition = marked_sheet(refused)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Buses"]
    rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert [row[:4] for row in rows] == [
        ["Plate", "Operator", "Adults", "Pupils"],
        ["", "", "", ""],
        ["苏E10001", "Nobody", "999", "30"],
        ["苏E10002", str(where.operator), "3", "30"],
    ]
    assert "Operator: “Nobody” is not known" in rows[2][4]
    assert "Adults: Give a number" in rows[2][4]
    assert rows[3][4] == ""
    assert "is not known" in sheet["B3"].comment.text
    assert sheet["A3"].comment is None
    assert "my%20fleet-errors.xlsx" in disposition or "my fleet-errors.xlsx" in disposition


def test_the_copy_is_taken_back_with_its_errors_told_anew(refused, where):
    content, _disposition = marked_sheet(refused)
    book = openpyxl.load_workbook(io.BytesIO(content))
    book["Buses"]["B3"], book["Buses"]["C3"] = str(where.operator), 3
    mended = io.BytesIO()
    book.save(mended)
    run = imports.upload(
        by=where.coordinator, subject=BUSES, file_name="mended.xlsx", content=mended.getvalue()
    )
    run = worked(run)
    assert (run.problems, run.created_count) == ([], 2)


def test_only_who_gave_the_file_gets_the_copy_and_only_while_it_has_errors(refused, where):
    other = person(Role.COORDINATOR, where.district)
    assert signed_in(other).get(reverse("import_marked", args=[refused.pk])).status_code == 404
    good = checked(BUSES, where.coordinator, f"Plate,Operator\n苏E10002,{where.operator}\n")
    assert signed_in(where.coordinator).get(reverse("import_marked", args=[good.pk])).status_code == 404


def test_the_overview_leads_to_all_that_a_person_may_import_with_the_newest_import(refused, where):
    page = signed_in(where.coordinator).get(reverse("import_list")).content.decode()
    for subject in SUBJECTS.values():
        may = subject.may_import(where.coordinator)
        assert (reverse("import_new", args=[subject.slug]) in page) == may, subject.slug
        assert (reverse("import_template", args=[subject.slug]) in page) == may
    assert "my fleet.csv" in page
    assert reverse("import_new", args=["organisations"]) not in page
    stranger = person(Role.GUARD, organisation(Kind.SCHOOL, where.district))
    assert signed_in(stranger).get(reverse("import_list")).status_code == 404


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_every_kind_has_its_template_page_and_export_for_who_may_and_for_nobody_else(subject, where):
    registered(where)
    driver(where)
    administrator = person(Role.ADMINISTRATOR, where.district)
    guard = person(Role.GUARD, where.school)
    for page, args in (("import_new", []), ("import_template", []), ("import_export", ["xlsx"])):
        address = reverse(page, args=[subject.slug, *args])
        assert signed_in(administrator).get(address).status_code == 200
        assert signed_in(guard).get(address).status_code == 404


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_the_example_of_every_template_can_be_read_but_for_what_is_not_recorded(subject, where):
    columns = subject.columns(person(Role.ADMINISTRATOR, where.district))
    assert set(subject.key) <= {column.name for column in columns}
    for column in columns:
        content = column.content.each if isinstance(column.content, Several) else column.content
        if column.example and not isinstance(content, Lookup):
            column.parse(column.example)
    headers = [header for column in columns for header in (column.header_zh, column.header_en)]
    assert len(headers) == len(set(headers))


def test_a_file_of_another_kind_is_told_as_such(where):
    run = checked(
        BUSES, where.coordinator, "Plate,Kind,Insurer,Policy number,Valid from,Valid until\nA,B,C,D,E,F\n"
    )
    assert run.problems == [[0, "", "These look like columns of “Insurances”, not of “Buses”."]]


def test_the_file_is_not_kept_once_it_is_imported(where):
    run = checked(BUSES, where.coordinator, f"Plate,Operator\n苏E10002,{where.operator}\n")
    imports.apply(by=where.coordinator, run=run)
    assert bytes(worked(run).content) == b""
