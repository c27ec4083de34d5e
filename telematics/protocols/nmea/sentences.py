"""Reads sentences into an epoch: which field stands where is pynmea2's knowledge, how to read it is ours.

pynmea2's own accessors are passed over on purpose: they turn an empty position into 0, 0, void a status-A RMC
for its navigational status, and raise on an empty date. What each sentence contributes:

======== ======== ==== ======== ===== ====== ======== ========== ==== =====
sentence time     date position speed course altitude satellites HDOP valid
======== ======== ==== ======== ===== ====== ======== ========== ==== =====
RMC      x        x    x        x     x                               status
GGA      x             x                     x        x          x    quality
GNS      x             x                     x        x          x    mode
GLL      x             x                                              status
VTG                             x     x
GSA                                                   x          x
ZDA      x        x
======== ======== ==== ======== ===== ====== ======== ========== ==== =====
"""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import pynmea2

from telematics.protocols.nmea.epoch import Epoch
from telematics.protocols.nmea.fields import (
    LATITUDE,
    LONGITUDE,
    beginning_of_day,
    coordinate_deg,
    course_deg,
    ddmmyy,
    number,
    signed_number,
    whole_number,
)
from telematics.protocols.nmea.stats import NmeaStats
from telematics.units import MPS_PER_KMH, MPS_PER_KNOT

VALID = b"A"
NOT_VALID = b"N"
ESTIMATED = b"E"
NO_FIX = b"0"
ESTIMATED_QUALITY = b"6"


def _at(sentence: Any, field: str) -> int:
    """Where pynmea2 has a field, counted from the address."""
    return int(sentence.name_to_idx[field]) + 1


RMC_TIME = _at(pynmea2.RMC, "timestamp")
RMC_STATUS = _at(pynmea2.RMC, "status")
RMC_LAT = _at(pynmea2.RMC, "lat")
RMC_SPEED = _at(pynmea2.RMC, "spd_over_grnd")
RMC_COURSE = _at(pynmea2.RMC, "true_course")
RMC_DATE = _at(pynmea2.RMC, "datestamp")
RMC_MODE = _at(pynmea2.RMC, "mode_indicator")
RMC_NAVIGATIONAL_STATUS = _at(pynmea2.RMC, "nav_status")

GGA_TIME = _at(pynmea2.GGA, "timestamp")
GGA_LAT = _at(pynmea2.GGA, "lat")
GGA_QUALITY = _at(pynmea2.GGA, "gps_qual")
GGA_SATELLITES = _at(pynmea2.GGA, "num_sats")
GGA_HDOP = _at(pynmea2.GGA, "horizontal_dil")
GGA_ALTITUDE = _at(pynmea2.GGA, "altitude")

GNS_TIME = _at(pynmea2.GNS, "timestamp")
GNS_LAT = _at(pynmea2.GNS, "lat")
GNS_MODES = _at(pynmea2.GNS, "mode_indicator")
GNS_SATELLITES = _at(pynmea2.GNS, "num_sats")
GNS_HDOP = _at(pynmea2.GNS, "hdop")
GNS_ALTITUDE = _at(pynmea2.GNS, "altitude")

GLL_LAT = _at(pynmea2.GLL, "lat")
GLL_TIME = _at(pynmea2.GLL, "timestamp")
GLL_STATUS = _at(pynmea2.GLL, "status")
GLL_MODE = _at(pynmea2.GLL, "faa_mode")

VTG_COURSE = _at(pynmea2.VTG, "true_track")
VTG_KNOTS = _at(pynmea2.VTG, "spd_over_grnd_kts")
VTG_KMH = _at(pynmea2.VTG, "spd_over_grnd_kmph")
VTG_MODE = _at(pynmea2.VTG, "faa_mode")
VTG_OLD_FIELDS = 5
"""Before NMEA 2.0: course true, course magnetic, knots and km/h, without letters between."""

GSA_FIRST_SATELLITE = _at(pynmea2.GSA, "sv_id01")
GSA_HDOP = _at(pynmea2.GSA, "hdop")
GSA_SYSTEM = _at(pynmea2.GSA, "vdop") + 1
"""NMEA 4.10 adds the satellite system behind what pynmea2 knows."""

ZDA_TIME = _at(pynmea2.ZDA, "timestamp")
ZDA_DAY = _at(pynmea2.ZDA, "day")
ZDA_MONTH = _at(pynmea2.ZDA, "month")
ZDA_YEAR = _at(pynmea2.ZDA, "year")


def _read_position(fields: list[bytes], lat_at: int, epoch: Epoch, stats: NmeaStats) -> None:
    """Latitude, its side, longitude, its side. A later sentence of an instant corrects an earlier one.

    It does not where it is coarser; and some plotters repeat in RMC the position of the second before.
    """
    text = fields[lat_at : lat_at + 4]
    if text == epoch.position_text or (epoch.position_text and len(text[0]) < len(epoch.position_text[0])):
        return
    lat = coordinate_deg(text[0], text[1], LATITUDE, stats)
    lon = coordinate_deg(text[2], text[3], LONGITUDE, stats)
    if lat is not None and lon is not None:
        epoch.lat, epoch.lon, epoch.position_text = lat, lon, text
    elif (lat is None and text[0]) or (lon is None and text[2]):
        epoch.impossible = True


def _field(fields: list[bytes], at: int) -> bytes:
    """A field that older versions of the standard do not have."""
    return fields[at] if at < len(fields) else b""


def read_rmc(fields: list[bytes], epoch: Epoch, stats: NmeaStats) -> None:
    """Recommended minimum. NMEA 4.10's navigational status does not speak of the fix and is not asked."""
    mode = _field(fields, RMC_MODE)
    if _field(fields, RMC_NAVIGATIONAL_STATUS):
        epoch.speaks_4_10 = True
    if fields[RMC_STATUS] != VALID or mode == NOT_VALID:
        epoch.status = epoch.status or False
        return
    epoch.status = True
    if mode == ESTIMATED:
        epoch.estimated = True
    _read_position(fields, RMC_LAT, epoch, stats)
    if epoch.speed_mps is None:
        knots = number(fields[RMC_SPEED], stats)
        if knots is not None:
            epoch.speed_mps = knots * MPS_PER_KNOT
    if epoch.course_deg is None:
        epoch.course_deg = course_deg(fields[RMC_COURSE], stats)


def read_gga(fields: list[bytes], epoch: Epoch, stats: NmeaStats) -> None:
    """Fix data: quality 0 (or none) is no fix, 6 is dead reckoning."""
    quality = fields[GGA_QUALITY]
    if epoch.satellites is None:
        epoch.satellites = whole_number(fields[GGA_SATELLITES], stats)
    if not quality.isdigit() or quality == NO_FIX:
        epoch.quality = epoch.quality or False
        return
    epoch.quality = True
    if quality == ESTIMATED_QUALITY:
        epoch.estimated = True
    _read_position(fields, GGA_LAT, epoch, stats)
    if epoch.altitude_m is None:
        epoch.altitude_m = signed_number(fields[GGA_ALTITUDE], stats)
    if epoch.hdop is None:
        epoch.hdop = number(fields[GGA_HDOP], stats)


def read_gns(fields: list[bytes], epoch: Epoch, stats: NmeaStats) -> None:
    """Fix data of several systems: a letter for each, and any but `N` is a fix."""
    modes = fields[GNS_MODES]
    if epoch.satellites is None:
        epoch.satellites = whole_number(fields[GNS_SATELLITES], stats)
    if not modes.strip(NOT_VALID):
        epoch.quality = epoch.quality or False
        return
    epoch.quality = True
    if modes.strip(NOT_VALID + ESTIMATED) == b"":
        epoch.estimated = True
    _read_position(fields, GNS_LAT, epoch, stats)
    if epoch.altitude_m is None:
        epoch.altitude_m = signed_number(fields[GNS_ALTITUDE], stats)
    if epoch.hdop is None:
        epoch.hdop = number(fields[GNS_HDOP], stats)


def read_gll(fields: list[bytes], epoch: Epoch, stats: NmeaStats) -> None:
    """Position alone; before NMEA 2.0 it had no status, and was sent only with a fix."""
    mode = _field(fields, GLL_MODE)
    has_status = len(fields) > GLL_STATUS
    if (has_status and fields[GLL_STATUS] != VALID) or mode == NOT_VALID:
        epoch.status = epoch.status or False
        return
    epoch.status = True
    if mode == ESTIMATED:
        epoch.estimated = True
    _read_position(fields, GLL_LAT, epoch, stats)


def read_vtg(fields: list[bytes], epoch: Epoch, stats: NmeaStats) -> None:
    """Course and speed, for receivers without RMC or with its speed empty; knots first, they are finer."""
    if len(fields) == VTG_OLD_FIELDS:
        address, course, magnetic, knots, kmh = fields
        fields = [address, course, b"T", magnetic, b"M", knots, b"N", kmh, b"K"]
    if epoch.vtg_speed_mps is not None or len(fields) <= VTG_KMH or _field(fields, VTG_MODE) == NOT_VALID:
        return
    in_knots = number(fields[VTG_KNOTS], stats)
    in_kmh = number(fields[VTG_KMH], stats)
    if in_knots is not None:
        epoch.vtg_speed_mps = in_knots * MPS_PER_KNOT
    elif in_kmh is not None:
        epoch.vtg_speed_mps = in_kmh * MPS_PER_KMH
    epoch.vtg_course_deg = course_deg(fields[VTG_COURSE], stats)


def read_gsa(fields: list[bytes], epoch: Epoch, stats: NmeaStats) -> None:
    """Satellites used, one sentence for each system, and the dilution of precision of all."""
    epoch.gsa_hdop = number(fields[GSA_HDOP], stats)
    system = _field(fields, GSA_SYSTEM) or fields[0][:2]
    for satellite in fields[GSA_FIRST_SATELLITE : GSA_FIRST_SATELLITE + 12]:
        if satellite:
            epoch.satellites_named.add((system, satellite))


def read_zda(fields: list[bytes], epoch: Epoch, stats: NmeaStats) -> None:
    """Time and date: both are read when the sentence finds its epoch."""


def date_in_rmc(fields: list[bytes], stats: NmeaStats) -> datetime | None:
    """The beginning of an RMC's day, where it has one."""
    text = fields[RMC_DATE]
    midnight = ddmmyy(text)
    if midnight is None and text:
        stats.malformed += 1
    return midnight


def date_in_zda(fields: list[bytes], stats: NmeaStats) -> datetime | None:
    """The beginning of a ZDA's day, where it has one."""
    day = whole_number(fields[ZDA_DAY], stats)
    month = whole_number(fields[ZDA_MONTH], stats)
    year = whole_number(fields[ZDA_YEAR], stats)
    if day is None or month is None or year is None:
        return None
    midnight = beginning_of_day(day, month, year)
    if midnight is None:
        stats.malformed += 1
    return midnight


class Kind(NamedTuple):
    """How one type of sentence is read.

    Attributes:
        name: the sentence formatter, "RMC".
        read: puts the sentence into an epoch.
        fewest_fields: the address included; a shorter sentence is malformed.
        time_at: where its time stands; 0 for a sentence without one, which belongs to the epoch before it.
        date: reads its date, where it has one.
        gives: what it can add to a report, as bits.
    """

    name: str
    read: Callable[[list[bytes], Epoch, NmeaStats], None]
    fewest_fields: int
    time_at: int = 0
    date: Callable[[list[bytes], NmeaStats], datetime | None] | None = None
    gives: int = 0


POSITION, MOVEMENT, HEIGHT = 1, 2, 4

KINDS = {
    b"RMC": Kind("RMC", read_rmc, RMC_DATE + 1, RMC_TIME, date_in_rmc, POSITION | MOVEMENT),
    b"GGA": Kind("GGA", read_gga, GGA_ALTITUDE + 1, GGA_TIME, None, POSITION | HEIGHT),
    b"GNS": Kind("GNS", read_gns, GNS_ALTITUDE + 1, GNS_TIME, None, POSITION | HEIGHT),
    b"GLL": Kind("GLL", read_gll, GLL_TIME + 1, GLL_TIME, None, POSITION),
    b"VTG": Kind("VTG", read_vtg, VTG_OLD_FIELDS, gives=MOVEMENT),
    b"GSA": Kind("GSA", read_gsa, GSA_HDOP + 1),
    b"ZDA": Kind("ZDA", read_zda, ZDA_YEAR + 1, ZDA_TIME, date_in_zda),
}


@lru_cache(maxsize=256)
def kind_of(address: bytes) -> Kind | None:
    """The type of a sentence, whoever the talker; ``P`` begins a maker's own (``PGRMC`` is Garmin's)."""
    if len(address) != 5 or address[:1] == b"P":
        return None
    return KINDS.get(address[2:])
