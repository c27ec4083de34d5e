"""Reads: what was looked at, for those who answer for the records and for those whom they are about."""

from django.db.models import Q, QuerySet

from fleet.audit.models import AccessRecord
from fleet.grants import reach_with
from fleet.people.models import Attendant, Driver, User


def accesses_for(person: User) -> QuerySet[AccessRecord]:
    """The looks at records of the organisations whose access log a person may read; it agrees with the rule."""
    reached = reach_with(person, "audit.view_accessrecord")
    return AccessRecord.objects.filter(organisation__in=reached).select_related("person", "organisation")


def accesses_about(person: User) -> QuerySet[AccessRecord]:
    """The looks at the records that are about a person, who has a right to know of them (PIPL Art 44, 45)."""
    about = Q(pk__in=())
    for model in (Driver, Attendant):
        own = model.objects.filter(user=person).values("pk")
        about |= Q(kind=model._meta.label_lower, object_id__in=own)
    return AccessRecord.objects.filter(about).select_related("person", "organisation")
