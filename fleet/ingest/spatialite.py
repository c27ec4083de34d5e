"""SpatiaLite's statements for the log: prepared once, run for many rows."""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from fleet.positions.rows import FIX_COLUMNS, LastPositionRow, fix_row
from telematics.fix import Arrival
from telematics.pipeline import OvertakenError

VALUES = ", ".join("MakePoint(?, ?, 4326)" if column == "position" else "?" for column in FIX_COLUMNS)
INSERT = f"INSERT INTO positions_fix ({', '.join(FIX_COLUMNS)}) VALUES ({VALUES})"  # noqa: S608  (constants)
UPDATE_LAST = """
UPDATE positions_lastposition
SET time = ?, position = MakePoint(?, ?, 4326), speed_mps = ?, course_deg = ?, heard_at = ?, state = ?,
    rule_state = ?, version = version + 1
WHERE device_id = ? AND version = ?
"""


def written(time: datetime | None) -> str | None:
    """A time as Django keeps it in SQLite: UTC, without zone."""
    return None if time is None else str(time.astimezone(UTC).replace(tzinfo=None))


def row_of(device_id: int, arrival: Arrival) -> list[Any]:
    """Parameters of `INSERT`; the position takes two."""
    row: list[Any] = list(fix_row(device_id, arrival, arrival.fix.lat))
    at = FIX_COLUMNS.index("position")
    row.insert(at, arrival.fix.lon)
    row[1], row[3] = written(arrival.fix.time), written(arrival.received_at)
    return row


def append(rows: Sequence[tuple[int, Arrival]]) -> None:
    """Store reports, none of which may be there.

    Raises:
        OvertakenError: where one is.
    """
    with connection.cursor() as cursor:
        try:
            sqlite3.Cursor.executemany(cursor.cursor, INSERT, (row_of(*row) for row in rows))
        except sqlite3.IntegrityError as error:
            raise OvertakenError from error


def append_unless_known(rows: Sequence[tuple[int, Arrival]]) -> list[Arrival]:
    """Store those that are not there, and give them back."""
    fresh = []
    with connection.cursor() as cursor:
        for device_id, arrival in rows:
            sqlite3.Cursor.execute(
                cursor.cursor, f"{INSERT} ON CONFLICT DO NOTHING", row_of(device_id, arrival)
            )
            if cursor.rowcount:
                fresh.append(arrival)
    return fresh


def update_last_positions(rows: Sequence[LastPositionRow]) -> dict[int, int | None]:
    """Replace last positions; gives the bus of each device whose row still had the version expected."""
    moved: dict[int, int | None] = {}
    with connection.cursor() as cursor:
        for row in rows:
            values = (
                written(row.time), row.lon, row.lat, row.speed_mps, row.course_deg, written(row.heard_at), row.state,
                row.rule_state, row.device_id, row.version,
            )  # fmt: skip
            sqlite3.Cursor.execute(cursor.cursor, UPDATE_LAST, values)
            if cursor.rowcount:
                cursor.execute(
                    "SELECT bus_id FROM positions_lastposition WHERE device_id = %s", [row.device_id]
                )
                moved[row.device_id] = cursor.fetchone()[0]
    return moved
