"""The text of NMEA fields as numbers: None where a field is empty, and, counted, where it cannot be true."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from telematics.protocols.nmea.stats import NmeaStats

YEARS = range(1980, 2180)
"""GPS time begins in 1980 (IS-GPS-200, 3.3.4): no receiver means an earlier year, so 80 to 99 are 19xx."""


def number(text: bytes, stats: NmeaStats) -> float | None:
    """A decimal number that is not negative: digits and at most one point, not all that Python would take."""
    if not text:
        return None
    if not text.replace(b".", b"", 1).isdigit():
        stats.malformed += 1
        return None
    return float(text)


def signed_number(text: bytes, stats: NmeaStats) -> float | None:
    """A decimal number that may be negative: an altitude."""
    if text[:1] != b"-":
        return number(text, stats)
    magnitude = number(text[1:], stats)
    return None if magnitude is None else -magnitude


def course_deg(text: bytes, stats: NmeaStats) -> float | None:
    """A course in degrees true, 0 to 360."""
    course = number(text, stats)
    if course is not None and course > 360.0:
        stats.malformed += 1
        return None
    return course


def whole_number(text: bytes, stats: NmeaStats) -> int | None:
    """A whole number of at most four digits: satellites, a year."""
    if not text:
        return None
    if not text.isdigit() or len(text) > 4:
        stats.malformed += 1
        return None
    return int(text)


class Axis(NamedTuple):
    """One of the two coordinates: the letters of its hemispheres and how far it goes, in degrees."""

    positive: bytes
    negative: bytes
    limit_deg: float


LATITUDE = Axis(b"N", b"S", 90.0)
LONGITUDE = Axis(b"E", b"W", 180.0)


def coordinate_deg(text: bytes, side: bytes, axis: Axis, stats: NmeaStats) -> float | None:
    """Degrees and minutes (``dddmm.mmmm``) and a hemisphere's letter as signed degrees.

    What cannot be true: no number, no hemisphere, 60 minutes or more, beyond the pole or the date line.
    """
    if not text:
        return None
    positive, negative, limit_deg = axis
    if text.replace(b".", b"", 1).isdigit():
        whole, minutes = divmod(float(text), 100.0)
        degrees = whole + minutes / 60.0
        if minutes < 60.0 and degrees <= limit_deg:
            if side == positive:
                return degrees
            if side == negative:
                return -degrees
    stats.malformed += 1
    return None


def time_of_day_us(text: bytes, stats: NmeaStats) -> int | None:
    """``hhmmss`` with any number of decimals as microseconds since midnight; a leap second is second 60."""
    if not text:
        return None
    whole, _, fraction = text.partition(b".")
    if len(whole) == 6 and whole.isdigit() and (not fraction or fraction.isdigit()):
        minutes, second = divmod(int(whole), 100)
        hour, minute = divmod(minutes, 100)
        if hour < 24 and minute < 60 and second <= 60:
            tod_us = (hour * 3600 + minute * 60 + second) * 1_000_000
            return tod_us + int(fraction[:6].ljust(6, b"0")) if fraction else tod_us
    stats.malformed += 1
    return None


def beginning_of_day(day: int, month: int, year: int) -> datetime | None:
    """Midnight UTC of a day, None where the calendar has no such day; two-digit years are 1980 to 2079."""
    if year < 100:
        year += 1900 if year + 1900 in YEARS else 2000
    if year not in YEARS:
        return None
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


@lru_cache(maxsize=64)
def ddmmyy(text: bytes) -> datetime | None:
    """Midnight UTC of an RMC's date, None where there is no such day."""
    if len(text) != 6 or not text.isdigit():
        return None
    return beginning_of_day(int(text[:2]), int(text[2:4]), int(text[4:]))
