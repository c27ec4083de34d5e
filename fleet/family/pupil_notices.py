"""Writes: families are told that their own child has boarded or got off, and where that was not so."""

from datetime import datetime, timedelta

from django.utils import timezone

from fleet.family.changed import store
from fleet.family.models import FamilyNotice, FamilyPreferences, NoticeKind, SchoolPrivacy
from fleet.family.privacy import privacy_of, usual_preferences
from fleet.pupils.models import Guardianship, Pupil
from fleet.routes.models import Direction
from fleet.trips.models import Trip

NEWS_FOR = timedelta(minutes=30)
"""What is older is in the ledger, and no news."""
TOLD_OF = {"boarding": NoticeKind.BOARDED, "alighting": NoticeKind.ALIGHTED}


def tell_of_pupil(trip: Trip, pupil: Pupil, deed: str, at: datetime) -> int:
    """Tell a pupil's guardians what it did, if they want to know and it is news; gives how many are told.

    Args:
        trip: on which.
        pupil: who.
        deed: "boarding" or "alighting"; families are told of nothing else.
        at: when.
    """
    now = timezone.now()
    kind = TOLD_OF.get(deed)
    if kind is None or now - at > NEWS_FOR:
        return 0
    at_school = kind == NoticeKind.ALIGHTED and trip.pattern.direction == Direction.TO_SCHOOL
    return tell(trip, pupil, kind, {"at_school": at_school}, now=now)


def tell_taken_back(trip: Trip, pupil: Pupil, deed: str, at: datetime) -> int:
    """Tell those who were told what is not so; gives how many are."""
    kind = TOLD_OF.get(deed)
    told = FamilyNotice.objects.filter(trip=trip, pupil=pupil, kind=kind)
    if kind is None or not told:
        return 0
    guardians = set(told.values_list("guardian", flat=True))
    return tell(trip, pupil, NoticeKind.TAKEN_BACK, {"was": kind.value}, now=timezone.now(), only=guardians)


def tell_not_in_class(trip: Trip, pupil: Pupil) -> int:
    """Tell a pupil's guardians that it rode and is not in class, whatever they have chosen and at any hour."""
    now = timezone.now()
    guardians = set(Guardianship.objects.current().filter(pupil=pupil).values_list("guardian", flat=True))
    return tell(trip, pupil, NoticeKind.NOT_IN_CLASS, {}, now=now, only=guardians)


def tell(
    trip: Trip,
    pupil: Pupil,
    kind: NoticeKind,
    details: dict[str, object],
    *,
    now: datetime,
    only: set[int] | None = None,
) -> int:
    """Write the notices of one pupil that are due, each once."""
    links = Guardianship.objects.current().filter(pupil=pupil, guardian__is_active=True)
    privacy = privacy_of(pupil.school_id)
    chosen = FamilyPreferences.objects.in_bulk([link.guardian_id for link in links])
    known = set(
        FamilyNotice.objects.filter(trip=trip, pupil=pupil, kind=kind).values_list("guardian", flat=True)
    )
    fresh = [
        FamilyNotice(guardian_id=link.guardian_id, pupil=pupil, trip=trip, kind=kind, details=details, at=now)
        for link in links
        if link.guardian_id not in known
        and (link.guardian_id in only if only is not None else wants(link.guardian_id, chosen, privacy, kind))
    ]
    return len(store(fresh, {} if kind == NoticeKind.NOT_IN_CLASS else chosen, now))


def wants(
    guardian: int, chosen: dict[int, FamilyPreferences], privacy: SchoolPrivacy, kind: NoticeKind
) -> bool:
    """Whether a guardian wants to be told."""
    wishes = chosen.get(guardian) or usual_preferences(guardian, privacy)
    return kind.value in wishes.kinds
