"""A made-up town line with a timetable, and days of driving on it."""

import csv
import random
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from tests.telematics.matching.builders import at

STOPS = 13
APART_M = 400.0
PLANNED_S = 60
"""Planned seconds from stop to stop."""
FIRST_DAY = date(2026, 9, 7)
HOURS = (7, 8, 12, 16)


def write_feed(path: Path) -> Path:
    """A feed of one line east, with a trip at each of `HOURS`."""
    tables: dict[str, Sequence[Sequence[object]]] = {
        "agency.txt": [
            ["agency_name", "agency_url", "agency_timezone"],
            ["Town", "http://t", "Asia/Shanghai"],
        ],
        "calendar.txt": [
            ["service_id", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
            ["all", "1", "1", "1", "1", "1", "1", "1"],
        ],
        "stops.txt": [["stop_id", "stop_lat", "stop_lon"]]
        + [[f"s{n}", *at(n * APART_M)] for n in range(STOPS)],
        "shapes.txt": [["shape_id", "shape_pt_sequence", "shape_pt_lat", "shape_pt_lon"]]
        + [["east", n, *at(n * APART_M)] for n in range(STOPS)],
        "trips.txt": [["trip_id", "service_id", "shape_id"]]
        + [[f"t{hour}", "all", "east"] for hour in HOURS],
        "stop_times.txt": [["trip_id", "stop_id", "stop_sequence", "arrival_time"]]
        + [
            [f"t{hour}", f"s{n}", n + 1, f"{hour:02d}:{n * PLANNED_S // 60:02d}:00"]
            for hour in HOURS
            for n in range(STOPS)
        ],
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in tables.items():
            archive.writestr(name, "\n".join(",".join(map(str, row)) for row in rows) + "\n")
    return path


def write_days(folder: Path, days: int, *, slow_from: int = 6, slow: float = 1.8) -> tuple[Path, Path]:
    """Positions and passings of so many days; beyond `slow_from` the road is `slow` times slower than planned."""
    dice = random.Random(3)
    positions, passings = [], []
    for number in range(days):
        day = FIRST_DAY + timedelta(days=number)
        for hour in HOURS:
            pace = dice.lognormvariate(0.0, 0.08)
            times = [dice.uniform(-20, 60)]
            for stop in range(1, STOPS):
                factor = (slow if stop > slow_from else 1.0) * pace * dice.lognormvariate(0.0, 0.15)
                times.append(times[-1] + PLANNED_S * factor)
            for stop, second in enumerate(times):
                passed = f"{day} {clock(hour, second)}"
                passings.append([f"{day}-{hour}", "bus", f"t{hour}", stop + 1, passed])
            positions += [
                [f"{day}-{hour}", "bus", f"{day} {clock(hour, second)}", *place, "IN_PROGRESS", f"t{hour}"]
                for second, place in on_the_way(times)
            ]
    positions_csv, passings_csv = folder / "positions.csv", folder / "passings.csv"
    write(
        positions_csv,
        ["source_file", "vid", "time_local", "lat", "lon", "actual_phase", "trip_id"],
        positions,
    )
    write(
        passings_csv, ["source_file", "vid", "trip_id", "stop_sequence", "observed_passing_local"], passings
    )
    return positions_csv, passings_csv


def on_the_way(times: list[float]) -> list[tuple[float, tuple[float, float]]]:
    """Where the bus is every 20 seconds, given when it is at each stop."""
    seen, stop, second = [], 0, times[0]
    while second < times[-1]:
        while second > times[stop + 1]:
            stop += 1
        share = (second - times[stop]) / (times[stop + 1] - times[stop])
        seen.append((second, at((stop + share) * APART_M)))
        second += 20.0
    return seen


def clock(hour: int, second: float) -> str:
    """Local time of day so long after the hour."""
    whole = hour * 3600 + round(second)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def write(path: Path, header: list[str], rows: list[list[object]]) -> None:
    """A CSV table."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
