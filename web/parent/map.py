"""What the small maps of a family need besides the stop and the bus."""

from typing import Any

import msgspec
from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import get_language


def map_config() -> dict[str, Any]:
    """Where the ground is drawn from, and in which language."""
    tiles = settings.ENVIRONMENT.tiles
    return {
        "language": get_language() or settings.LANGUAGE_CODE,
        "tiles": msgspec.to_builtins(tiles) if tiles else None,
        "basemap": "/live/basemap.json",
        "map_script": static("family_map.js"),
    }
