"""Our fixes beside those of an independent decoder, gpsd, on real captures."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from telematics.fix import Fix
from telematics.geometry import distance_m
from tests.telematics.nmea.sentences import RECORDINGS, fixes, needs_recordings

PLOTTER = "bundg_zeus_9.log"
"""A chart plotter that puts two positions under one time (RMC of the second before, GGA of the second), while gpsd
ends its cycle in the middle and derives a speed of nought for a boat that makes 5.7 knots by RMC and VTG."""


class Tally(NamedTuple):
    """How many instants gpsd has a position for, and for how many of them ours is the same."""

    same: int
    instants: int


Report = dict[str, Any]


def truth(check: Path) -> dict[datetime, Report]:
    """gpsd's last word on each instant with a position: earlier ones lack what the cycle's later sentences say."""
    reports = {}
    for line in check.read_bytes().splitlines():
        if line.startswith(b'{"class":"TPV"'):
            report = json.loads(line)
            if "time" in report and "lat" in report and report["mode"] >= 2:
                reports[datetime.fromisoformat(report["time"])] = report
    return reports


def same(fix: Fix, report: Report) -> bool:
    """Within 2 m, and within 0.1 m/s where the receiver told a speed (gpsd derives one where it did not)."""
    if fix.lat is None or fix.lon is None or distance_m(fix.lat, fix.lon, report["lat"], report["lon"]) > 2:
        return False
    return fix.speed_mps is None or "speed" not in report or abs(fix.speed_mps - report["speed"]) <= 0.1


def compare(log: Path) -> Tally:
    ours = {fix.time: fix for fix in fixes(log.read_bytes())}
    reports = truth(log.with_name(log.name + ".chk"))
    return Tally(
        sum(time in ours and same(ours[time], report) for time, report in reports.items()), len(reports)
    )


@needs_recordings
def test_positions_and_speeds_are_gpsd_s():
    tallies = {
        log.name: compare(log)
        for log in sorted(RECORDINGS.glob("gpsd/*.log"))
        if log.name != PLOTTER and log.with_name(log.name + ".chk").exists()
    }
    instants = sum(tally.instants for tally in tallies.values())
    assert instants > 700
    assert sum(tally.same for tally in tallies.values()) >= 0.99 * instants, tallies


@needs_recordings
@pytest.mark.parametrize(
    ("log", "reason"),
    [
        ("ericsson-gru04-02-70sec.log", "a second receiver in the same log, without a time of its own"),
        ("ublox8-uniqid-monhw.log", "reports that came in the receiver's binary protocol"),
    ],
)
def test_only_known_captures_differ_and_by_two_instants(log, reason):
    tally = compare(RECORDINGS / "gpsd" / log)
    assert tally.instants - tally.same <= 2, reason


@needs_recordings
def test_every_other_capture_agrees_wholly():
    different = {"ericsson-gru04-02-70sec.log", "ublox8-uniqid-monhw.log", PLOTTER}
    for check in sorted(RECORDINGS.glob("gpsd/*.log.chk")):
        if check.stem not in different:
            tally = compare(check.with_name(check.stem))
            assert tally.same == tally.instants, check.stem


@needs_recordings
def test_plotter_gives_the_speed_of_its_receiver():
    ours = [fix.speed_mps for fix in fixes((RECORDINGS / "gpsd" / PLOTTER).read_bytes())]
    told = [speed_mps for speed_mps in ours if speed_mps is not None]
    assert len(told) > 140
    assert 1.5 < min(told) <= max(told) < 4.5
