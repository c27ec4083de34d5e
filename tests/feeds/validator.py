"""What the independent validator says of a feed."""

from datetime import date
from pathlib import Path

import gtfs_guru


def notices(feed: bytes, folder: Path, day: date) -> dict[str, list[str]]:
    """Its notices as of a day: codes with their places, by severity."""
    path = folder / "feed.zip"
    path.write_bytes(feed)
    found: dict[str, list[str]] = {"ERROR": [], "WARNING": [], "INFO": []}
    for one in gtfs_guru.validate(str(path), "CN", day.isoformat()).notices:
        found[one.severity].append(f"{one.code} {one.file}:{one.row} {one.field} {one.message}")
    return found
