"""A receiver in a bus, as seen from the server: NMEA 0183 sentences over a TCP link that names its device first."""

import math
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from tests.telematics.nmea.sentences import rmc, sentence

KNOTS_PER_KMH = 1 / 1.852
METRES_PER_DEGREE = 111_320.0


class Tracker:
    """One device's link. It keeps where it is, so that it moves as a bus would.

    Args:
        link: an open connection to the gateway.
        lat, lon: where it starts, degrees WGS-84.
    """

    def __init__(self, link: socket.socket, lat: float, lon: float) -> None:
        self._link = link
        self.lat = lat
        self.lon = lon

    def stand(self, *, seconds_ago: float = 0) -> None:
        """Report from where it is, without moving."""
        self._report(datetime.now(UTC) - timedelta(seconds=seconds_ago), kmh=0, course_deg=0)

    def drive(
        self, *, kmh: float, course_deg: float, reports: int, every_s: float = 2, ending_s_ago: float = 0
    ) -> None:
        """Send reports of a drive that ended just now, all at once: the receiver's clock tells when they were."""
        last = datetime.now(UTC) - timedelta(seconds=ending_s_ago)
        for index in range(reports):
            self._advance(kmh / 3.6 * every_s, course_deg)
            self._report(
                last - timedelta(seconds=(reports - 1 - index) * every_s), kmh=kmh, course_deg=course_deg
            )

    def _advance(self, metres: float, course_deg: float) -> None:
        course = math.radians(course_deg)
        self.lat += metres * math.cos(course) / METRES_PER_DEGREE
        self.lon += metres * math.sin(course) / (METRES_PER_DEGREE * math.cos(math.radians(self.lat)))

    def _report(self, time: datetime, *, kmh: float, course_deg: float) -> None:
        self._link.sendall(
            rmc(
                f"{time:%H%M%S}.{time.microsecond // 10_000:02}",
                lat=f"{angle(self.lat, 2)},N",
                lon=f"{angle(self.lon, 3)},E",
                knots=f"{kmh * KNOTS_PER_KMH:.2f}",
                course=f"{course_deg:.1f}",
                date=f"{time:%d%m%y}",
            )
        )


@contextmanager
def tracker(port: int, device: str, place: tuple[float, float]) -> Iterator[Tracker]:
    """Connect a device to the gateway on `port` for the time of a `with` block; it is at `place` (lat, lon)."""
    with socket.create_connection(("127.0.0.1", port)) as link:
        link.sendall(sentence(f"PGID,{device}"))
        yield Tracker(link, *place)


def angle(degrees: float, digits: int) -> str:
    """An angle as NMEA writes it: whole degrees in so many digits, then minutes."""
    whole = int(degrees)
    return f"{whole:0{digits}}{(degrees - whole) * 60:08.5f}"
