"""The normalised position report that every protocol is decoded to and every rule reads."""

import enum
import math
import struct
import zlib
from datetime import datetime

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

    @property
    def valid(self) -> bool:
        """Whether the receiver itself vouched for a position."""
        return not self.verdicts & Verdict.VOID

    @property
    def is_dated(self) -> bool:
        """Whether its event time is to be believed."""
        return not self.verdicts & MISDATED

    @property
    def digest(self) -> int:
        """A signed 32-bit check of what was reported: with device and time, the natural key of a report.

        Devices' clocks may count whole seconds, so two reports can share a time; one that is sent again says the
        same of place and speed, even where the end of its burst was lost.
        """
        lat = math.nan if self.lat is None else self.lat
        lon = math.nan if self.lon is None else self.lon
        speed_mps = math.nan if self.speed_mps is None else self.speed_mps
        check = zlib.crc32(struct.pack("<ddd?", lat, lon, speed_mps, self.valid))
        return check - (1 << 32) if check & 0x80000000 else check


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """A report on its way in: whose it is, and when it arrived (UTC)."""

    device: str
    fix: Fix
    received_at: datetime


class Identity(msgspec.Struct, frozen=True):
    """A device naming itself on its link (``$PGID,<id>*hh`` or ``IMEI <id>``)."""

    device: str
