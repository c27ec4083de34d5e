"""The floor of ``script/bench ingest``: the same rows into the same table, and nothing else."""

import sqlite3
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

import telematics.fix
from fleet.positions.models import Fix
from fleet.positions.rows import FIX_COLUMNS
from fleet.vehicles.models import Device
from telematics.protocols.nmea import NmeaDecoder
from telematics.simulator.load import make_streams

START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
PLACEHOLDERS = (
    "%s::int8[]", "%s::timestamptz[]", "%s::int4[]", "%s::timestamptz[]", "%s::float8[]", "%s::float8[]",
    "%s::float8[]", "%s::float8[]", "%s::float8[]", "%s::int2[]", "%s::float8[]", "%s::int2[]", "%s::int2[]",
    "%s::text[]", "%s::bytea[]",
)  # fmt: skip
NAMES = [*FIX_COLUMNS[:4], "lon", "lat", *FIX_COLUMNS[5:]]
SELECTED = [
    "ST_SetSRID(ST_MakePoint(lon, lat), 4326)" if name == "position" else name for name in FIX_COLUMNS
]
UNNEST = (
    f"INSERT INTO positions_fix ({', '.join(FIX_COLUMNS)}) SELECT {', '.join(SELECTED)}"  # noqa: S608  (constants)
    f" FROM unnest({', '.join(PLACEHOLDERS)}) AS given ({', '.join(NAMES)})"
)
EXECUTEMANY = (
    f"INSERT INTO positions_fix ({', '.join(FIX_COLUMNS)}) VALUES "  # noqa: S608  (constants)
    f"({', '.join('MakePoint(?, ?, 4326)' if name == 'position' else '?' for name in FIX_COLUMNS)})"
)


def make_rows(devices: int, number: int) -> list[tuple[Any, ...]]:
    """Rows as the gateway stores them, in the order in which many devices send: each once, then each again."""
    ids = dict(Device.objects.values_list("identifier", "pk"))
    each = number // devices
    rows = []
    for stream in make_streams(devices, each, START):
        for turn, fix in enumerate(decoded(b"".join(stream.chunks))):
            row = (
                ids[stream.device_id], fix.time, fix.digest, fix.time + timedelta(seconds=1), fix.lon, fix.lat,
                fix.speed_mps, fix.course_deg, fix.altitude_m, fix.satellites, fix.accuracy_m, 0, None, "nmea",
                fix.raw,
            )  # fmt: skip
            rows.append((turn, row))
    rows.sort(key=lambda pair: pair[0])
    return [row for _, row in rows]


def decoded(data: bytes) -> list[telematics.fix.Fix]:
    """The reports in a stream of NMEA."""
    decoder = NmeaDecoder()
    messages = [*decoder.feed(data), *decoder.flush()]
    return [message for message in messages if isinstance(message, telematics.fix.Fix)]


def insert_rows(rows: list[tuple[Any, ...]], batch: int) -> float:
    """Insert `rows` in transactions of `batch`, delete them again, and give rows a second."""
    batches = [rows[first : first + batch] for first in range(0, len(rows), batch)]
    insert = insert_by_unnest if connection.vendor == "postgresql" else insert_by_executemany
    connection.ensure_connection()
    begun_s = time.perf_counter()
    for part in batches:
        with transaction.atomic():
            insert(part)
    seconds = time.perf_counter() - begun_s
    Fix.objects.filter(time__lt=START + timedelta(days=1)).delete()
    return len(rows) / seconds


def insert_by_unnest(rows: list[tuple[Any, ...]]) -> None:
    """One statement for the batch."""
    with connection.cursor() as cursor:
        cursor.execute(UNNEST, [list(column) for column in zip(*rows, strict=True)])


def insert_by_executemany(rows: list[tuple[Any, ...]]) -> None:
    """One prepared statement, run for each row."""
    with connection.cursor() as cursor:
        written = [(row[0], str(row[1]), row[2], str(row[3]), *row[4:]) for row in rows]
        sqlite3.Cursor.executemany(cursor.cursor, EXECUTEMANY, written)
