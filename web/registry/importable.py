"""All that can be imported: spreadsheets by what they are of, and timetables."""

from typing import Protocol

from fleet.people.models import User
from web.registry.spreadsheets.catalogue import SUBJECTS
from web.routes.gtfs_steps import GTFS


class Importable(Protocol):
    """What a file may be of."""

    @property
    def slug(self) -> str:
        """By which a run names it."""

    def may_import(self, person: User) -> bool:
        """Whether a person may import it."""


def importable(slug: str) -> Importable:
    """What a slug names."""
    return GTFS if slug == GTFS.slug else SUBJECTS[slug]
