"""Reads: what a person has not read, in which language they read, and which e-mails went out."""

from django.conf import settings
from django.db.models import QuerySet

from fleet.grants import reach_with
from fleet.notices.models import AlarmNotice, ExpiryNotice, Hook, MailDelivery, NoticeDelivery
from fleet.notices.permissions import CHANGE_HOOK, VIEW_DELIVERY
from fleet.people.models import User


def unread(person: User) -> QuerySet[ExpiryNotice]:
    """The notices that a person has not marked as read."""
    return ExpiryNotice.objects.filter(person=person, read_at__isnull=True)


def language_of(person: User) -> str:
    """The language in which a person reads; the installation's where they have chosen none."""
    return person.language or settings.LANGUAGE_CODE


def deliveries_for(person: User) -> QuerySet[MailDelivery]:
    """The e-mails to people who serve where a person may see them; it agrees with the rule."""
    reached = reach_with(person, VIEW_DELIVERY)
    found = MailDelivery.objects.filter(
        person__memberships__organisation__in=reached, person__memberships__archived_at=None
    )
    return MailDelivery.objects.filter(pk__in=found.values("pk")).select_related("person")


def alarm_notices_of(person: User) -> QuerySet[AlarmNotice]:
    """What a person was told of alarms, newest first."""
    related = ("telling__alarm__bus", "telling__alarm__driver", "telling__alarm__finding")
    return AlarmNotice.objects.filter(person=person).select_related(*related).prefetch_related("deliveries")


def hooks_for(person: User, permission: str = CHANGE_HOOK) -> QuerySet[Hook]:
    """The gateways for which a person has a permission."""
    return Hook.objects.filter(organisation__in=reach_with(person, permission))


def alarm_deliveries_for(person: User) -> QuerySet[NoticeDelivery]:
    """How notices went to people who serve where a person may see them."""
    reached = reach_with(person, VIEW_DELIVERY)
    found = NoticeDelivery.objects.filter(
        notice__person__memberships__organisation__in=reached,
        notice__person__memberships__archived_at=None,
    )
    return NoticeDelivery.objects.filter(pk__in=found.values("pk")).select_related(
        "notice__person", "notice__telling__alarm__bus"
    )
