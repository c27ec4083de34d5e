"""Serves documents and photographs that people have uploaded, so that nothing in them can run."""

from pathlib import PurePath

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404

SHOWN_BY_BROWSERS = frozenset({".jpg", ".jpeg", ".png"})


def served(file: FieldFile) -> FileResponse:
    """An uploaded file: a picture to look at, anything else to keep. Who may have it is the caller's question.

    Raises:
        Http404: where there is none.
    """
    if not file:
        raise Http404
    path = PurePath(file.name or "")
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    is_picture = path.suffix.lower() in SHOWN_BY_BROWSERS
    response = FileResponse(content, as_attachment=not is_picture, filename=path.name)
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
