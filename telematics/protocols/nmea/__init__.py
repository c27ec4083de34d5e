"""NMEA 0183, the language of GPS receivers: from a link's bytes to one `Fix` for each instant."""

from telematics.protocols.nmea.decoder import NmeaDecoder
from telematics.protocols.nmea.stats import NmeaStats

__all__ = ["NmeaDecoder", "NmeaStats"]
