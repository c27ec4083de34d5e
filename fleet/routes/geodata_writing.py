"""Stops and lines as files for other programs: GeoJSON (RFC 7946), GPX 1.1, KML 2.2 and Shapefile, all WGS-84."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from fleet.routes.models import RoutePattern, Stop
from fleet.routes.shapefile import zipped_shapefile

GPX = "http://www.topografix.com/GPX/1/1"
KML = "http://www.opengis.net/kml/2.2"
CONTENT_TYPES = {
    "geojson": "application/geo+json",
    "gpx": "application/gpx+xml",
    "kml": "application/vnd.google-earth.kml+xml",
    "zip": "application/zip",
}
LABELS = {"geojson": "GeoJSON", "gpx": "GPX", "kml": "KML", "zip": "Shapefile (.zip)"}


def stops_file(kind: str, stops: Sequence[Stop]) -> bytes:
    """Stops as a file of a kind in `CONTENT_TYPES`, as `geodata.read_places` reads them back."""
    made: Mapping[str, Callable[[Sequence[Stop]], bytes]] = {
        "geojson": stops_geojson,
        "gpx": stops_gpx,
        "kml": stops_kml,
        "zip": lambda them: zipped_shapefile(stops_geojson(them), "stops"),
    }
    return made[kind](stops)


def lines_file(kind: str, patterns: Sequence[RoutePattern]) -> bytes:
    """Lines of routes as a file of a kind in `CONTENT_TYPES`, as `geodata_lines.read_lines` reads them back."""
    made: Mapping[str, Callable[[Sequence[RoutePattern]], bytes]] = {
        "geojson": lines_geojson,
        "gpx": lines_gpx,
        "kml": lines_kml,
        "zip": lambda them: zipped_shapefile(lines_geojson(them), "routes"),
    }
    return made[kind](patterns)


def stops_geojson(stops: Sequence[Stop]) -> bytes:
    """A feature collection of points."""
    return collection(
        (
            {"type": "Point", "coordinates": [stop.place.x, stop.place.y]},
            {
                "id": stop.pk,
                "name": stop.name,
                "name_en": stop.name_en,
                "approach_deg": stop.approach_deg,
                "side": stop.side,
                "kind": stop.kind,
                "approval_number": stop.approval_number,
            },
        )
        for stop in stops
    )


def lines_geojson(patterns: Sequence[RoutePattern]) -> bytes:
    """A feature collection of lines."""
    return collection(
        (
            {"type": "LineString", "coordinates": [list(point[:2]) for point in one.line.coords]},
            {
                "name": str(one),
                "route": one.route.name,
                "direction": one.direction,
                "weekdays": one.weekdays,
                "valid_from": one.valid_from.isoformat(),
                "valid_until": one.valid_until.isoformat() if one.valid_until else None,
                "length_m": round(one.length_m, 1),
            },
        )
        for one in patterns
    )


def collection(features: Any) -> bytes:
    """Pairs of geometry and properties as a feature collection."""
    made = [
        {"type": "Feature", "geometry": geometry, "properties": properties}
        for geometry, properties in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": made}, ensure_ascii=False).encode()


def stops_gpx(stops: Sequence[Stop]) -> bytes:
    """Waypoints."""
    root = gpx_root()
    for stop in stops:
        point = ElementTree.SubElement(root, "wpt", gpx_place(stop.place.x, stop.place.y))
        ElementTree.SubElement(point, "name").text = stop.name
    return xml(root)


def lines_gpx(patterns: Sequence[RoutePattern]) -> bytes:
    """Tracks."""
    root = gpx_root()
    for one in patterns:
        track = ElementTree.SubElement(root, "trk")
        ElementTree.SubElement(track, "name").text = str(one)
        segment = ElementTree.SubElement(track, "trkseg")
        for lon, lat, *_height in one.line.coords:
            ElementTree.SubElement(segment, "trkpt", gpx_place(lon, lat))
    return xml(root)


def gpx_root() -> ElementTree.Element:
    """The root of a GPX file."""
    return ElementTree.Element("gpx", {"xmlns": GPX, "version": "1.1", "creator": "Schoolrun"})


def gpx_place(lon: float, lat: float) -> dict[str, str]:
    """A place as GPX has it."""
    return {"lat": f"{lat:.7f}", "lon": f"{lon:.7f}"}


def stops_kml(stops: Sequence[Stop]) -> bytes:
    """Placemarks of points."""
    return placemarks((stop.name, "Point", f"{stop.place.x:.7f},{stop.place.y:.7f}") for stop in stops)


def lines_kml(patterns: Sequence[RoutePattern]) -> bytes:
    """Placemarks of lines."""
    return placemarks(
        (
            str(one),
            "LineString",
            " ".join(f"{lon:.7f},{lat:.7f}" for lon, lat, *_height in one.line.coords),
        )
        for one in patterns
    )


def placemarks(marks: Any) -> bytes:
    """Names, kinds of geometry and coordinates as placemarks."""
    root = ElementTree.Element("kml", {"xmlns": KML})
    document = ElementTree.SubElement(root, "Document")
    for name, kind, coordinates in marks:
        mark = ElementTree.SubElement(document, "Placemark")
        ElementTree.SubElement(mark, "name").text = name
        ElementTree.SubElement(ElementTree.SubElement(mark, kind), "coordinates").text = coordinates
    return xml(root)


def xml(root: ElementTree.Element) -> bytes:
    """A tree as a file."""
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
