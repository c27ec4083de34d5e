"""Stops as files for other programs: GeoJSON (RFC 7946), GPX 1.1 and KML 2.2, all WGS-84."""

import json
from collections.abc import Sequence
from xml.etree import ElementTree

from fleet.routes.models import Stop

GPX = "http://www.topografix.com/GPX/1/1"
KML = "http://www.opengis.net/kml/2.2"
CONTENT_TYPES = {
    "geojson": "application/geo+json",
    "gpx": "application/gpx+xml",
    "kml": "application/vnd.google-earth.kml+xml",
}


def stops_file(kind: str, stops: Sequence[Stop]) -> bytes:
    """Stops as a file of a kind in `CONTENT_TYPES`, as `geodata.read_places` reads them back."""
    return {"geojson": as_geojson, "gpx": as_gpx, "kml": as_kml}[kind](stops)


def as_geojson(stops: Sequence[Stop]) -> bytes:
    """A feature collection of points."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [stop.place.x, stop.place.y]},
            "properties": {
                "id": stop.pk,
                "name": stop.name,
                "name_en": stop.name_en,
                "approach_deg": stop.approach_deg,
                "side": stop.side,
                "kind": stop.kind,
                "approval_number": stop.approval_number,
            },
        }
        for stop in stops
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def as_gpx(stops: Sequence[Stop]) -> bytes:
    """Waypoints."""
    root = ElementTree.Element("gpx", {"xmlns": GPX, "version": "1.1", "creator": "Schoolrun"})
    for stop in stops:
        point = ElementTree.SubElement(
            root, "wpt", {"lat": f"{stop.place.y:.7f}", "lon": f"{stop.place.x:.7f}"}
        )
        ElementTree.SubElement(point, "name").text = stop.name
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def as_kml(stops: Sequence[Stop]) -> bytes:
    """Placemarks."""
    root = ElementTree.Element("kml", {"xmlns": KML})
    document = ElementTree.SubElement(root, "Document")
    for stop in stops:
        mark = ElementTree.SubElement(document, "Placemark")
        ElementTree.SubElement(mark, "name").text = stop.name
        point = ElementTree.SubElement(mark, "Point")
        ElementTree.SubElement(point, "coordinates").text = f"{stop.place.x:.7f},{stop.place.y:.7f}"
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
