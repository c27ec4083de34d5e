"""Serves the administrator's PMTiles archive piece by piece, so that the map needs nothing from outside."""

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

LARGEST_PIECE_BYTES = 4 * 1024 * 1024
RANGE = re.compile(r"bytes=(?P<first>\d+)-(?P<last>\d*)")


@require_GET
def tiles_file(request: HttpRequest) -> HttpResponse:
    """The bytes that the ``Range`` header asks for (RFC 9110, 14); the whole archive is never sent at once."""
    path = settings.ENVIRONMENT.tiles_file
    if path is None:
        raise Http404
    size = path.stat().st_size
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    first = int(asked["first"]) if asked else 0
    last = min(
        int(asked["last"]) if asked and asked["last"] else size - 1, size - 1, first + LARGEST_PIECE_BYTES - 1
    )
    if asked is None or first > last:
        return HttpResponse(
            status=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"}
        )
    with path.open("rb") as archive:
        archive.seek(first)
        piece = archive.read(last - first + 1)
    return HttpResponse(
        piece,
        status=206,
        content_type="application/vnd.pmtiles",
        headers={
            "Content-Range": f"bytes {first}-{last}/{size}",
            "Accept-Ranges": "bytes",
            "ETag": f'"{path.stat().st_mtime_ns:x}-{size:x}"',
        },
    )
