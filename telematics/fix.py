"""The normalised position report that every protocol is decoded to and every rule reads."""

import enum
import math
import struct
import zlib
from datetime import datetime
from typing import TypedDict

import msgspec


class Verdict(enum.IntFlag):
    """What makes a report doubtful. Marks are added to a report; the report itself is never thrown away."""

    VOID = 1
    """The receiver said that it has no position."""
    STALE = 2
    """It arrived long after its event time: history, sound in itself."""
    FUTURE = 4
    """Its event time lies ahead of its arrival: the receiver's clock is wrong."""
    JUMPED = 8
    """No vehicle could have come here from the position before."""
    IMPLAUSIBLE = 16
    """A value that no road vehicle can have: 400 km/h, latitude 91, and such."""
    ROLLOVER = 32
    """A date older than the receiver's firmware could know (GPS week roll-over)."""

    def names(self) -> list[str]:
        """The marks as lower-case words, for JSON and for people."""
        return [mark.name.lower() for mark in type(self) if mark in self and mark.name]


NO_VERDICT = Verdict(0)
UNFIT_FOR_RULES = Verdict.VOID | Verdict.FUTURE | Verdict.JUMPED | Verdict.IMPLAUSIBLE | Verdict.ROLLOVER
"""Marks with which a report says nothing about where the bus was. A stale one still does."""
MISDATED = Verdict.FUTURE | Verdict.ROLLOVER
"""Marks with which the event time itself is not to be believed."""


class Alarm(enum.IntFlag):
    """What somebody or something aboard calls out. A report that bears one is never filtered, however doubtful."""

    SOS = 1
    """The driver's or the attendant's emergency button."""
    COLLISION = 2
    """The unit felt a collision or a roll-over."""

    def names(self) -> list[str]:
        """The alarms as lower-case words."""
        return [one.name.lower() for one in type(self) if one in self and one.name]


NO_ALARM = Alarm(0)


class Fix(msgspec.Struct, frozen=True, gc=False):
    """One report of a receiver at one instant. Absent values are None, never zero.

    Attributes:
        time: event time in UTC, as the receiver gave it.
        lat: latitude, degrees, WGS-84.
        lon: longitude, degrees, WGS-84.
        speed_mps: speed over ground, metres per second.
        course_deg: course over ground, degrees true, 0 to 360.
        altitude_m: height above mean sea level, metres.
        satellites: satellites used.
        accuracy_m: one-sigma horizontal error, metres, where the receiver tells or implies it.
        verdicts: why the report is doubtful; empty for a good one.
        source: the protocol that it came by: "nmea", "jt808".
        raw: the bytes that it was decoded from, as received.
        alarms: what is called out with it.
        door_open: whether a passenger door was open, where the unit is wired to tell.
        ignition: whether the ignition was on, where the unit is wired to tell.
    """

    time: datetime
    lat: float | None = None
    lon: float | None = None
    speed_mps: float | None = None
    course_deg: float | None = None
    altitude_m: float | None = None
    satellites: int | None = None
    accuracy_m: float | None = None
    verdicts: Verdict = NO_VERDICT
    source: str = "nmea"
    raw: bytes = b""
    alarms: Alarm = NO_ALARM
    door_open: bool | None = None
    ignition: bool | None = None

    @property
    def valid(self) -> bool:
        """Whether the receiver itself vouched for a position."""
        return not self.verdicts or not self.verdicts & Verdict.VOID

    @property
    def is_dated(self) -> bool:
        """Whether its event time is to be believed."""
        return not self.verdicts & MISDATED

    @property
    def signals(self) -> int | None:
        """Alarms and inputs as one small number, to be kept in one column; None where the report tells of none."""
        if not self.alarms and self.door_open is None and self.ignition is None:
            return None
        return int(self.alarms) | told(self.door_open) << DOOR_SHIFT | told(self.ignition) << IGNITION_SHIFT

    @property
    def digest(self) -> int:
        """A signed 32-bit check of what was reported: with device and time, the natural key of a report.

        Devices' clocks may count whole seconds, so two reports can share a time; one that is sent again says the
        same of place and speed, even where the end of its burst was lost. One that calls out is never a repeat of
        one that doesn't.
        """
        lat = math.nan if self.lat is None else self.lat
        lon = math.nan if self.lon is None else self.lon
        speed_mps = math.nan if self.speed_mps is None else self.speed_mps
        check = zlib.crc32(struct.pack("<ddd?", lat, lon, speed_mps, self.valid))
        if (signals := self.signals) is not None:
            check = zlib.crc32(signals.to_bytes(2, "little"), check)
        return check - (1 << 32) if check & 0x80000000 else check


ALARM_BITS = 0b1111
DOOR_SHIFT, IGNITION_SHIFT = 4, 6
"""Two bits for each input: 0 not told, 2 off or closed, 3 on or open."""


def told(value: bool | None) -> int:
    """An input in two bits."""
    return 0 if value is None else 2 | value


class Inputs(TypedDict):
    """What `Fix.signals` holds, by the names of the fields."""

    alarms: Alarm
    door_open: bool | None
    ignition: bool | None


def inputs_of(signals: int) -> Inputs:
    """Alarms and inputs from their number."""
    return {
        "alarms": Alarm(signals & ALARM_BITS),
        "door_open": input_of(signals, DOOR_SHIFT),
        "ignition": input_of(signals, IGNITION_SHIFT),
    }


def input_of(signals: int, shift: int) -> bool | None:
    """An input from its two bits."""
    bits = signals >> shift & 3
    return None if not bits & 2 else bool(bits & 1)


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """A report on its way in: whose it is, and when it arrived (UTC)."""

    device: str
    fix: Fix
    received_at: datetime


class Identity(msgspec.Struct, frozen=True):
    """A device naming itself on its link (``$PGID,<id>*hh`` or ``IMEI <id>``)."""

    device: str
