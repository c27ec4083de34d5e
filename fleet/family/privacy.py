"""Reads: what schools allow their families to see, and what guardians are told who have chosen nothing."""

from collections.abc import Iterable

from fleet.family.models import FamilyPreferences, SchoolPrivacy


def privacies_of(schools: Iterable[int]) -> dict[int, SchoolPrivacy]:
    """What each of some schools allows, by the school's id; what is usual where nothing was said."""
    wanted = set(schools)
    said = {one.school_id: one for one in SchoolPrivacy.objects.filter(school__in=wanted)}
    return {school: said.get(school) or SchoolPrivacy(school_id=school) for school in wanted}


def privacy_of(school: int) -> SchoolPrivacy:
    """What a school allows."""
    return privacies_of([school])[school]


def usual_preferences(guardian: int, privacy: SchoolPrivacy) -> FamilyPreferences:
    """What holds for a guardian who has chosen nothing: what the school has said. Not stored."""
    return FamilyPreferences(
        guardian_id=guardian, kinds=list(privacy.notice_kinds), stops_away=privacy.stops_away
    )
