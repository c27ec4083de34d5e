"""How reports and device states become rows, the same for both databases."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import FloatField, Func

from fleet.positions.models import State
from telematics.fix import Arrival, Fix, Verdict, inputs_of
from telematics.pipeline import DeviceState

FIX_COLUMNS = (
    "device_id",
    "time",
    "digest",
    "received_at",
    "position",
    "speed_mps",
    "course_deg",
    "altitude_m",
    "satellites",
    "accuracy_m",
    "verdicts",
    "signals",
    "source",
    "raw",
)
LAT = Func("position", function="ST_Y", output_field=FloatField())
LON = Func("position", function="ST_X", output_field=FloatField())
READ_FIX = (
    "time", LAT, LON, "speed_mps", "course_deg", "altitude_m", "satellites", "accuracy_m", "verdicts", "signals",
    "source",
)  # fmt: skip
"""What `fix_of` takes, for `values_list`."""
STANDING_BELOW_MPS = 1.0


class LastPositionRow(NamedTuple):
    """What the newest state of a device says, and the version of the row that it replaces."""

    device_id: int
    version: int
    time: datetime | None
    lon: float | None
    lat: float | None
    speed_mps: float | None
    course_deg: float | None
    heard_at: datetime | None
    state: int
    rule_state: str


def fix_row(device_id: int, arrival: Arrival, position: object) -> tuple[Any, ...]:
    """The values of `FIX_COLUMNS`; `position` is in the database's own writing."""
    fix = arrival.fix
    return (
        device_id,
        fix.time,
        fix.digest,
        arrival.received_at,
        position,
        fix.speed_mps,
        fix.course_deg,
        fix.altitude_m,
        fix.satellites,
        fix.accuracy_m,
        int(fix.verdicts),
        fix.signals,
        fix.source,
        fix.raw,
    )


def fix_of(row: tuple[Any, ...]) -> Fix:
    """The report of a row read by `READ_FIX`, without what was received."""
    time, lat, lon, speed_mps, course_deg, altitude_m, satellites, accuracy_m, verdicts, signals, source = row
    return Fix(
        time=time,
        lat=lat,
        lon=lon,
        speed_mps=speed_mps,
        course_deg=course_deg,
        altitude_m=altitude_m,
        satellites=satellites,
        accuracy_m=accuracy_m,
        verdicts=Verdict(verdicts),
        source=source,
        **inputs_of(signals or 0),
    )


def last_position_row(device_id: int, version: int, state: DeviceState, rule_state: str) -> LastPositionRow:
    """The row of `state`, to replace `version` of it."""
    row = LastPositionRow(
        device_id, version, None, None, None, None, None, state.newest, state_code(state), rule_state
    )
    last = state.track.last
    if last is None:
        return row
    return row._replace(
        time=last.time, lon=last.lon, lat=last.lat, speed_mps=last.speed_mps, course_deg=last.course_deg
    )


def state_code(state: DeviceState) -> State:
    """What the map shows of a state."""
    if state.track.last is None and not state.has_position:
        return State.UNKNOWN if state.newest is None else State.NO_FIX
    if not state.has_position:
        return State.NO_FIX
    if state.is_speeding:
        return State.SPEEDING
    speed_mps = state.track.last.speed_mps if state.track.last else None
    if speed_mps is None:
        return State.UNKNOWN
    return State.STANDING if speed_mps < STANDING_BELOW_MPS else State.DRIVING
