"""Writes: the roads of an area, read from an extract of OpenStreetMap, in place of those that were there."""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from django.contrib.gis.geos import LineString
from django.db import transaction

from fleet.routes.models import Road, RoadImport
from telematics.osm.extract import ExtractedRoad, Tally, read_extract
from telematics.osm.way import Way

BATCH = 1000
LONGEST_NAME = 120
UNUSABLE_KEPT = 100


@transaction.atomic
def import_roads(*, path: Path, source: str, progress: Callable[[int], None] = lambda ways: None) -> Tally:
    """Read the roads of an extract, all or none; those that came from the same source or way before give way.

    Args:
        path: of the extract.
        source: names the area; a newer extract of it replaces all that came under its name.
        progress: called now and then with how many ways have been read since the last time.

    Returns:
        What was seen.

    Raises:
        UnreadableExtractError: where it is no extract that can be read; nothing is changed then.
    """
    tally = Tally()
    Road.objects.filter(source=source).delete()
    roads = read_extract(path, tally, progress)
    for batch in batches(roads):
        Road.objects.filter(way_id__in=[one.way_id for one in batch]).delete()
        Road.objects.bulk_create([road_of(one, source) for one in batch])
    RoadImport.objects.create(source=source, file_name=path.name, counts=counts_of(tally))
    return tally


def batches(roads: Iterator[ExtractedRoad]) -> Iterator[list[ExtractedRoad]]:
    """The roads, some at a time: each way once, since extracts that were joined can repeat one."""
    seen: set[int] = set()
    while batch := list(islice(roads, BATCH)):
        once = {one.way_id: one for one in batch if one.way_id not in seen}
        seen.update(once)
        yield list(once.values())


def road_of(extracted: ExtractedRoad, source: str) -> Road:
    """A road of an extract as it is stored."""
    way = extracted.way
    return Road(
        name=way.name[:LONGEST_NAME],
        name_en=way.name_en[:LONGEST_NAME],
        road_class=way.road_class,
        tunnel=way.tunnel,
        bridge=way.bridge,
        line=LineString([(lon, lat) for lat, lon in extracted.line], srid=4326),
        way_id=extracted.way_id,
        source=source,
        highway=way.highway,
        posted=kind_of(way),
        forward_kmh=way.forward.kmh if way.forward else None,
        backward_kmh=way.backward.kmh if way.backward else None,
        oneway=way.oneway,
        lanes=way.lanes,
        centre_line=way.centre_line,
        urban=way.urban,
    )


def kind_of(way: Way) -> str:
    """How a limit is posted on a way, in the direction of its line if there."""
    said = way.forward or way.backward
    return said.kind.value if said else ""


def counts_of(tally: Tally) -> dict[str, object]:
    """What was seen, as it is kept with the import."""
    return {
        "highways": tally.highways,
        "with_maxspeed": tally.with_maxspeed,
        "roads": tally.ways,
        "posted": dict(tally.posted),
        "without_place": tally.without_place,
        "conditionals": tally.conditionals,
        "unusable": dict(tally.unusable.most_common(UNUSABLE_KEPT)),
    }
