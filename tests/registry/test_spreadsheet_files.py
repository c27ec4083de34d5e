"""Files in and out: encodings, separators, sheets, formulas, and cells by row and column."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from web.registry.spreadsheets.checking import Problem, Record, check, compare, refuse_repeated
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.contents import CellError, Choice, Day, Text, WholeNumber
from web.registry.spreadsheets.reading import MOST_ROWS, UnreadableFileError, read
from web.registry.spreadsheets.writing import csv_file, template, xlsx

KINDS = Choice({"big": ("大型", "Large"), "small": ("小型", "Small")})
COLUMNS = [
    Column("plate", "车牌号", "Plate", Text(8), required=True, example="浙A00001"),
    Column("seats", "座位数", "Seats", WholeNumber(1, 60), required=True, example="40"),
    Column("kind", "类型", "Type", KINDS, example="大型"),
    Column("since", "日期", "Date", Day(), example="2026-09-01"),
    Column("remark", "备注", "Remark", Text(), empty=""),
]
NAMES = ("校车", "Buses")


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def checked(content: bytes):
    found = check(read(content, NAMES), COLUMNS, ["plate"])
    refuse_repeated(found, ["plate"])
    found.problems.sort(key=lambda problem: problem.row)
    return found


def workbook(sheets) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_read_in_each_encoding_and_with_each_separator(encoding, separator):
    text = separator.join(["车牌号", "座位数"]) + "\r\n" + separator.join(["浙A12345", "40"]) + "\r\n"
    result = checked(text.encode(encoding))
    assert (result.problems, [row.values for row in result.rows]) == (
        [],
        [{"plate": "浙A12345", "seats": 40}],
    )


def test_cells_of_a_workbook_are_what_people_see():
    rows = [
        ["Plate *", " seats", "Date"],
        ["浙A1", 40.0, date(2026, 9, 1)],
        [None] * 3,
        ["浙A2", "41", "2026年9月2日"],
    ]
    result = checked(workbook({"Sheet1": rows}))
    assert [(row.number, *row.values.values()) for row in result.rows] == [
        (2, "浙A1", 40, date(2026, 9, 1)),
        (4, "浙A2", 41, date(2026, 9, 2)),
    ]


def test_every_problem_is_told_by_row_and_column_in_the_language_of_the_reader():
    content = "车牌号,座位数,类型\n浙A1,many,大型\n,10,huge\n浙A2,99,\n浙A2,5,小型\n".encode("gb18030")
    assert [str(one) for one in checked(content).problems] == [
        "Row 2, Seats: “many” is no whole number.",
        "Row 3, Plate: This can't be empty.",
        "Row 3, Type: “huge” is not known. It can be: 大型, 小型.",
        "Row 4, Seats: Give a number from 1 to 60.",
        "Row 5, Plate: “浙A2” is in row 4 already.",
    ]
    with translation.override("zh-hans"):
        assert [one.column for one in checked(content).problems] == [
            "座位数",
            "车牌号",
            "类型",
            "座位数",
            "车牌号",
        ]


def test_unknown_repeated_and_missing_columns_are_named():
    assert set(checked(b"Plate,Colour,Plate\nA,red,B\n").problems) == {
        Problem(1, "Colour", "No column has this name."),
        Problem(1, "Plate", "This column is there twice."),
        Problem(1, "Seats", "This column is missing."),
    }


def test_a_file_of_several_sheets_must_have_the_right_one():
    rows = [["车牌号", "座位数"], ["浙A1", 4]]
    assert checked(workbook({"司机": [["x"]], "校车": rows})).rows
    with pytest.raises(UnreadableFileError, match="校车” / “Buses”, but: 司机, 路线"):
        checked(workbook({"司机": rows, "路线": rows}))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 broken", "can't be read"),
        (b"\xd0\xcf\x11\xe0 old", r"\.xls"),
        (b"\xff\xfa\x81\x00", "can't be read"),
        (b"Plate\n" + b"A\n" * (MOST_ROWS + 1), "more than 10000 rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(content, says):
    with pytest.raises(UnreadableFileError, match=says):
        checked(content)


def test_the_template_can_be_filled_in_and_its_example_row_is_left_out():
    book = openpyxl.load_workbook(io.BytesIO(template("Buses", COLUMNS)))
    sheet = book["Buses"]
    assert [cell.value for cell in sheet[1]] == ["Plate *", "Seats *", "Type", "Date", "Remark"]
    assert "Required" in sheet["A1"].comment.text
    assert [rule.formula1 for rule in sheet.data_validations.dataValidation] == ["choices!$C$1:$C$2"]
    sheet["A3"], sheet["B3"], sheet["C3"] = "浙A2", 30, "Small"
    content = io.BytesIO()
    book.save(content)
    result = checked(content.getvalue())
    assert (result.problems, result.examples) == ([], 1)
    assert [row.values["kind"] for row in result.rows] == ["small"]


texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"]), max_size=20).map(str.strip)


@settings(deadline=None)  # it writes and reads workbooks
@given(st.lists(texts.filter(bool), min_size=1, max_size=5, unique=True))
@example(["'=1", "''=1", "'", "-", "007", "1e5", "#N/A", 'a,b;c"d'])
def test_whatever_is_exported_reads_back_and_nothing_begins_like_a_formula(remarks):
    rows = [[f"P{number}", "4", "", "", remark] for number, remark in enumerate(remarks)]
    for content in (csv_file(COLUMNS, rows), xlsx("Buses", COLUMNS, rows)):
        assert [row.values["remark"] for row in checked(content).rows] == remarks


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_formulas_are_neutral_in_an_export(start):
    rows = [["P1", "4", "", "", start]]
    text = csv_file(COLUMNS, rows).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline="")))[1][4] == f"'{start}"
    cell = openpyxl.load_workbook(io.BytesIO(xlsx("Buses", COLUMNS, rows))).worksheets[0]["E2"]
    assert cell.data_type == "s"


@pytest.mark.parametrize("text", ["09/01/2026", "2026-13-01", "2026-02-30", "soon", "46000"])
def test_a_day_that_is_ambiguous_or_impossible_is_refused(text):
    with pytest.raises(CellError):
        Day().parse(text)


def test_a_name_that_two_share_is_refused_not_guessed():
    with pytest.raises(CellError, match="several"):
        Choice({1: ("Sun School",), 2: ("Sun School",)}).parse("sun school")


def test_rows_are_new_changed_unchanged_or_come_back():
    content = "Plate,Seats\nnew,1\nsame,2\nother,3\nback,4\n"
    rows = checked(content.encode()).rows
    existing = {
        ("same",): Record(1, {"plate": "same", "seats": 2}),
        ("other",): Record(2, {"plate": "other", "seats": 9}),
        ("back",): Record(3, {"plate": "back", "seats": 4}, archived=True),
    }
    plan = compare(rows, ["plate"], existing)
    assert [change.row.number for change in plan.created] == [2]
    assert [(change.row.number, change.differs) for change in plan.changed] == [(4, ("seats",)), (5, ())]
    assert plan.unchanged == 1
