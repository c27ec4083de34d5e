"""How fast reports go through all rules: ``script/bench rules``.

A day of many buses in a town of 3,120 streets, each reporting once a second or every five: decoded reports are judged
alone and after the one before, matched to the streets, and go through every rule on a device's reports, on one core.
Beside it, in the same run:

* the floor: `NmeaDecoder.feed`, which makes the same number of reports from NMEA (see ``script/bench decode``).

The rounds alternate, so that both see the same machine, and count seconds of the processor; medians are given. The
last line is JSON.
"""

import argparse
import json
import os
import random
import statistics
import time
from datetime import UTC, datetime, timedelta

from telematics.fix import Arrival, Fix
from telematics.geometry import moved
from telematics.pipeline import DeviceState, Rulebook, advance, judged
from telematics.roads import OwnLimit, RoadIndex, RoadStretch
from telematics.rules.speeding import SpeedingLimits, SpeedLimit
from telematics.units import kmh_to_mps
from telematics.validate import Plausibility
from tests.benchmarks.decode import drive, read_ours

BUSES = 50
START = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
LIMITS = {
    kmh: SpeedLimit(mps=kmh_to_mps(kmh), source="posted", article="", kmh=kmh) for kmh in (40.0, 50.0, 60.0)
}
BLOCK_M = 200.0
BLOCKS = 40
HOME = (31.2, 121.4)


def town() -> RoadIndex:
    """A town of streets in a grid, each between two crossings a road of its own, with posted limits."""
    place = [[on_plane(BLOCK_M * column, BLOCK_M * row) for row in range(BLOCKS)] for column in range(BLOCKS)]
    ends = [
        (place[column][row], place[column + dx][row + dy], 40.0 + 10.0 * ((column * dx + row * dy) % 3))
        for column in range(BLOCKS)
        for row in range(BLOCKS)
        for dx, dy in ((1, 0), (0, 1))
        if column + dx < BLOCKS and row + dy < BLOCKS
    ]
    return RoadIndex(
        RoadStretch("street", "collector", [a, b], key=key, forward_kmh=kmh, backward_kmh=kmh)
        for key, (a, b, kmh) in enumerate(ends, start=1)
    )


def on_plane(east_m: float, north_m: float) -> tuple[float, float]:
    """A place so far from the corner of the town."""
    return moved(*moved(*HOME, 0, north_m), 90, east_m)


def rulebook() -> Rulebook:
    """The limits that are posted in the town."""

    def limit_at(report: Fix, road: OwnLimit | None) -> SpeedLimit:
        return LIMITS[(road.posted_kmh if road else None) or 60.0]

    limits = SpeedingLimits(at=limit_at, lowest_mps=kmh_to_mps(20), roads=town())
    return Rulebook(profile="bench", plausibility=Plausibility(), speeding=limits)


def day(seed: int, reports: int, every_s: float) -> list[Arrival]:
    """A bus in town: stops, lights, turns, some speeding, now and then no satellites."""
    chance = random.Random(seed)
    name, moment, kmh, target, found = f"bus{seed}", START, 0.0, 40.0, list[Arrival]()
    east = north = BLOCK_M * (BLOCKS // 2)
    course = 0
    for _ in range(reports):
        moment += timedelta(seconds=every_s)
        if chance.random() < 0.04:
            target = chance.choice([0.0, 0.0, 30.0, 45.0, 55.0, 66.0])
        kmh = max(0.0, kmh + max(-8.0 * every_s, min(4.0 * every_s, target - kmh)) + chance.gauss(0, 0.5))
        metres = kmh_to_mps(kmh) * every_s
        along = (east if course % 180 else north) + (metres if course in (0, 90) else -metres)
        if along // BLOCK_M != (east if course % 180 else north) // BLOCK_M and chance.random() < 0.3:
            along = round(along / BLOCK_M) * BLOCK_M
            east, north = (along, north) if course % 180 else (east, along)
            course = (course + chance.choice([90, 270])) % 360
        elif 0 < along < BLOCK_M * (BLOCKS - 1):
            east, north = (along, north) if course % 180 else (east, along)
        else:
            course = (course + 180) % 360
        lat, lon = on_plane(east + chance.gauss(0, 3), north + chance.gauss(0, 3))
        is_void = chance.random() < 0.01
        fix = Fix(
            time=moment,
            lat=None if is_void else lat,
            lon=None if is_void else lon,
            speed_mps=None if is_void else kmh_to_mps(kmh),
            course_deg=(course + chance.gauss(0, 4)) % 360,
            satellites=chance.randint(7, 14),
            accuracy_m=4.0,
        )
        found.append(Arrival(name, fix, moment + timedelta(seconds=1)))
    return found


def through_rules(buses: list[list[Arrival]], book: Rulebook) -> tuple[float, int]:
    """Seconds that all buses' reports take, and how many episodes they gave word of."""
    words = 0
    began = time.process_time()
    for reports in buses:
        state = DeviceState()
        for arrival in reports:
            fix = judged(arrival, book.plausibility).fix
            state, _, episodes = advance(state, fix, book)
            words += len(episodes)
    return time.process_time() - began, words


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="script/bench rules", description="Reports through all rules.")
    parser.add_argument("--reports", type=int, default=100_000, help="reports (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="times each is done (default: %(default)s)")
    options = parser.parse_args(arguments)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    each = options.reports // BUSES
    buses = [day(number, each, every_s=1.0 if number % 2 else 5.0) for number in range(BUSES)]
    count, stream, book = each * BUSES, drive(each * BUSES), rulebook()
    floor, ours, words = [], [], 0
    for _ in range(options.rounds):
        began = time.process_time()
        if read_ours(stream) != count:
            raise SystemExit("the decoder lost reports")
        floor.append(count / (time.process_time() - began))
        took, words = through_rules(buses, book)
        ours.append(count / took)
    floor_per_s, reports_per_s = statistics.median(floor), statistics.median(ours)
    print(
        f"{count:,} reports of {BUSES} buses, {options.rounds} rounds, one core; {words:,} words of episodes"
    )
    print(f"NmeaDecoder   {floor_per_s:>9,.0f} reports/s  {1e6 / floor_per_s:5.1f} µs each")
    print(f"all rules     {reports_per_s:>9,.0f} reports/s  {1e6 / reports_per_s:5.1f} µs each")
    figures = {
        "reports_per_s": round(reports_per_s),
        "decode_per_s": round(floor_per_s),
        "ratio_to_decode": round(reports_per_s / floor_per_s, 3),
    }
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
