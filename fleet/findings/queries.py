"""Reads: findings in a person's reach."""

from datetime import datetime

from django.db.models import Q, QuerySet

from fleet.findings.models import Finding
from fleet.grants import reach_with
from fleet.people.models import User
from fleet.vehicles.permissions import WATCH_BUS
from fleet.vehicles.queries import buses_for


def findings_for(person: User) -> QuerySet[Finding]:
    """The findings, withdrawn ones too, of the buses that a person may watch and of the drivers whom they may see."""
    of_drivers = Q(bus=None, driver__operator__in=reach_with(person, "people.view_driver"))
    return Finding.objects.filter(Q(bus__in=buses_for(person, WATCH_BUS)) | of_drivers)


def findings_between(person: User, bus: int, since: datetime, until: datetime) -> QuerySet[Finding]:
    """The findings of a bus that stand and touch a time, in a person's reach, the earliest first."""
    standing = findings_for(person).filter(bus=bus, withdrawn_at=None)
    return standing.filter(started_at__lt=until, last_at__gte=since).order_by("started_at", "pk")
