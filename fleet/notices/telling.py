"""Writes: whoever has to know of an alarm is told, once at each level, over the channels that they have chosen."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from fleet.alarms.audience import FOR_THE_DRIVER, ancestors, people_told
from fleet.alarms.models import Alarm
from fleet.alarms.policy import RANK
from fleet.alarms.states import OPEN
from fleet.deliveries import DeliveryState
from fleet.family.models import PushSubscription
from fleet.family.notices import is_quiet
from fleet.notices.alarm_notices import (
    AlarmNotice,
    AlarmTelling,
    Channel,
    Hook,
    NoticeDelivery,
    NoticePreferences,
)
from fleet.people.models import User
from telematics.rules.episode import Severity

OLDEST = timedelta(days=1)
"""Of an alarm that was raised longer ago nobody is told any more who was not told then."""


def tell_of_alarms(now: datetime) -> int:
    """Tell of every open alarm those of its level, and of each below, who were not told yet.

    Returns:
        How many notices are new.
    """
    told = 0
    for alarm in Alarm.objects.filter(state__in=OPEN, raised_at__gte=now - OLDEST).order_by("pk"):
        known = set(alarm.tellings.filter(severity=alarm.severity).values_list("level", flat=True))
        for level in range(alarm.level + 1):
            if level not in known:
                told += tell(alarm, level, now)
    return told


def tell(alarm: Alarm, level: int, now: datetime) -> int:
    """Tell those of a level; how many. Another process that does the same at this moment tells nobody twice."""
    try:
        with transaction.atomic():
            telling = AlarmTelling.objects.create(alarm=alarm, level=level, severity=alarm.severity, at=now)
            notices = [AlarmNotice(person=one, telling=telling) for one in people_told(alarm, level)]
            AlarmNotice.objects.bulk_create(notices)
            hooks = hooks_of(alarm)
            NoticeDelivery.objects.bulk_create(
                delivery
                for notice in AlarmNotice.objects.filter(telling=telling).select_related("person")
                for delivery in deliveries(notice, urgency_of(alarm), hooks, now)
            )
    except IntegrityError:
        return 0
    return len(notices)


def urgency_of(alarm: Alarm) -> Severity:
    """How pressing it is to be told: of a warning more than its severity, for it is of use before the limit alone."""
    severity = Severity(alarm.severity)
    return Severity.HIGH if alarm.rule in FOR_THE_DRIVER and severity is Severity.MEDIUM else severity


def hooks_of(alarm: Alarm) -> list[Hook]:
    """The gateways of whoever runs the bus, of the school, and of those above them."""
    places = [alarm.operator_id, alarm.school_id]
    reached = [*(one for one in places if one is not None), *ancestors(places)]
    return list(Hook.objects.filter(organisation__in=reached, archived_at=None).order_by("pk"))


def deliveries(
    notice: AlarmNotice, severity: Severity, hooks: list[Hook], now: datetime
) -> Iterator[NoticeDelivery]:
    """The ways by which a notice goes to its person."""
    wanted, state = wanted_by(notice.person, severity, now)
    done_at = now if state == DeliveryState.QUIET else None
    for channel, target in targets(notice.person, hooks):
        if channel in wanted:
            yield NoticeDelivery(
                notice=notice,
                channel=channel,
                target=target,
                state=state,
                next_try_at=now,
                done_at=done_at,
            )


def wanted_by(person: User, severity: Severity, now: datetime) -> tuple[set[str], DeliveryState]:
    """Over which channels a person wants to be told now, and whether it is quiet at their place."""
    if severity is Severity.EMERGENCY:
        return set(Channel.values), DeliveryState.WAITING
    chosen = preferences_of(person)
    if RANK[severity] < RANK[Severity(chosen.least_severity)]:
        return set(), DeliveryState.WAITING
    quiet = is_quiet(timezone.localtime(now).time(), chosen.quiet_from, chosen.quiet_until)
    return set(chosen.channels), DeliveryState.QUIET if quiet else DeliveryState.WAITING


def preferences_of(person: User) -> NoticePreferences:
    """What a person has chosen; else what holds for everybody, which is not stored."""
    return NoticePreferences.objects.filter(person=person).first() or NoticePreferences(person=person)


def targets(person: User, hooks: list[Hook]) -> Iterator[tuple[Channel, str]]:
    """Where a person can be reached."""
    for pk in PushSubscription.objects.filter(guardian=person).order_by("pk").values_list("pk", flat=True):
        yield Channel.PUSH, f"push:{pk}"
    if person.email:
        yield Channel.MAIL, "mail"
    for hook in hooks:
        yield Channel.HOOK, f"hook:{hook.pk}"
