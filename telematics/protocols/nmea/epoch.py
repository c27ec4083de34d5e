"""What a receiver said about one instant, gathered from its sentences."""

from datetime import datetime, timedelta

import msgspec

from telematics.fix import NO_VERDICT, Fix, Verdict

UERE_M = 5.1
"""One-sigma user equivalent range error of single-frequency GPS without selective availability, metres.

B. W. Parkinson, "GPS Error Analysis", in Global Positioning System: Theory and Applications I, AIAA 1996,
table 2 (filtered). Times HDOP it gives the one-sigma horizontal error.
"""
MAX_RAW_SENTENCES = 16
WORST_HDOP = 99.0
"""From here receivers mean "unknown"."""


class Epoch(msgspec.Struct):
    """One instant under collection, however many sentences speak of it and however often.

    Attributes:
        tod_us: time of day, microseconds since midnight UTC.
        midnight: the beginning of its day, where one of its sentences carries a date.
        status: what RMC or GLL say of validity (any `A` counts), None where neither came.
        quality: what GGA or GNS say of it; it counts where there is no status.
        estimated: the position is dead reckoning.
        impossible: a position field could not be true.
        position_text: what latitude and longitude were read from.
        speed_mps: by RMC, as is the course; VTG's serve where it tells none.
        hdop: by GGA or GNS; GSA's serves where they tell none.
        satellites_named: system and number of those that GSA lists; counted where GGA and GNS tell no number.
        speaks_4_10: the receiver sends what NMEA 4.10 (2012) brought.
        gives: what the sentences so far can add to a report, as bits (`Kind.gives`).
        raw: the sentences as received.
    """

    tod_us: int
    midnight: datetime | None = None
    status: bool | None = None
    quality: bool | None = None
    estimated: bool = False
    impossible: bool = False
    lat: float | None = None
    lon: float | None = None
    position_text: list[bytes] = []
    speed_mps: float | None = None
    course_deg: float | None = None
    vtg_speed_mps: float | None = None
    vtg_course_deg: float | None = None
    altitude_m: float | None = None
    satellites: int | None = None
    satellites_named: set[tuple[bytes, bytes]] = set()
    hdop: float | None = None
    gsa_hdop: float | None = None
    speaks_4_10: bool = False
    gives: int = 0
    raw: list[bytes] = []

    @property
    def reported(self) -> bool:
        """Whether any sentence said if there is a position: a ZDA alone makes no report."""
        return self.status is not None or self.quality is not None

    def fix(self, midnight: datetime, verdicts: Verdict = NO_VERDICT) -> Fix:
        """The report, its day filled in; a void one keeps nothing that could pass for a place or a speed."""
        time = midnight + timedelta(microseconds=self.tod_us)
        raw = b"\r\n".join(self.raw)
        satellites = self.satellites
        if satellites is None and self.satellites_named:
            satellites = len(self.satellites_named)
        vouched = self.quality if self.status is None else self.status
        if not vouched or self.lat is None:
            if vouched and self.impossible:
                verdicts |= Verdict.IMPLAUSIBLE
            return Fix(time, satellites=satellites, verdicts=verdicts | Verdict.VOID, raw=raw)
        return Fix(
            time,
            self.lat,
            self.lon,
            self.vtg_speed_mps if self.speed_mps is None else self.speed_mps,
            self.vtg_course_deg if self.course_deg is None else self.course_deg,
            self.altitude_m,
            satellites,
            self._accuracy_m(),
            verdicts,
            "nmea",
            raw,
        )

    def _accuracy_m(self) -> float | None:
        """One-sigma horizontal error by the dilution of precision, which says nothing of dead reckoning."""
        hdop = self.gsa_hdop if self.hdop is None else self.hdop
        if hdop is None or self.estimated or not 0.0 < hdop < WORST_HDOP:
            return None
        return hdop * UERE_M
