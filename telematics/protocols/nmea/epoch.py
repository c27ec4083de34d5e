"""What a receiver said about one instant, gathered from its sentences."""

from datetime import datetime, timedelta

from telematics.fix import NO_VERDICT, Fix, Verdict

UERE_M = 5.1
"""One-sigma user equivalent range error of single-frequency GPS without selective availability, metres.

B. W. Parkinson, "GPS Error Analysis", in Global Positioning System: Theory and Applications I, AIAA 1996,
table 2 (filtered). Times HDOP it gives the one-sigma horizontal error.
"""
MAX_RAW_SENTENCES = 24
WORST_HDOP = 99.0
"""From here receivers mean "unknown"."""


class Epoch:
    """One instant under collection, however many sentences speak of it and however often.

    Attributes:
        tod_us: time of day, microseconds since midnight UTC.
        midnight: the beginning of its day, where one of its sentences carries a date.
        status: what RMC or GLL say of validity (any `A` counts), None where neither came.
        quality: what GGA or GNS say of it; it counts where there is no status.
        position_text: what latitude and longitude were read from.
        estimated: the position is dead reckoning.
        impossible: a position field could not be true.
        speaks_4_10: the receiver sends what NMEA 4.10 (2012) brought.
        gives: what the sentences so far can add to a report, as bits (`Kind.gives`).
    """

    __slots__ = (
        "altitude_m",
        "course_deg",
        "estimated",
        "gives",
        "gsa_hdop",
        "hdop",
        "impossible",
        "lat",
        "lon",
        "midnight",
        "position_text",
        "quality",
        "raw",
        "satellites",
        "satellites_named",
        "speaks_4_10",
        "speed_mps",
        "status",
        "tod_us",
        "vtg_course_deg",
        "vtg_speed_mps",
    )

    def __init__(self, tod_us: int) -> None:
        self.tod_us = tod_us
        self.midnight: datetime | None = None
        self.lat: float | None = None
        self.position_text: list[bytes] = []
        self.lon: float | None = None
        self.speed_mps: float | None = None
        self.course_deg: float | None = None
        self.vtg_speed_mps: float | None = None
        self.vtg_course_deg: float | None = None
        self.altitude_m: float | None = None
        self.satellites: int | None = None
        self.satellites_named: set[tuple[bytes, bytes]] = set()
        self.hdop: float | None = None
        self.gsa_hdop: float | None = None
        self.status: bool | None = None
        self.quality: bool | None = None
        self.estimated = False
        self.impossible = False
        self.speaks_4_10 = False
        self.gives = 0
        self.raw: list[bytes] = []

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
