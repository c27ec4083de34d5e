"""Writes: stops from a file of places, all or none, and back again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from fleet.organisations.models import Organisation
from fleet.people.models import User
from fleet.records import RecordError
from fleet.routes.geodata import WGS84_SRID, FoundPlace, Problem
from fleet.routes.models import Stop
from fleet.routes.queries import SAME_PLACE_M
from fleet.routes.stop_changes import archive_stop, create_stop
from fleet.routes.stop_states import stops_near

KEY_LENGTH = 12


class ImportRefusedError(Exception):
    """Some places can't be stops; nothing was stored.

    Attributes:
        problems: each with its feature and field.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = list(problems)


@dataclass(frozen=True)
class Candidate:
    """A place that would become a stop, and the stop that may be the same."""

    place: FoundPlace
    near: Stop | None
    metres: float = 0.0


def candidates(places: Sequence[FoundPlace]) -> list[Candidate]:
    """Each place with the nearest stop within 30 m."""
    found = []
    for place in places:
        near = stops_near(Stop.objects.current(), place.lat, place.lon, SAME_PLACE_M)
        metres, stop = near[0] if near else (0.0, None)
        found.append(Candidate(place, stop, metres))
    return found


@transaction.atomic
def import_stops(
    *, places: Sequence[FoundPlace], organisation: Organisation, file_name: str, by: User
) -> str:
    """Record a stop at each place, or none at all.

    Args:
        places: WGS-84.
        organisation: that keeps the stops.
        file_name: kept in the history.
        by: who does it.

    Returns:
        The key by which the import is undone.

    Raises:
        PermissionDenied: where `by` may not change stops of the organisation.
        ImportRefusedError: naming each feature and field that can't be right.
    """
    key = get_random_string(KEY_LENGTH)
    problems: list[Problem] = []
    for place in places:
        details: dict[str, Any] = {
            "name": place.name,
            "name_en": place.name_en,
            "place": Point(place.lon, place.lat, srid=WGS84_SRID),
            "organisation": organisation,
        }
        try:
            create_stop(by=by, reason=reason_of(file_name, key), **details)
        except ValidationError as error:
            for field, messages in error.message_dict.items():
                problems.append(Problem(place.feature, field, " ".join(messages)))
    if problems:
        raise ImportRefusedError(problems)
    return key


@transaction.atomic
def undo_import(*, key: str, by: User) -> int:
    """Archive the stops that an import of the same person has recorded; all, or none where one can't be.

    Returns:
        How many.

    Raises:
        RecordError: where there is no such import, or a stop is served by a route meanwhile.
    """
    recorded = Stop.history.filter(
        history_type="+", history_user=by, history_change_reason__endswith=f"[{key}]"
    )
    stops = list(Stop.objects.current().filter(pk__in=recorded.values("id")))
    if len(key) != KEY_LENGTH or not stops:
        raise RecordError(_("There is nothing of this import to undo."))
    for stop in stops:
        archive_stop(stop, by=by, reason=_("The import has been undone."))
    return len(stops)


def reason_of(file_name: str, key: str) -> str:
    """What the history says of a stop that was imported."""
    return f"{_('Imported')}: {file_name[:80]} [{key}]"
