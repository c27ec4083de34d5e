"""Reads: alarms in a person's reach, the queue, and how much of it people have to bear."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from fleet.alarms.audience import ancestors
from fleet.alarms.models import Alarm, AlarmState, Suppression
from fleet.alarms.permissions import HANDLE, VIEW, VIEW_SUPPRESSION
from fleet.alarms.policy import RANK
from fleet.alarms.states import OPEN
from fleet.grants import GRANTS, reach_with
from fleet.people.models import User

RELATED = ("bus", "driver", "operator", "school", "assignee", "finding", "trip__pattern__route")


def alarms_for(person: User, permission: str = VIEW) -> QuerySet[Alarm]:
    """The alarms for which a person has a permission; it agrees with the rule of that name."""
    reached = reach_with(person, permission)
    wanted = Q(operator__in=reached) | Q(school__in=reached)
    if GRANTS[permission].for_oneself and person.is_active:
        wanted |= Q(driver__user=person) | Q(trip__driver__user=person) | Q(trip__attendant__user=person)
    return Alarm.objects.filter(pk__in=Alarm.objects.filter(wanted).values("pk"))


def suppressions_for(person: User, permission: str = VIEW_SUPPRESSION) -> QuerySet[Suppression]:
    """The suppressions for which a person has a permission."""
    return Suppression.objects.filter(organisation__in=reach_with(person, permission))


def queue_of(alarms: QuerySet[Alarm]) -> QuerySet[Alarm]:
    """Open alarms in the order in which people must look: by severity, new ones first, the newest first."""
    rank = Case(
        *(When(severity=severity.value, then=Value(-number)) for severity, number in RANK.items()),
        output_field=IntegerField(),
    )
    newness = Case(When(state=AlarmState.NEW, then=Value(0)), default=Value(1), output_field=IntegerField())
    return (
        alarms.filter(state__in=OPEN).select_related(*RELATED).order_by(rank, newness, "-started_at", "-pk")
    )


def changed_since(alarms: QuerySet[Alarm], since: datetime) -> QuerySet[Alarm]:
    """The alarms that have changed, resolved ones too."""
    return alarms.filter(updated_at__gte=since).select_related(*RELATED).order_by("updated_at")


def rate_by_ten_minutes(alarms: Iterable[Alarm], since: datetime, until: datetime) -> list[int]:
    """How many alarms came before people in each ten minutes, those suppressed left out.

    Source:
        EEMUA Publication 191: about one in ten minutes and operator is what a person can handle for long; more than
        ten in ten minutes is a flood.
    """
    width = timedelta(minutes=10)
    counts = [0] * -(-(until - since) // width)
    for one in alarms:
        if since <= one.raised_at < until and one.suppression_id is None:
            counts[(one.raised_at - since) // width] += 1
    return counts


def people_who_handle(alarm: Alarm) -> QuerySet[User]:
    """Who may look after an alarm, those who caused it left out."""
    places = [one for one in (alarm.operator_id, alarm.school_id) if one is not None]
    reaching = [*places, *ancestors(places)]
    handling = User.objects.filter(
        is_active=True,
        memberships__archived_at=None,
        memberships__role__in=GRANTS[HANDLE].roles,
        memberships__organisation__in=reaching,
    )
    return handling.distinct().order_by("full_name", "pk")
