"""Reads: who has to be told of an alarm at which level of escalation."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from fleet.alarms.models import Alarm
from fleet.findings.models import Rule
from fleet.organisations.models import Organisation, Role
from fleet.people.models import User

ABOUT_CHILDREN = (Rule.LEFT_ABOARD, Rule.BOARDED_BUT_ABSENT)
"""Of these the attendant and the driver are told first, for they are there."""


def people_told(alarm: Alarm, level: int) -> QuerySet[User]:
    """The people who are told when an alarm reaches a level.

    Args:
        alarm: the alarm.
        level: 0, where it is raised: the coordinators of whoever runs the bus; of an alarm about children and of an
            SOS the crew of the trip as well. 1: administrators and the coordinators above. 2: the head and the
            safety officer of the school.
    """
    wanted = Q(pk__in=[])
    if level == 0:
        wanted |= serving([alarm.operator_id], (Role.COORDINATOR,))
        if alarm.rule in ABOUT_CHILDREN:
            wanted |= crew(alarm)
            wanted |= serving([alarm.school_id], (Role.COORDINATOR,))
    if level == 1:
        above = ancestors([alarm.operator_id, alarm.school_id])
        wanted |= serving([alarm.operator_id, alarm.school_id], (Role.ADMINISTRATOR,))
        wanted |= serving(above, (Role.COORDINATOR, Role.ADMINISTRATOR))
    if level >= 2 or alarm.rule == Rule.BOARDED_BUT_ABSENT:
        wanted |= serving([alarm.school_id], (Role.PRINCIPAL, Role.SAFETY_OFFICER))
    return User.objects.filter(wanted, is_active=True).distinct().order_by("pk")


def crew(alarm: Alarm) -> Q:
    """The accounts of the driver and the attendant of the alarm's trip."""
    if alarm.trip is None:
        return Q(pk__in=[])
    members = (alarm.trip.driver, alarm.trip.attendant)
    return Q(pk__in=[one.user_id for one in members if one is not None and one.user_id])


def serving(organisations: Sequence[int | None], roles: tuple[Role, ...]) -> Q:
    """Those who have one of some roles in one of some organisations themselves."""
    return Q(
        pk__in=User.objects.filter(
            memberships__organisation__in=[one for one in organisations if one is not None],
            memberships__role__in=roles,
            memberships__archived_at=None,
        ).values("pk")
    )


def ancestors(organisations: Sequence[int | None]) -> list[int]:
    """All that lie above some organisations."""
    parents = dict(Organisation.objects.values_list("pk", "parent_id"))
    found: set[int] = set()
    for one in organisations:
        above = parents.get(one) if one is not None else None
        while above is not None and above not in found:
            found.add(above)
            above = parents[above]
    return sorted(found)
