"""Reads lines of routes from files of other programs: GeoJSON, GPX, KML and zipped Shapefile, through GDAL."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from fleet.routes.geodata import (
    ENGLISH_NAMES,
    NAMES,
    Problem,
    UnreadableGeodataError,
    first_text,
    opened,
)
from telematics.china import Datum, to_wgs84
from telematics.geometry import distance_m
from telematics.learning.ways import simplified

LINE_LAYERS = ("tracks", "routes")
MOST_LINES = 50
MOST_POINTS = 50_000
MEETING_M = 50.0
"""Pieces of one line whose ends are farther apart do not belong together."""
TOLERANCE_M = 1.0

Point = tuple[float, float]


@dataclass(frozen=True)
class FoundLine:
    """A line in a file, WGS-84.

    Attributes:
        feature: its number in the file, from 1.
        name: as the file has it; empty where it has none.
        points: (lon, lat) in degrees, in the order of the file.
    """

    feature: int
    name: str
    points: Sequence[Point]


def read_lines(file_name: str, content: bytes, datum: Datum) -> tuple[list[FoundLine], list[Problem]]:
    """The lines of a file, and what in them can't be right; points beside them are passed over.

    Args:
        file_name: as it was given; its end says what it is.
        content: of the file.
        datum: of its coordinates, where the file itself does not tell a reference system other than WGS-84.

    Raises:
        UnreadableGeodataError: where it is no such file, has no line, or is too large.
    """
    lines: list[FoundLine] = []
    problems: list[Problem] = []
    features = opened(file_name, content, LINE_LAYERS)
    for number, (fields, geometry) in enumerate(features, start=1):
        if geometry is not None and geometry.geom_name in {"POINT", "MULTIPOINT"}:
            continue
        found = line_of(number, fields, geometry, datum)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            lines.append(found)
    if not lines and not problems:
        raise UnreadableGeodataError(_("There is no line in this file."))
    if len(lines) > MOST_LINES:
        raise UnreadableGeodataError(_("There are more than %d lines in this file.") % MOST_LINES)
    return lines, problems


def line_of(number: int, fields: dict[str, Any], geometry: Any, datum: Datum) -> FoundLine | Problem:
    """A feature as a line, or what is wrong with it."""
    if geometry is None or geometry.geom_name not in {"LINESTRING", "MULTILINESTRING"}:
        return Problem(number, _("geometry"), _("This is no line."))
    pieces = [geometry] if geometry.geom_name == "LINESTRING" else list(geometry)
    wgs84 = to_wgs84(datum)
    points: list[Point] = []
    for piece in pieces:
        placed = [wgs84(point[0], point[1]) for point in piece.tuple]
        if any(not (-180 <= lon <= 180 and -90 <= lat <= 90) for lon, lat in placed):
            return Problem(number, _("geometry"), _("This line is not on the earth."))
        if points and placed and apart_m(points[-1], placed[0]) > MEETING_M:
            message = _("This line is in pieces that lie %d m apart.") % apart_m(points[-1], placed[0])
            return Problem(number, _("geometry"), message)
        points += placed
    points = list(without_repeats(points))
    if len(points) < 2:
        return Problem(number, _("geometry"), _("A line has two points or more that differ."))
    if len(points) > MOST_POINTS:
        return Problem(number, _("geometry"), _("A line has %d points at most.") % MOST_POINTS)
    fewer = simplified([(lat, lon) for lon, lat in points], TOLERANCE_M)
    name = first_text(fields, NAMES) or first_text(fields, ENGLISH_NAMES)
    return FoundLine(number, name, [(lon, lat) for lat, lon in fewer])


def without_repeats(points: Sequence[Point]) -> Iterator[Point]:
    """The points that differ from the one before."""
    yield from points[:1]
    for before, point in pairwise(points):
        if point != before:
            yield point


def apart_m(one: Point, other: Point) -> float:
    """Metres between two points given as (lon, lat)."""
    return distance_m(one[1], one[0], other[1], other[0])
