"""Reads the roads of an area, with their posted limits, from an extract of OpenStreetMap."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from fleet.routes.road_import import import_roads
from telematics.osm.extract import Tally, UnreadableExtractError


class Command(BaseCommand):
    """``manage.py import_roads FILE``."""

    help = (
        "Reads roads and speed limits from an extract of OpenStreetMap (.osm, .osm.pbf). Can be run again: a newer"
        " extract of an area replaces the roads of the older one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What to read, and which area it is."""
        parser.add_argument("file", type=Path, help="the extract")
        parser.add_argument(
            "--area", help="names the area whose roads are replaced (the file's name without its ends)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read it, then tell what was seen."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        area = options["area"] or path.name.split(".")[0]
        try:
            with tqdm(unit=" ways", unit_scale=True, disable=None, desc=path.name) as bar:

                def progress(ways: int) -> None:
                    bar.update(ways)

                tally = import_roads(path=path, source=area, progress=progress)
        except UnreadableExtractError as error:
            raise CommandError(f"{error}. Nothing was changed.") from error
        self.stdout.write("\n".join(told(tally, area)))


def told(tally: Tally, area: str) -> list[str]:
    """What was seen, in lines for people."""
    posted = ", ".join(f"{kind} {count:,}" for kind, count in tally.posted.most_common())
    lines = [
        f"{tally.highways:,} highways, {tally.with_maxspeed:,} of them with maxspeed; buses drive on {tally.ways:,}:"
        f" they are now the roads of {area!r}.",
        f"{tally.posted.total():,} with a posted limit" + (f" ({posted})." if posted else "."),
        f"{tally.conditionals:,} conditional limits ignored.",
        f"{tally.unusable.total():,} values that can't be read" + (":" if tally.unusable else "."),
        *(f"  {count:>6,} × {value}" for value, count in tally.unusable.most_common()),
    ]
    if tally.without_place:
        lines.append(f"{tally.without_place:,} roads left out: their nodes are not in the file.")
    return lines
