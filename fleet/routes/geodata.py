"""Reads places from files of other programs: GeoJSON, GPX, KML and zipped Shapefile, through GDAL."""

import json
import tempfile
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any
from xml.etree import ElementTree

from django.contrib.gis.gdal import DataSource, GDALException
from django.utils.translation import gettext as _

from telematics.china import Datum, to_wgs84

KINDS = (".geojson", ".json", ".gpx", ".kml", ".zip")
LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_UNPACKED_BYTES = 50 * 1024 * 1024
MOST_FEATURES = 2000
PLACE_LAYERS = ("waypoints",)
SHAPEFILE_PARTS = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
NAMES = ("name", "名称", "站点名称", "站名", "title")
ENGLISH_NAMES = ("name_en", "english", "英文名称")
WGS84_SRID = 4326


class UnreadableGeodataError(Exception):
    """A file is none that can be read; the message says why, to people."""


@dataclass(frozen=True)
class Problem:
    """Something in a file that can't be right.

    Attributes:
        feature: its number in the file, from 1.
        field: of the feature.
        message: for people.
    """

    feature: int
    field: str
    message: str


@dataclass(frozen=True)
class FoundPlace:
    """A place in a file, WGS-84.

    Attributes:
        feature: its number in the file, from 1.
        name: as the file has it.
        name_en: the English one, where the file has it.
        lon: degrees.
        lat: degrees.
    """

    feature: int
    name: str
    name_en: str
    lon: float
    lat: float


def read_places(file_name: str, content: bytes, datum: Datum) -> tuple[list[FoundPlace], list[Problem]]:
    """The points of a file, and what in it can't be right.

    Args:
        file_name: as it was given; its end says what it is.
        content: of the file.
        datum: of its coordinates, where the file itself does not tell a reference system other than WGS-84.

    Raises:
        UnreadableGeodataError: where it is no such file, or too large.
    """
    features = opened(file_name, content, PLACE_LAYERS)
    places: list[FoundPlace] = []
    problems: list[Problem] = []
    for number, (fields, geometry) in enumerate(features, start=1):
        found = place_of(number, fields, geometry, datum)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            places.append(found)
    return places, problems


def opened(file_name: str, content: bytes, gpx_layers: Collection[str]) -> list[tuple[dict[str, Any], Any]]:
    """The fields and the geometry, WGS-84 or without a reference system, of each feature of a file.

    Args:
        file_name: as it was given; its end says what it is.
        content: of the file.
        gpx_layers: which layers of a GPX file count.

    Raises:
        UnreadableGeodataError: where it is no such file, empty, or too large.
    """
    kind = PurePath(file_name).suffix.lower()
    refuse_others(kind, content)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"places{kind}"
        path.write_bytes(content)
        address = f"/vsizip/{path}" if kind == ".zip" else str(path)
        try:
            features = list(features_of(DataSource(address), gpx_layers))
        except (GDALException, UnicodeDecodeError) as error:
            raise UnreadableGeodataError(_("This file can't be read: %s") % error) from error
    if not features:
        raise UnreadableGeodataError(_("There is nothing in this file."))
    return features


def refuse_others(kind: str, content: bytes) -> None:
    """Refuse what is not one of the files that are read, before GDAL opens it: it would open many others, too.

    Raises:
        UnreadableGeodataError: saying why.
    """
    if kind not in KINDS:
        raise UnreadableGeodataError(_("Give a GeoJSON, GPX or KML file, or a zipped Shapefile."))
    if len(content) > LARGEST_BYTES:
        raise UnreadableGeodataError(_("The file is larger than 10 MB."))
    try:
        if kind == ".zip":
            refuse_other_members(content)
        elif kind in {".gpx", ".kml"}:
            root = ElementTree.fromstring(content).tag  # noqa: S314  (expat 2.4.1 and later limit how entities grow)
            if not root.lower().endswith(kind.removeprefix(".")):
                raise UnreadableGeodataError(_("This is no %s file.") % kind)
        elif not isinstance(json.loads(content), dict):
            raise UnreadableGeodataError(_("This is no %s file.") % kind)
    except (ElementTree.ParseError, ValueError, zipfile.BadZipFile) as error:
        raise UnreadableGeodataError(_("This file can't be read: %s") % error) from error


def refuse_other_members(content: bytes) -> None:
    """Refuse an archive that is no Shapefile, or grows too large.

    Raises:
        UnreadableGeodataError: saying why.
    """
    with tempfile.SpooledTemporaryFile() as file:
        file.write(content)
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    ends = [PurePath(member.filename).suffix.lower() for member in members if not member.is_dir()]
    if ends.count(".shp") != 1 or not SHAPEFILE_PARTS.issuperset(ends):
        raise UnreadableGeodataError(_("The archive holds one Shapefile, and nothing else."))
    if sum(member.file_size for member in members) > LARGEST_UNPACKED_BYTES:
        raise UnreadableGeodataError(_("The file is larger than 10 MB."))


def features_of(source: DataSource, gpx_layers: Collection[str]) -> Iterator[tuple[dict[str, Any], Any]]:
    """The fields and the geometry of each feature of all layers; of GPX files, of those that are named.

    Raises:
        UnreadableGeodataError: where there are too many.
    """
    count = 0
    for layer in (source[index] for index in range(source.layer_count)):
        if source.driver.name == "GPX" and layer.name not in gpx_layers:
            continue
        for feature in layer:
            count += 1
            if count > MOST_FEATURES:
                raise UnreadableGeodataError(_("There are more than %d places in this file.") % MOST_FEATURES)
            fields = {name.lower(): feature.get(name) for name in feature.fields}
            yield fields, own_geometry(feature)


def own_geometry(feature: Any) -> Any:
    """The geometry of a feature in WGS-84; None where it has none."""
    try:
        geometry = feature.geom.clone()
    except GDALException:
        return None
    if geometry.srs and geometry.srid != WGS84_SRID:
        geometry.transform(WGS84_SRID)
    return geometry


def place_of(number: int, fields: dict[str, Any], geometry: Any, datum: Datum) -> FoundPlace | Problem:
    """A feature as a place, or what is wrong with it."""
    if geometry is None or geometry.geom_name != "POINT":
        return Problem(number, _("geometry"), _("This is no point."))
    lon, lat = to_wgs84(datum)(geometry.x, geometry.y)
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return Problem(number, _("geometry"), _("This place is not on the earth."))
    name = first_text(fields, NAMES)
    if not name:
        return Problem(number, _("name"), _("The place has no name."))
    return FoundPlace(number, name, first_text(fields, ENGLISH_NAMES), lon, lat)


def first_text(fields: dict[str, Any], names: tuple[str, ...]) -> str:
    """The first field of some names that has a text."""
    return next((str(fields[name]).strip() for name in names if fields.get(name)), "")
