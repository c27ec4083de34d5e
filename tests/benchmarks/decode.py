"""How fast NMEA becomes fixes: ``script/bench decode``.

Two readers take the same stream, an RMC and a GGA for each second of a drive:

* the floor: a bare loop that splits lines, calls ``pynmea2.parse`` (which verifies the checksum) and reads the
  same fields: time and date, latitude, longitude, speed, course, altitude, satellites, validity;
* ours: `NmeaDecoder.feed` in pieces of 4 KiB, from bytes to `Fix`.

The decoder takes from pynmea2 which field stands where, and reads the text itself. Its gain over the floor is
that it frames with one regular expression, verifies with an integer fold, and makes no object for a sentence.

The rounds alternate, so that both see the same machine; medians are given. The last line is JSON.
"""

import argparse
import json
import math
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pynmea2

from telematics.protocols.nmea import NmeaDecoder
from telematics.protocols.nmea.framing import checksum

PIECE_BYTES = 4096


def drive(epochs: int, seed: int = 1) -> bytes:
    """A drive of so many seconds as a receiver sends it: RMC and GGA, once a second."""
    chance = random.Random(seed)
    moment = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
    lat, lon, course, knots = 31.23, 121.47, 90.0, 20.0
    sentences = []
    for _ in range(epochs):
        course = (course + chance.gauss(0, 4)) % 360
        knots = min(max(knots + chance.gauss(0, 1), 0), 40)
        metres = knots * 0.514
        lat += metres * math.cos(math.radians(course)) / 111_320
        lon += metres * math.sin(math.radians(course)) / 95_200
        place = f"{_degrees_minutes(lat, 2)},N,{_degrees_minutes(lon, 3)},E"
        satellites, hdop, height = chance.randint(7, 14), chance.uniform(0.6, 1.6), chance.gauss(12, 2)
        sentences.append(f"GNRMC,{moment:%H%M%S}.00,A,{place},{knots:.3f},{course:.2f},{moment:%d%m%y},,,A,V")
        sentences.append(
            f"GNGGA,{moment:%H%M%S}.00,{place},1,{satellites:02d},{hdop:.2f},{height:.1f},M,9.7,M,,"
        )
        moment += timedelta(seconds=1)
    return "".join(f"${text}*{checksum(text.encode()):02X}\r\n" for text in sentences).encode()


def _degrees_minutes(degrees: float, width: int) -> str:
    whole = int(degrees)
    return f"{whole:0{width}d}{(degrees - whole) * 60:08.5f}"


def read_bare(stream: bytes) -> int:
    """The floor; gives the number of epochs read."""
    epochs = 0
    for line in stream.split(b"\r\n"):
        if not line:
            continue
        sentence = pynmea2.parse(line.decode("ascii"), check=True)
        if sentence.sentence_type == "RMC":
            _ = (sentence.datetime, sentence.latitude, sentence.longitude)
            _ = (sentence.spd_over_grnd, sentence.true_course, sentence.is_valid)
            epochs += 1
        else:
            _ = (sentence.timestamp, sentence.latitude, sentence.longitude)
            _ = (sentence.altitude, sentence.num_sats, sentence.is_valid)
    return epochs


def read_ours(stream: bytes) -> int:
    """The decoder; gives the number of fixes."""
    decoder = NmeaDecoder()
    fixes = 0
    for start in range(0, len(stream), PIECE_BYTES):
        fixes += len(decoder.feed(stream[start : start + PIECE_BYTES]))
    return fixes + len(decoder.end())


def _seconds(read: Callable[[bytes], int], stream: bytes, epochs: int) -> float:
    began = time.perf_counter()
    got = read(stream)
    took = time.perf_counter() - began
    if got != epochs:
        raise SystemExit(f"{read.__name__} gave {got} of {epochs} reports")
    return took


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(
        prog="script/bench decode", description="NMEA bytes to fixes, on one core."
    )
    parser.add_argument(
        "--epochs", type=int, default=100_000, help="reports in the stream (default: %(default)s)"
    )
    parser.add_argument(
        "--rounds", type=int, default=3, help="times each reader reads it (default: %(default)s)"
    )
    options = parser.parse_args(arguments)

    stream = drive(options.epochs)
    print(f"{options.epochs:,} reports of RMC and GGA, {len(stream):,} bytes, {options.rounds} rounds")
    floor, ours = [], []
    for _ in range(options.rounds):
        floor.append(options.epochs / _seconds(read_bare, stream, options.epochs))
        ours.append(options.epochs / _seconds(read_ours, stream, options.epochs))
    floor_per_s, reports_per_s = statistics.median(floor), statistics.median(ours)
    ratio = reports_per_s / floor_per_s
    print(f"bare pynmea2 loop  {floor_per_s:>9,.0f} reports/s  {1e6 / floor_per_s:5.1f} µs each")
    print(f"NmeaDecoder        {reports_per_s:>9,.0f} reports/s  {1e6 / reports_per_s:5.1f} µs each")
    print(f"ratio to the floor {ratio:.2f}")
    figures = {
        "reports_per_s": round(reports_per_s),
        "floor_per_s": round(floor_per_s),
        "ratio_to_floor": round(ratio, 3),
    }
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
