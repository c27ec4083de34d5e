"""Reads the roads of an extract: .osm, .osm.pbf and their compressed forms, streaming, by libosmium."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import osmium

from telematics.osm.way import Way, read_way

REPORT_EVERY = 2000


class UnreadableExtractError(Exception):
    """A file is no extract that can be read; the message says why."""


class Tally(msgspec.Struct):
    """What was seen in an extract.

    Attributes:
        highways: everything with a `highway`, footpaths too.
        with_maxspeed: those of them that have a `maxspeed`.
        ways: roads that buses drive on.
        posted: those with a posted limit, by kind; a zone that implies one is a kind of its own.
        without_place: roads that are left out, since the extract lacks their nodes.
        conditionals: limits for some times or weathers only, which are left out.
        unusable: values of limits that are not understood, with their keys.
    """

    highways: int = 0
    with_maxspeed: int = 0
    ways: int = 0
    posted: Counter[str] = msgspec.field(default_factory=Counter)
    without_place: int = 0
    conditionals: int = 0
    unusable: Counter[str] = msgspec.field(default_factory=Counter)

    def add(self, way: Way) -> None:
        """Count a road."""
        self.ways += 1
        self.conditionals += way.conditionals
        self.unusable.update(f"{one.key}={one.value}" for one in way.unusable)
        if said := way.forward or way.backward:
            self.posted[said.kind.value] += 1


class ExtractedRoad(msgspec.Struct, frozen=True):
    """A road of an extract.

    Attributes:
        way_id: its number in OpenStreetMap.
        way: what its tags say.
        line: (lat, lon) pairs, degrees, WGS-84; at least two.
    """

    way_id: int
    way: Way
    line: tuple[tuple[float, float], ...]


def read_extract(
    path: Path, tally: Tally, progress: Callable[[int], None] = lambda ways: None
) -> Iterator[ExtractedRoad]:
    """Every road of an extract that buses drive on, each once.

    Args:
        path: of the file; its end says what it is.
        tally: filled with what was seen.
        progress: called now and then with how many ways have been read since the last time.

    Raises:
        UnreadableExtractError: where it is no such file, is cut short, or holds no ways.
    """
    seen = reported = 0
    try:
        for way in osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations():
            if not isinstance(way, osmium.osm.Way) or way.deleted:
                continue
            seen += 1
            if seen - reported >= REPORT_EVERY:
                progress(seen - reported)
                reported = seen
            if "highway" not in way.tags:
                continue
            tally.highways += 1
            tally.with_maxspeed += "maxspeed" in way.tags
            read = read_way({tag.k: tag.v for tag in way.tags})
            if read is None:
                continue
            line = line_of(way)
            if len(line) < 2:
                tally.without_place += 1
                continue
            tally.add(read)
            yield ExtractedRoad(way.id, read, line)
    except (RuntimeError, ValueError, OSError) as error:
        raise UnreadableExtractError(
            f"{path} is no OpenStreetMap extract that can be read: {error}"
        ) from error
    progress(seen - reported)
    if not seen:
        raise UnreadableExtractError(f"There are no ways in {path}")


def line_of(way: "osmium.osm.Way") -> tuple[tuple[float, float], ...]:
    """The places of a way's nodes, each repeated place once; nodes that the extract lacks are passed over."""
    places = [(node.location.lat, node.location.lon) for node in way.nodes if node.location.valid()]
    return tuple(place for place, before in zip(places, [None, *places], strict=False) if place != before)
