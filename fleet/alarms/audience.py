"""Reads: who has to be told of an alarm at which level of escalation."""

from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Q, QuerySet

from fleet.alarms.models import Alarm
from fleet.findings.models import Rule
from fleet.organisations.models import Organisation, Role
from fleet.people.models import User

ABOUT_CHILDREN = (Rule.LEFT_ABOARD, Rule.BOARDED_BUT_ABSENT)
"""Of these the attendant and the driver are told first, for they are there."""
FOR_THE_DRIVER = (Rule.DRIVING_TIME_WARNING,)
"""Of these the driver is told too, who can still stop in time."""


def people_told(alarm: Alarm, level: int) -> QuerySet[User]:
    """The people who are told when an alarm reaches a level.

    Args:
        alarm: the alarm.
        level: 0, where it is raised: the coordinators of whoever runs the bus, or of the nearest above that has
            some; of an alarm about children the crew of the trip as well; of driving time that runs out the driver.
            1: administrators and the coordinators above. 2: the head and the safety officer of the school.
    """
    wanted = Q(pk__in=[])
    if level == 0:
        wanted |= coordinators_of(alarm.operator_id)
        if alarm.rule in ABOUT_CHILDREN:
            wanted |= crew(alarm)
            wanted |= serving([alarm.school_id], (Role.COORDINATOR,))
        if alarm.rule in FOR_THE_DRIVER and alarm.driver is not None and alarm.driver.user_id:
            wanted |= Q(pk=alarm.driver.user_id)
    if level == 1:
        higher = ancestors([alarm.operator_id, alarm.school_id])
        wanted |= serving([alarm.operator_id, alarm.school_id], (Role.ADMINISTRATOR,))
        wanted |= serving(higher, (Role.COORDINATOR, Role.ADMINISTRATOR))
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


def coordinators_of(organisation: int | None) -> Q:
    """The coordinators of an organisation; where it has none, those of the nearest above it that has some."""
    if organisation is None:
        return Q(pk__in=[])
    for place in (organisation, *above(organisation, parents_of_all())):
        found = serving([place], (Role.COORDINATOR,))
        if User.objects.filter(found, is_active=True).exists():
            return found
    return Q(pk__in=[])


def ancestors(organisations: Sequence[int | None]) -> list[int]:
    """All that lie above some organisations."""
    parents = parents_of_all()
    return sorted({one for start in organisations if start is not None for one in above(start, parents)})


def above(organisation: int, parents: Mapping[int, int | None]) -> Iterator[int]:
    """What lies above an organisation, the nearest first."""
    found = {organisation}
    one = parents.get(organisation)
    while one is not None and one not in found:
        found.add(one)
        yield one
        one = parents.get(one)


def parents_of_all() -> dict[int, int | None]:
    """What lies directly above each organisation."""
    return dict(Organisation.objects.values_list("pk", "parent_id"))
