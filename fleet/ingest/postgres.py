"""PostgreSQL's statements for the log: COPY for what is surely new, one statement for each other batch."""

import struct
from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection

from fleet.positions.rows import FIX_COLUMNS, LastPositionRow, fix_row
from telematics.fix import Arrival
from telematics.pipeline import OvertakenError

COLUMNS = ", ".join(FIX_COLUMNS)
FIX_TYPES = (
    "int8", "timestamptz", "int4", "timestamptz", "text", "float8", "float8", "float8", "int2", "float8", "int2",
    "int2", "text", "bytea",
)  # fmt: skip
"""Positions go as text, which PostGIS casts: arrays of geometry have a separator of their own."""
COPY_FIXES = f"COPY positions_fix ({COLUMNS}) FROM STDIN"
INSERT_UNKNOWN = (
    f"INSERT INTO positions_fix ({COLUMNS}) SELECT * FROM unnest({', '.join(f'%s::{t}[]' for t in FIX_TYPES)})"  # noqa: S608  (constants)
    " ON CONFLICT DO NOTHING RETURNING device_id, time, digest"
)
UPDATE_LAST = """
UPDATE positions_lastposition AS last
SET time = given.time, position = ST_SetSRID(ST_MakePoint(given.lon, given.lat), 4326),
    speed_mps = given.speed_mps, course_deg = given.course_deg, heard_at = given.heard_at,
    state = given.state, rule_state = given.rule_state, version = last.version + 1
FROM unnest(%s::int8[], %s::int8[], %s::timestamptz[], %s::float8[], %s::float8[], %s::float8[], %s::float8[],
            %s::timestamptz[], %s::int2[], %s::text[])
  AS given (device_id, version, time, lon, lat, speed_mps, course_deg, heard_at, state, rule_state)
WHERE last.device_id = given.device_id AND last.version = given.version
RETURNING last.device_id, last.bus_id
"""
EWKB_POINT = struct.Struct("<BIIdd")
EWKB_POINT_WITH_SRID = 0x20000001


def ewkb_hex(lon: float | None, lat: float | None) -> str | None:
    """A WGS-84 point as PostGIS writes it."""
    if lon is None or lat is None:
        return None
    return EWKB_POINT.pack(1, EWKB_POINT_WITH_SRID, 4326, lon, lat).hex()


def row_of(device_id: int, arrival: Arrival) -> tuple[Any, ...]:
    """A row for COPY."""
    return fix_row(device_id, arrival, ewkb_hex(arrival.fix.lon, arrival.fix.lat))


def append(rows: Sequence[tuple[int, Arrival]]) -> None:
    """Store reports, none of which may be there.

    Raises:
        OvertakenError: where one is.
        django.db.Error: as Django gives it, though COPY goes past Django's cursor.
    """
    with connection.cursor() as cursor, connection.wrap_database_errors:
        try:
            with cursor.cursor.copy(COPY_FIXES) as copy:
                for device_id, arrival in rows:
                    copy.write_row(row_of(device_id, arrival))
        except psycopg.errors.UniqueViolation as error:
            raise OvertakenError from error


def append_unless_known(rows: Sequence[tuple[int, Arrival]]) -> list[Arrival]:
    """Store those that are not there, and give them back."""
    unique = {(device_id, a.fix.time, a.fix.digest): (device_id, a) for device_id, a in rows}
    with connection.cursor() as cursor:
        columns = zip(*(row_of(*row) for row in unique.values()), strict=True)
        cursor.execute(INSERT_UNKNOWN, [list(column) for column in columns])
        return [unique[key][1] for key in cursor.fetchall()]


def update_last_positions(rows: Sequence[LastPositionRow]) -> dict[int, int | None]:
    """Replace last positions; gives the bus of each device whose row still had the version expected."""
    with connection.cursor() as cursor:
        cursor.execute(UPDATE_LAST, [list(column) for column in zip(*rows, strict=True)])
        return dict(cursor.fetchall())
