"""Writes: findings become alarms, in the transaction that stores them; what the past undoes leaves the queue."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from fleet.alarms.models import Alarm, AlarmEvent, AlarmFinding, AlarmState, Reason, Suppression
from fleet.alarms.policy import COMES_AGAIN_WITHIN, RANK, becomes_alarm, is_same_alarm
from fleet.alarms.states import OPEN
from fleet.findings.models import Finding
from fleet.organisations.queries import with_all_below
from telematics.rules.episode import Severity

RAISED, CAME_AGAIN, GOT_WORSE = "raised", "came_again", "got_worse"


def raise_for(found: Sequence[Finding], undone: Sequence[Finding], now: datetime) -> list[Alarm]:
    """Bring alarms in line with findings that are new, have changed or were withdrawn.

    Call it in the transaction that stores the findings, with all that one story has changed together: an episode
    that late reports move keeps its alarm.

    Args:
        found: new and changed findings.
        undone: withdrawn ones.
        now: the present.

    Returns:
        The alarms that are new or have changed.
    """
    if not found and not undone:
        return []
    alarm_of = {
        link.finding_id: link.alarm
        for link in AlarmFinding.objects.filter(
            finding__in=[one.pk for one in (*found, *undone)]
        ).select_related("alarm")
    }
    changed: dict[int, Alarm] = {}
    for finding in sorted(found, key=lambda one: one.started_at):
        alarm = alarm_of.get(finding.pk) or alarm_for(finding, now)
        if alarm is None:
            continue
        alarm = changed.setdefault(alarm.pk, alarm)
        bring_up_to_date(alarm, finding, now)
    for finding in undone:
        if finding.pk in alarm_of:
            alarm = changed.setdefault(alarm_of[finding.pk].pk, alarm_of[finding.pk])
            drop_if_undone(alarm, now)
    return list(changed.values())


def alarm_for(finding: Finding, now: datetime) -> Alarm | None:
    """The alarm of a finding that has none yet: an open one of its story, or a new one; None where none is due."""
    if not becomes_alarm(Severity(finding.severity), is_live=finding.found_live):
        return None
    if not finding.subject and finding.bus_id is None:
        return None
    about = finding.subject or f"bus:{finding.bus_id}"
    story = Alarm.objects.filter(about=about, rule=finding.rule, state__in=OPEN)
    recent = story.filter(last_at__gte=finding.started_at - COMES_AGAIN_WITHIN).select_for_update(
        of=("self",)
    )
    episode = (finding.started_at, finding.last_at)
    alarm = next((one for one in recent if is_same_alarm((one.started_at, one.last_at), episode)), None)
    if alarm is None:
        alarm = raised(finding, about, now)
    else:
        record(alarm, CAME_AGAIN, now, details={"finding": finding.pk})
    AlarmFinding.objects.create(finding=finding, alarm=alarm)
    return alarm


def raised(finding: Finding, about: str, now: datetime) -> Alarm:
    """A new alarm; one that is suppressed is kept, resolved, so that it is counted."""
    bus, trip, driver = finding.bus, finding.trip, finding.driver
    alarm = Alarm(
        about=about,
        rule=finding.rule,
        severity=finding.severity,
        bus=bus,
        trip=trip,
        driver=driver,
        operator_id=bus.operator_id if bus else driver.operator_id if driver else None,
        school_id=trip.pattern.route.school_id if trip else bus.school_id if bus else None,
        finding=finding,
        started_at=finding.started_at,
        last_at=finding.last_at,
        ended_at=finding.ended_at,
        raised_at=now,
    )
    alarm.suppression = suppression_of(alarm, finding.started_at)
    if alarm.suppression:
        alarm.state, alarm.reason, alarm.resolved_at = AlarmState.RESOLVED, Reason.SUPPRESSED, now
    alarm.save()
    record(alarm, RAISED, now, reason=alarm.reason, details={"finding": finding.pk})
    return alarm


def suppression_of(alarm: Alarm, at: datetime) -> Suppression | None:
    """What keeps an alarm from people; nothing keeps an emergency."""
    if alarm.severity == Severity.EMERGENCY:
        return None
    in_force: QuerySet[Suppression] = Suppression.objects.filter(
        archived_at=None, rule=alarm.rule, since__lte=at, until__gt=at
    )
    for one in in_force.filter(Q(bus=None) | Q(bus=alarm.bus_id)):
        if {alarm.operator_id, alarm.school_id} & with_all_below([one.organisation_id]):
            return one
    return None


def bring_up_to_date(alarm: Alarm, finding: Finding, now: datetime) -> None:
    """Have an alarm tell what its findings tell; what got worse after somebody saw it is new again."""
    if finding.started_at >= alarm.finding.started_at or alarm.finding.withdrawn_at is not None:
        alarm.finding = finding
        alarm.ended_at = finding.ended_at
        alarm.trip_id, alarm.driver_id = (
            finding.trip_id or alarm.trip_id,
            finding.driver_id or alarm.driver_id,
        )
    alarm.started_at = min(alarm.started_at, finding.started_at)
    alarm.last_at = max(alarm.last_at, finding.last_at)
    if RANK[Severity(finding.severity)] > RANK[Severity(alarm.severity)]:
        alarm.severity = finding.severity
        record(alarm, GOT_WORSE, now, details={"severity": finding.severity, "finding": finding.pk})
        if alarm.state != AlarmState.RESOLVED or alarm.reason == Reason.SUPPRESSED:
            alarm.state, alarm.reason, alarm.resolved_at = AlarmState.NEW, "", None
            alarm.raised_at, alarm.level, alarm.version = now, 0, alarm.version + 1
    alarm.save()


def drop_if_undone(alarm: Alarm, now: datetime) -> None:
    """Take an alarm out of the queue when none of its findings stands."""
    standing = Finding.objects.filter(link_to_alarm__alarm=alarm, withdrawn_at=None)
    newest = standing.order_by("-started_at").first()
    if newest is not None:
        alarm.finding, alarm.ended_at = newest, newest.ended_at
        alarm.save()
    elif alarm.state in OPEN:
        resolve_unasked(alarm, Reason.WITHDRAWN, now)
    else:
        alarm.save()


def resolve_unasked(alarm: Alarm, reason: Reason, now: datetime) -> None:
    """Resolve an alarm that needs no person any more."""
    alarm.state, alarm.reason, alarm.resolved_at = AlarmState.RESOLVED, reason, now
    alarm.version += 1
    alarm.save()
    record(alarm, AlarmState.RESOLVED, now, reason=reason)


def record(
    alarm: Alarm, kind: str, now: datetime, *, reason: str = "", details: dict[str, object] | None = None
) -> None:
    """Add to an alarm's history what nobody did by hand."""
    AlarmEvent.objects.create(alarm=alarm, at=now, kind=kind, reason=reason, details=details or {})


def findings_of(alarms: Iterable[Alarm]) -> dict[int, list[Finding]]:
    """The standing findings of each alarm, by its id, in their order."""
    found: dict[int, list[Finding]] = defaultdict(list)
    ids: Collection[int] = [one.pk for one in alarms]
    links = AlarmFinding.objects.filter(alarm__in=ids, finding__withdrawn_at=None).select_related("finding")
    for link in links.order_by("finding__started_at"):
        found[link.alarm_id].append(link.finding)
    return found
