import json
import zipfile

import pytest

from telematics.__main__ import main
from tests.telematics.prediction.builders import write_days, write_feed


@pytest.fixture
def recorded(tmp_path):
    """A feed, positions and passings of five days, as paths."""
    return write_feed(tmp_path / "feed.zip"), *write_days(tmp_path, days=5)


def command(recorded, learn_until="2026-09-10"):
    feed, positions, passings = map(str, recorded)
    options = ["--gtfs", feed, "--positions", positions, "--passings", passings, "--learn-until", learn_until]
    return main(["evaluate-arrivals", *options])


def test_prints_one_json_object_with_every_figure(recorded, capsys):
    assert command(recorded) == 0
    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == ["horizons", "in_band", "range_coverage", "wobble_min", "stop_coverage"]
    assert list(figures["horizons"]) == ["0-3", "3-6", "6-10", "10-15", "15-30"]
    assert set(figures["horizons"]["3-6"]) == {"n", "mae_s", "bias_s", "baseline_mae_s"}
    assert figures["stop_coverage"] > 0.9


def test_road_that_is_slower_than_planned_is_learned(recorded, capsys):
    command(recorded)
    horizons = json.loads(capsys.readouterr().out)["horizons"]
    for name in ("3-6", "6-10", "10-15"):
        assert horizons[name]["mae_s"] < 0.6 * horizons[name]["baseline_mae_s"], (name, horizons)


def edited(path, line, column, value):
    rows = path.read_text().splitlines()
    fields = rows[line - 1].split(",")
    fields[rows[0].split(",").index(column)] = value
    rows[line - 1] = ",".join(fields)
    path.write_text("\n".join(rows) + "\n")


@pytest.mark.parametrize(
    ("which", "column", "value"),
    [
        (1, "time_local", "yesterday"),
        (1, "lat", "north"),
        (1, "lat", "91"),
        (1, "lon", ""),
        (1, "trip_id", "t99"),
        (2, "trip_id", "t99"),
        (2, "stop_sequence", "77"),
        (2, "observed_passing_local", "25:00"),
    ],
)
def test_bad_field_is_named_with_file_and_line_and_nothing_is_printed(recorded, capsys, which, column, value):
    edited(recorded[which], 4, column, value)
    assert command(recorded) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"{recorded[which].name}, line 4, {column}: " in printed.err


def test_missing_column_is_named(recorded, capsys):
    positions = recorded[1]
    positions.write_text(positions.read_text().replace("time_local", "time", 1))
    assert command(recorded) == 2
    assert "positions.csv, line 1, time_local: there is no such column" in capsys.readouterr().err


@pytest.mark.parametrize("which", [0, 1, 2])
def test_absent_file_is_named(recorded, capsys, which):
    recorded[which].unlink()
    assert command(recorded) == 2
    assert recorded[which].name in capsys.readouterr().err


def test_feed_that_is_no_zip_is_refused(recorded, capsys):
    recorded[0].write_text("no zip")
    assert command(recorded) == 2
    assert "feed.zip" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (("stops.txt", 3, "stop_lat"), "north", "is not a number"),
        (("stops.txt", 3, "stop_lon"), "181", "not on the earth"),
        (("stop_times.txt", 4, "arrival_time"), "7 o'clock", "is not a time"),
        (("stop_times.txt", 4, "stop_id"), "s99", "nowhere in the feed"),
        (("trips.txt", 2, "shape_id"), "west", "nowhere in the feed"),
        (("agency.txt", 2, "agency_timezone"), "Asia/Nowhere", "no time zone"),
    ],
)
def test_bad_field_of_the_feed_is_named_with_table_and_line(recorded, capsys, place, value, told):
    table, line, field = place
    with zipfile.ZipFile(recorded[0]) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    rows = [row.split(",") for row in texts[table].splitlines()]
    rows[line - 1][rows[0].index(field)] = value
    texts[table] = "\n".join(map(",".join, rows))
    with zipfile.ZipFile(recorded[0], "w") as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
    assert command(recorded) == 2
    said = capsys.readouterr().err
    assert f"feed.zip/{table}, line {line}, {field}: " in said
    assert told in said


def test_nothing_left_to_predict_is_an_error(recorded, capsys):
    assert command(recorded, "2026-12-31") == 2
    assert "no report" in capsys.readouterr().err
