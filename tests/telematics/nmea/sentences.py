"""Builds NMEA sentences for the tests, and knows the recordings beside the repository."""

from pathlib import Path

import pytest

from telematics.fix import Fix, Identity
from telematics.protocols.nmea import NmeaDecoder

RECORDINGS = Path(__file__).parents[4] / "shared" / "data" / "nmea"

needs_recordings = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="the recordings (../shared/data/nmea) are not beside the repository"
)


def sentence(content: str) -> bytes:
    """A sentence with its checksum and line end."""
    check = 0
    for byte in content.encode("latin-1"):
        check ^= byte
    return f"${content}*{check:02X}\r\n".encode("latin-1")


def rmc(
    time: str = "120000.00",
    *,
    status: str = "A",
    lat: str = "4807.038,N",
    lon: str = "01131.000,E",
    knots: str = "10.0",
    course: str = "084.4",
    date: str = "010926",
    rest: str = ",,A",
    talker: str = "GP",
) -> bytes:
    """A recommended-minimum sentence."""
    return sentence(f"{talker}RMC,{time},{status},{lat},{lon},{knots},{course},{date}{rest}")


def gga(
    time: str = "120000.00",
    *,
    lat: str = "4807.038,N",
    lon: str = "01131.000,E",
    quality: str = "1",
    satellites: str = "08",
    hdop: str = "0.9",
    altitude: str = "545.4",
    talker: str = "GP",
) -> bytes:
    """A fix-data sentence."""
    return sentence(f"{talker}GGA,{time},{lat},{lon},{quality},{satellites},{hdop},{altitude},M,46.9,M,,")


def gll(time: str = "120000.00", status: str = "A") -> bytes:
    """A position sentence."""
    return sentence(f"GPGLL,4807.038,N,01131.000,E,{time},{status},A")


def decode(data: bytes, **settings: object) -> list[Fix | Identity]:
    """All messages of a finished stream."""
    decoder = NmeaDecoder(**settings)  # type: ignore[arg-type]  # the tests' settings are the decoder's
    return decoder.feed(data) + decoder.end()


def fixes(data: bytes, **settings: object) -> list[Fix]:
    """All fixes of a finished stream."""
    return [message for message in decode(data, **settings) if isinstance(message, Fix)]


def fix(data: bytes, **settings: object) -> Fix:
    """The only fix of a finished stream."""
    (only,) = fixes(data, **settings)
    return only
