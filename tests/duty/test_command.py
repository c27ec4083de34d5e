"""``python -m telematics duty``: a driver's card on the command line."""

import io
import json
import sys
from datetime import date

import pytest

from telematics.__main__ import main
from tests.duty.cards import HEADER, as_rows, row

DAY = date(2025, 3, 3)


@pytest.fixture
def judged(capfd, tmp_path):
    def judge(rows, *arguments):
        path = tmp_path / "card.csv"
        path.write_bytes(rows if isinstance(rows, bytes) else "\n".join(rows).encode())
        status = main(["duty", str(path), *arguments])
        printed = capfd.readouterr()
        return status, [json.loads(line) for line in printed.out.splitlines()], printed.err

    return judge


def test_findings_are_lines_of_json_and_the_summary_tells_what_is_unknown(judged):
    rows = as_rows("R" * 360 + "D" * 241 + "R" * 30 + "?" * 809, DAY)
    status, found, summary = judged(rows)
    assert status == 0
    assert found == [
        {
            "rule": "continuous_driving",
            "start": "2025-03-03T06:00:00Z",
            "end": "2025-03-03T10:01:00Z",
            "value_s": 14_460,
            "limit_s": 14_400,
            "over_at": "2025-03-03T10:00:00Z",
            "unknown_s": 0,
            "certain": True,
            "article": "道路交通安全法实施条例 第六十二条第七项",
        }
    ]
    assert "unknown 13.5" in summary
    assert "findings  1: continuous_driving 1" in summary


def test_a_lawful_card_prints_nothing(judged):
    status, found, summary = judged(as_rows("R" * 360 + "D" * 240 + "R" * 840, DAY))
    assert (status, found) == (0, [])
    assert "findings  0: none" in summary


def test_each_profile_has_its_own_limits(judged):
    rows = as_rows("R" * 400 + "D" * 250 + "R" * 790, DAY)
    assert [len(judged(rows, "--profile", name)[1]) for name in ("cn", "eu", "us")] == [1, 0, 0]


def test_a_time_zone_tells_night(judged):
    rows = as_rows("R" * 840 + "D" * 150 + "R" * 450, DAY)
    assert judged(rows)[1] == []
    assert [one["rule"] for one in judged(rows, "--timezone", "Asia/Shanghai")[1]] == ["night_driving"]


def test_a_day_without_rows_is_unknown_and_no_rest(judged):
    first = as_rows("R" * 1000 + "D" * 440, DAY)
    rows = [*as_rows("R" * 1300 + "D" * 140, DAY), *as_rows("D" * 101 + "R" * 1339, date(2025, 3, 5))[1:]]
    status, found, _ = judged(rows)
    assert [(one["rule"], one["value_s"], one["certain"]) for one in found] == [
        ("continuous_driving", 241 * 60, False)
    ]
    assert found[0]["unknown_s"] == 86_400
    assert judged(first)[0] == status == 0


def test_rows_in_any_order_give_the_same(judged):
    header, *rows = as_rows("R" * 360 + "D" * 250 + "W" * 830 + "R" * 1440, DAY)
    assert judged([header, *reversed(rows)])[1] == judged([header, *rows])[1] != []


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("2025-13-03,0,0,,driver,0,inserted,WORK", "date_utc"),
        ("9999-12-31,0,0,,driver,0,inserted,WORK", "date_utc"),
        ("2025-03-03,0,1440,,driver,0,inserted,WORK", "minute_of_day"),
        ("2025-03-03,0,-1,,driver,0,inserted,WORK", "minute_of_day"),
        ("2025-03-03,0,ten,,driver,0,inserted,WORK", "minute_of_day"),
        ("2025-03-03,0,10,2025-03-03T00:11:00Z,driver,0,inserted,WORK", "utc"),
        ("2025-03-03,0,10,soon,driver,0,inserted,WORK", "utc"),
        ("2025-03-03,0,10,,driver,0,maybe,WORK", "card"),
        ("2025-03-03,0,10,,driver,0,inserted,SLEEPING", "activity"),
        ("2025-03-03,0", "minute_of_day"),
    ],
)
def test_a_row_that_cannot_be_right_is_named_by_file_line_and_field(judged, line, field):
    status, found, errors = judged([HEADER, row(DAY, 0, "R"), line])
    assert (status, found) == (2, [])
    assert f"card.csv: line 3, field {field}: " in errors


@pytest.mark.parametrize(
    ("content", "line", "field"),
    [
        (b"", 1, "date_utc"),
        (HEADER.encode(), 1, "date_utc"),
        (b"date_utc,minute_of_day,card\n2025-03-03,0,inserted", 1, "activity"),
        (HEADER.encode() + b"\n2025-03-03,0,0,,driver,0,inserted,\xff", 2, "date_utc"),
        (HEADER.encode() + b'\n2025-03-03,0,0,,driver,0,inserted,"WORK', 2, "date_utc"),
    ],
)
def test_what_is_no_card_is_refused(judged, content, line, field):
    status, found, errors = judged(content)
    assert (status, found) == (2, [])
    assert f"card.csv: line {line}, field {field}: " in errors


def test_a_file_that_is_not_there_is_refused(capfd, tmp_path):
    assert main(["duty", str(tmp_path / "none.csv")]) == 2
    assert "none.csv" in capfd.readouterr().err


def test_standard_input_is_read_too(capfd, monkeypatch):
    content = "\n".join(as_rows("D" * 241 + "R" * 1199, DAY)).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert main(["duty", "-", "--profile", "cn"]) == 0
    assert len(capfd.readouterr().out.splitlines()) == 2
