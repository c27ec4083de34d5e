"""Writes zipped Shapefiles with GDAL itself, since GeoDjango only reads them."""

import io
import tempfile
import zipfile
from ctypes import POINTER, byref, c_char_p, c_int, c_uint, c_void_p
from pathlib import Path

from django.contrib.gis.gdal import Driver, GDALException
from django.contrib.gis.gdal.libgdal import lgdal

OPTIONS = ("-f", "ESRI Shapefile", "-lco", "ENCODING=UTF-8", "-a_srs", "EPSG:4326")
OF_VECTOR = 0x04
TEXTS = POINTER(c_char_p)

open_dataset = lgdal["GDALOpenEx"]
open_dataset.argtypes, open_dataset.restype = [c_char_p, c_uint, TEXTS, TEXTS, TEXTS], c_void_p
close_dataset = lgdal["GDALClose"]
close_dataset.argtypes = [c_void_p]
new_options = lgdal["GDALVectorTranslateOptionsNew"]
new_options.argtypes, new_options.restype = [TEXTS, c_void_p], c_void_p
free_options = lgdal["GDALVectorTranslateOptionsFree"]
free_options.argtypes, free_options.restype = [c_void_p], None
translated = lgdal["GDALVectorTranslate"]
translated.argtypes = [c_char_p, c_void_p, c_int, POINTER(c_void_p), c_void_p, POINTER(c_int)]
translated.restype = c_void_p


def zipped_shapefile(geojson: bytes, name: str) -> bytes:
    """A GeoJSON feature collection, WGS-84, of one kind of geometry, as a zipped Shapefile.

    Args:
        geojson: the collection; names of its fields are cut to ten letters, as Shapefiles have them.
        name: of the files in the archive, plain ASCII.

    Raises:
        GDALException: where GDAL can't write it.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.geojson"
        source.write_bytes(geojson)
        translate(source, Path(folder) / f"{name}.shp")
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for part in sorted(Path(folder).glob(f"{name}.*")):
                packed.write(part, part.name)
    return archive.getvalue()


def translate(source: Path, target: Path) -> None:
    """Have GDAL write a file as another one, as its program ogr2ogr does.

    Raises:
        GDALException: where it can't.
    """
    Driver.ensure_registered()
    data = open_dataset(str(source).encode(), OF_VECTOR, None, None, None)
    if not data:
        raise GDALException(f"{source.name} can't be read.")
    options = new_options((c_char_p * (len(OPTIONS) + 1))(*(one.encode() for one in OPTIONS), None), None)
    failed = c_int(0)
    written = translated(str(target).encode(), None, 1, byref(c_void_p(data)), options, byref(failed))
    free_options(options)
    if written:
        close_dataset(written)
    close_dataset(data)
    if not written or failed.value:
        raise GDALException(f"{target.name} can't be written.")
