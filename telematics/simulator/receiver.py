"""A satellite receiver: from where a bus really is to the NMEA 0183 bytes that its receiver would send."""

import math
from dataclasses import dataclass
from datetime import datetime
from random import Random

from telematics.geometry import moved
from telematics.simulator.driving import TrueState
from telematics.units import mps_to_kmh, mps_to_knots

_ERROR_SIGMA_M = 2.2
_ERROR_TIME_S = 60.0
"""Position errors wander: a first-order Gauss-Markov process with this spread and correlation time."""
_SPEED_SIGMA_MPS = 0.12
_SPEED_ERROR_MOST_MPS = 0.4
_REACQUIRE_S = 3.0
_SPIKE_EVERY_S = 500.0
_DROPOUT_EVERY_S = 150.0
_STANDSTILL_MPS = 0.4


def sentence(body: str) -> bytes:
    """An NMEA sentence with its checksum: `body` without dollar sign and star."""
    return b"$%b*%02X\r\n" % (raw := body.encode("ascii"), checksum(raw))


def checksum(body: bytes) -> int:
    """Exclusive or of all bytes between dollar sign and star (NMEA 0183, 5.3.1)."""
    folded = int.from_bytes(body, "little")
    for bits in (512, 256, 128, 64, 32, 16, 8):
        folded ^= folded >> bits
    return folded & 0xFF


@dataclass(frozen=True)
class ReceiverModel:
    """What one make of receiver sends.

    Attributes:
        talker: its talker: "GN", "GP", "BD".
        minute_decimals: decimals of the minutes of latitude and longitude.
        sends_vtg: whether it sends VTG too.
        sends_gsa: whether it sends GSA with every fifth report.
    """

    talker: str
    minute_decimals: int
    sends_vtg: bool
    sends_gsa: bool


def any_model(chance: Random) -> ReceiverModel:
    """A make of receiver, by chance."""
    return ReceiverModel(
        talker=chance.choices(("GN", "GP", "BD"), (6, 3, 2))[0],
        minute_decimals=chance.choice((4, 5)),
        sends_vtg=chance.random() < 0.4,
        sends_gsa=chance.random() < 0.3,
    )


class Receiver:
    """One receiver, with its wandering error and its memory of when it last saw the sky."""

    def __init__(self, model: ReceiverModel, chance: Random, poor_antenna: bool = False) -> None:
        """A receiver in working order.

        Args:
            model: its make.
            chance: where its noise comes from.
            poor_antenna: whether it loses its fix now and then under the open sky.
        """
        self._model = model
        self._chance = chance
        self._poor_antenna = poor_antenna
        self._error_m = (chance.gauss(0, _ERROR_SIGMA_M), chance.gauss(0, _ERROR_SIGMA_M))
        self._blind_s = 0.0
        self._course_deg: float | None = None
        self._reports = 0

    def report(self, state: TrueState, time: datetime, elapsed_s: float) -> bytes:
        """The sentences of one epoch.

        Args:
            state: where the bus really is.
            time: the epoch, UTC.
            elapsed_s: seconds since the epoch before.
        """
        self._reports += 1
        self._age_error(elapsed_s)
        if not self._sees_sky(state, elapsed_s):
            return self._void_report(time)
        return self._valid_report(state, time, elapsed_s)

    def _age_error(self, elapsed_s: float) -> None:
        keep = math.exp(-elapsed_s / _ERROR_TIME_S)
        fresh = _ERROR_SIGMA_M * math.sqrt(1 - keep**2)
        east, north = self._error_m
        self._error_m = (
            east * keep + self._chance.gauss(0, fresh),
            north * keep + self._chance.gauss(0, fresh),
        )

    def _sees_sky(self, state: TrueState, elapsed_s: float) -> bool:
        self._blind_s -= elapsed_s
        if state.tunnel:
            self._blind_s = _REACQUIRE_S
        elif self._poor_antenna and self._chance.random() < elapsed_s / _DROPOUT_EVERY_S:
            self._blind_s = self._chance.uniform(4, 12)
        return self._blind_s <= 0

    def _void_report(self, time: datetime) -> bytes:
        talker, clock = self._model.talker, _clock(time)
        return (
            sentence(f"{talker}RMC,{clock},V,,,,,,,{time:%d%m%y},,,N")
            + sentence(f"{talker}GGA,{clock},,,,,0,00,99.99,,M,,M,,")
            + (sentence(f"{talker}VTG,,T,,M,,N,,K,N") if self._model.sends_vtg else b"")
        )

    def _valid_report(self, state: TrueState, time: datetime, elapsed_s: float) -> bytes:
        east, north = self._error_m
        reach, towards = math.hypot(east, north), math.degrees(math.atan2(east, north))
        if self._chance.random() < elapsed_s / _SPIKE_EVERY_S:
            reach, towards = self._chance.uniform(7, 14), self._chance.uniform(0, 360)
        lat, lon = moved(state.lat, state.lon, towards, reach)
        speed = self._measured_speed(state.speed_mps)
        course = self._measured_course(state, speed)
        satellites = self._chance.randint(8, 19)
        hdop = max(0.6, 11 / satellites + self._chance.gauss(0, 0.08))
        talker, clock, where = self._model.talker, _clock(time), self._where(lat, lon)
        knots, altitude = mps_to_knots(speed), 4.5 + north
        report = sentence(f"{talker}RMC,{clock},A,{where},{knots:.2f},{course},{time:%d%m%y},,,A")
        report += sentence(
            f"{talker}GGA,{clock},{where},1,{satellites:02d},{hdop:.2f},{altitude:.1f},M,8.6,M,,"
        )
        if self._model.sends_vtg:
            report += sentence(f"{talker}VTG,{course},T,,M,{knots:.2f},N,{mps_to_kmh(speed):.2f},K,A")
        if self._model.sends_gsa and self._reports % 5 == 0:
            used = ",".join(f"{number:02d}" for number in sorted(self._chance.sample(range(1, 33), 8)))
            report += sentence(f"{talker}GSA,A,3,{used},,,,,{hdop * 1.6:.2f},{hdop:.2f},{hdop * 1.25:.2f}")
        return report

    def _measured_speed(self, speed_mps: float) -> float:
        error = self._chance.gauss(0, _SPEED_SIGMA_MPS)
        return max(0.0, speed_mps + max(-_SPEED_ERROR_MOST_MPS, min(_SPEED_ERROR_MOST_MPS, error)))

    def _measured_course(self, state: TrueState, speed_mps: float) -> str:
        """The course, held from before at a standstill, empty until the bus has moved."""
        if speed_mps > _STANDSTILL_MPS:
            spread = min(15.0, 6.0 / speed_mps)
            self._course_deg = (state.course_deg + self._chance.gauss(0, spread)) % 360
        return "" if self._course_deg is None else f"{self._course_deg % 360:.2f}"

    def _where(self, lat: float, lon: float) -> str:
        decimals = self._model.minute_decimals
        ns, ew = "N" if lat >= 0 else "S", "E" if lon >= 0 else "W"
        return f"{degrees_minutes(lat, 2, decimals)},{ns},{degrees_minutes(lon, 3, decimals)},{ew}"


def degrees_minutes(angle: float, degree_digits: int, minute_decimals: int) -> str:
    """An angle in NMEA's form: 31.0206 as "3101.2360", without its sign."""
    units = round(abs(angle) * 60 * 10**minute_decimals)
    degrees, rest = divmod(units, 60 * 10**minute_decimals)
    whole, fraction = divmod(rest, 10**minute_decimals)
    return f"{degrees:0{degree_digits}d}{whole:02d}.{fraction:0{minute_decimals}d}"


def _clock(time: datetime) -> str:
    return f"{time:%H%M%S}.{time.microsecond // 10000:02d}"
