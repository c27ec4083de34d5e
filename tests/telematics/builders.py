"""Builders of reports: a bus on a straight road, said in a few words."""

from datetime import UTC, datetime, timedelta
from typing import Any

from telematics.fix import NO_VERDICT, Arrival, Fix
from telematics.geometry import moved
from telematics.pipeline import Rulebook
from telematics.rules.speeding import SpeedingLimits, SpeedLimit
from telematics.units import kmh_to_mps
from telematics.validate import Plausibility

START = datetime(2026, 9, 1, 7, 0, tzinfo=UTC)
SIXTY = SpeedLimit(mps=kmh_to_mps(60), source="no expressway", article="Art 35")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def fix(seconds: float, kmh: float | None = 30, *, metres: float | None = None, **changes) -> Fix:
    """A report `seconds` after the start, `metres` down the road (by default as far as 30 km/h takes one)."""
    lat, lon = moved(31.0, 121.0, 90, seconds * kmh_to_mps(30) if metres is None else metres)
    given: dict[str, Any] = {
        "time": at(seconds),
        "lat": lat,
        "lon": lon,
        "speed_mps": None if kmh is None else kmh_to_mps(kmh),
        "course_deg": 90.0,
        "satellites": 9,
        "accuracy_m": 4.0,
        "verdicts": NO_VERDICT,
    }
    return Fix(**given | changes)


def drive(*speeds_kmh: float, every_s: float = 5, start_s: float = 0) -> list[Fix]:
    """Reports at even intervals with these speeds, each where the speeds before it took the bus."""
    metres, reports = 0.0, []
    for number, kmh in enumerate(speeds_kmh):
        reports.append(fix(start_s + number * every_s, kmh, metres=metres))
        metres += kmh_to_mps(kmh) * every_s
    return reports


def arrival(report: Fix, device: str = "bus", delay_s: float = 1) -> Arrival:
    return Arrival(device, report, report.time + timedelta(seconds=delay_s))


def rulebook(**changes) -> Rulebook:
    limits: dict[str, Any] = {"at": lambda report, road: SIXTY, "lowest_mps": SIXTY.mps} | changes
    return Rulebook(profile="test", plausibility=Plausibility(), speeding=SpeedingLimits(**limits))
