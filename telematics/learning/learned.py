"""A way as drives of it tell: its stops in order with their times, its departures, and its line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo
from enum import StrEnum
from itertools import pairwise
from statistics import median

from telematics.geometry import distance_m
from telematics.learning.stops import Alike, FoundStop, Knowledge, found_stops, mean_course, stop_at
from telematics.learning.ways import LatLon, common_line

SAME_DEPARTURE_S = 20 * 60
SAME_PLACE_M = 120.0
LONGEST_DWELL_S = 600
KEPT_FROM = 0.5
"""Places that are more likely stops than not are proposed; the others are shown with them, left out."""


class Heading(StrEnum):
    """Which way the children go."""

    TO_SCHOOL = "to_school"
    TO_HOME = "to_home"


@dataclass(frozen=True)
class LearnedStop:
    """A stop as it was driven.

    Attributes:
        lat: degrees WGS-84.
        lon: degrees WGS-84.
        approach_deg: course on which buses come to it, where that is known.
        known: id of the stop that is recorded there.
        offset_s: after the departure from the first stop.
        dwell_s: how long buses usually stand.
        stood: on how many drives.
        passed: of so many that came past.
        boarded: on how many of them pupils boarded or alighted.
        aside_m: how far to the right of their way buses stood, where that can be told.
        confidence: that it is a stop, 0 to 1.
        is_school: whether it is the school's own.
    """

    lat: float
    lon: float
    approach_deg: float | None
    known: int | None
    offset_s: int
    dwell_s: int
    stood: int
    passed: int
    boarded: int
    aside_m: float | None
    confidence: float
    is_school: bool = False

    @property
    def is_proposed(self) -> bool:
        """Whether it is more likely a stop than not."""
        return self.confidence >= KEPT_FROM


@dataclass(frozen=True)
class LearnedWay:
    """A way that a bus runs.

    Attributes:
        heading: to school or home.
        stops: in order, doubtful ones among them.
        line: (lat, lon), as the bus drives, from the first stop that is proposed to the last.
        departures: local times at the first stop, to the minute.
        days: on which it was driven.
        drives: how many.
        likeness: how much of the drives runs along each other, 0 to 1.
    """

    heading: Heading
    stops: Sequence[LearnedStop]
    line: Sequence[LatLon]
    departures: Sequence[time]
    days: Sequence[date]
    drives: int
    likeness: float


def learned_way(
    heading: Heading, group: Alike, days: Sequence[date], zone: tzinfo, known: Knowledge
) -> LearnedWay | None:
    """A way with its stops and times; None where it has no stop but the school's."""
    way, gate = group.traces[0], school_stop(heading, group, known)
    found = [
        one
        for one in found_stops(group, known)
        if distance_m(one.lat, one.lon, gate.lat, gate.lon) > SAME_PLACE_M
    ]
    served = [one for one in found if one.confidence >= KEPT_FROM]
    if not served:
        return None
    is_home = heading is Heading.TO_HOME
    begins_m = 0.0 if is_home else served[0].along_m
    ends_m = served[-1].along_m if is_home else way.line.length_m
    found = [one for one in found if begins_m <= one.along_m <= ends_m]
    begun_s = departures_s(heading, served[0], group)
    return LearnedWay(
        heading=heading,
        stops=in_order(heading, found, begun_s, reached(gate, group, begun_s)),
        line=common_line(way, group.traces[1:], begins_m, ends_m),
        departures=usual_departures(list(begun_s.items()), group, zone),
        days=sorted({days[one.day] for one in group.drives}),
        drives=len(group.drives),
        likeness=group.likeness,
    )


def departures_s(heading: Heading, first: FoundStop, group: Alike) -> dict[int, float]:
    """When each drive left the first stop, Unix seconds by its number; of those that stood there."""
    if heading is Heading.TO_HOME:
        return {number: drive.standings[0].left_s for number, drive in enumerate(group.drives)}
    return {one.drive: one.standing.left_s for one in first.seen}


def usual_departures(begun_s: Sequence[tuple[int, float]], group: Alike, zone: tzinfo) -> list[time]:
    """The times of day at which a way was begun on most of its days."""
    days = {drive.day for drive in group.drives}
    begun = sorted((clock_s(at_s, zone), group.drives[number].day) for number, at_s in begun_s)
    departures: list[time] = []
    together: list[tuple[float, int]] = []
    for one, following in pairwise([*begun, (float("inf"), -1)]):
        together.append(one)
        if following[0] - one[0] <= SAME_DEPARTURE_S:
            continue
        if 2 * len({day for _clock, day in together}) > len(days):
            minutes = round(median(clock for clock, _day in together) / 60)
            departures.append(time(minutes // 60 % 24, minutes % 60))
        together = []
    return departures


def in_order(
    heading: Heading, found: Sequence[FoundStop], begun_s: dict[int, float], gate: LearnedStop
) -> list[LearnedStop]:
    """The stops of a way, the school's own among them, each reached after the one before."""
    is_home = heading is Heading.TO_HOME
    came = [(one, [(seen.drive, seen.standing.came_s) for seen in one.seen]) for one in found]
    stops = [learned_stop(one, median_offset_s(times, begun_s)) for one, times in came]
    stops = [gate, *stops] if is_home else [*stops, gate]
    offset = 0
    for number, one in enumerate(stops):
        offset = max(offset + 1, one.offset_s) if number else 0
        stops[number] = replace(one, offset_s=offset)
    return stops


def learned_stop(one: FoundStop, offset_s: int) -> LearnedStop:
    """A place where a bus stands again and again, as a stop."""
    return LearnedStop(
        lat=one.lat,
        lon=one.lon,
        approach_deg=one.course_deg,
        known=one.known.stop if one.known else None,
        offset_s=offset_s,
        dwell_s=round(one.dwell_s),
        stood=len(one.seen),
        passed=one.passed,
        boarded=one.boarded,
        aside_m=one.aside_m,
        confidence=one.confidence,
    )


def school_stop(heading: Heading, group: Alike, known: Knowledge) -> LearnedStop:
    """The school's own stop, where the drives begin or end."""
    stood = [one.standings[0 if heading is Heading.TO_HOME else -1] for one in group.drives]
    lat, lon = median(one.lat for one in stood), median(one.lon for one in stood)
    course = mean_course([one.course_deg for one in stood])
    there = stop_at(known.stops, lat, lon, course)
    return LearnedStop(
        lat=lat,
        lon=lon,
        approach_deg=course,
        known=there.stop if there else None,
        offset_s=0,
        dwell_s=min(round(median(one.lasted_s for one in stood)), LONGEST_DWELL_S),
        stood=len(stood),
        passed=len(stood),
        boarded=0,
        aside_m=None,
        confidence=1.0,
        is_school=True,
    )


def reached(gate: LearnedStop, group: Alike, begun_s: dict[int, float]) -> LearnedStop:
    """The school's stop with the time at which drives end there."""
    came_s = [(number, one.standings[-1].came_s) for number, one in enumerate(group.drives)]
    return replace(gate, offset_s=median_offset_s(came_s, begun_s))


def median_offset_s(came_s: Sequence[tuple[int, float]], begun_s: dict[int, float]) -> int:
    """How long after their departure drives came somewhere; nothing where none of them is known to have departed."""
    offsets = [at_s - begun_s[drive] for drive, at_s in came_s if drive in begun_s]
    return round(median(offsets)) if offsets else 0


def clock_s(at_s: float, zone: tzinfo) -> float:
    """The time of day of a moment, in seconds."""
    local = datetime.fromtimestamp(at_s, zone)
    return local.hour * 3600 + local.minute * 60 + local.second
