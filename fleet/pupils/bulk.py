"""Writes: many classes, pupils or stops of pupils at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fleet.bulk import Bulk
from fleet.people.models import User
from fleet.pupils.assignments import ASSIGN
from fleet.pupils.changes import CLASS_FIELDS, PUPIL_FIELDS
from fleet.pupils.models import Pupil, SchoolClass, StopAssignment
from fleet.pupils.periods import days_that_clash
from fleet.pupils.permissions import school_of
from fleet.records import RecordError


@dataclass(frozen=True)
class StopBulk(Bulk):
    """Stops of pupils: that nobody gets two for one day and direction is asked again when all are stored."""

    @transaction.atomic
    def store(self, *, new: Sequence[Any], changed: Sequence[Any], by: User, reason: str) -> None:
        """Add new stops, and change others or bring them back."""
        super().store(new=new, changed=changed, by=by, reason=reason)
        refuse_two_at_once({one.pupil_id for one in (*new, *changed)})


def refuse_two_at_once(pupils: Collection[int]) -> None:
    """Refuse what is stored where a pupil has two stops for one day and direction.

    Raises:
        RecordError: naming a pupil.
    """
    held: dict[tuple[Pupil, str], list[StopAssignment]] = defaultdict(list)
    found = StopAssignment.objects.current().filter(pupil__in=pupils)
    for one in found.select_related("pupil", "pattern"):
        held[one.pupil, one.pattern.direction].append(one)
    for (pupil, _direction), stops in held.items():
        if any(days_that_clash(one.period, other.period) for one, other in combinations(stops, 2)):
            raise RecordError(_("%(pupil)s would have two stops on one day.") % {"pupil": pupil})


CLASSES = Bulk(
    SchoolClass, CLASS_FIELDS, "pupils.change_schoolclass", "pupils.archive_schoolclass", school_of
)
PUPILS = Bulk(Pupil, PUPIL_FIELDS, "pupils.change_pupil", "pupils.archive_pupil", school_of)
STOPS = StopBulk(
    StopAssignment,
    frozenset({"pattern", "stop", "weekdays", "valid_from", "valid_until"}),
    change=ASSIGN,
    archive=ASSIGN,
    organisations_of=lambda assignment: school_of(assignment.pupil),
    owner="pupil",
)
