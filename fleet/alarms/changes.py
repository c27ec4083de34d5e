"""Writes: what people do with alarms; each step guarded, with who and why, and never twice at the same time.

Whoever acts has seen a version of the alarm; where somebody else was quicker, nothing is done and they are told who.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.alarms.announce import announce_after_commit
from fleet.alarms.models import REASONS_OF_PEOPLE, Alarm, AlarmEvent, AlarmState, Suppression
from fleet.alarms.permissions import HANDLE, SUPPRESS, is_about
from fleet.alarms.policy import is_grave
from fleet.alarms.queries import people_who_handle
from fleet.alarms.raising import findings_of
from fleet.alarms.states import AFTER, Handling, Obstacle, State, Step, obstacles_to
from fleet.alarms.words import OBSTACLES
from fleet.organisations.models import Organisation
from fleet.people.models import User
from fleet.records import RecordError, refuse_unless_allowed, sign_change
from fleet.vehicles.models import Bus
from telematics.rules.episode import Severity

LONGEST_NOTE = 500


class AlarmError(Exception):
    """An alarm can't be handled in this way; the message says why, to people."""

    def __init__(self, message: str, obstacles: tuple[Obstacle, ...] = ()) -> None:
        super().__init__(message)
        self.obstacles = obstacles


class AlarmTakenError(AlarmError):
    """Somebody else was quicker."""

    def __init__(self, alarm: Alarm) -> None:
        last = alarm.events.exclude(by=None).select_related("by").order_by("pk").last()
        who = _("%(person)s was quicker: the alarm is now “%(state)s”.") % {
            "person": last.by if last else _("Somebody else"),
            "state": alarm.get_state_display(),
        }
        super().__init__(who)


@transaction.atomic
def handle_alarm(
    *, alarm: Alarm, step: Step, by: User, reason: str = "", note: str = "", assignee: User | None = None
) -> Alarm:
    """Take a step with an alarm.

    Args:
        alarm: as the person has seen it: with the version that they saw.
        step: the step.
        by: who takes it.
        reason: code of what was the matter, for resolving.
        note: what was done or is to be known; resolving a grave alarm, opening one again and noting need it.
        assignee: who is to look after it, for assigning.

    Raises:
        PermissionDenied: for who may not handle it.
        AlarmError: saying everything that is in the way.
        AlarmTakenError: where it was changed since it was seen.
    """
    refuse_unless_allowed(by, HANDLE, alarm)
    if step is Step.ASSIGN and assignee is not None and not people_who_handle(alarm).filter(pk=assignee.pk):
        raise AlarmError(_("%s may not handle this alarm.") % assignee)
    if reason and reason not in REASONS_OF_PEOPLE:
        raise AlarmError(_("Choose a reason from the list."))
    handling = Handling(
        is_grave=is_grave(Severity(alarm.severity)),
        has_caused=has_caused(by, alarm),
        reason=reason,
        note=note,
        has_assignee=assignee is not None,
    )
    if obstacles := obstacles_to(State(alarm.state), step, handling):
        raise AlarmError(" ".join(str(OBSTACLES[one]) for one in obstacles), obstacles)
    now = timezone.now()
    if step is not Step.NOTE:
        change(alarm, step, by, reason=reason, assignee=assignee, now=now)
    AlarmEvent.objects.create(
        alarm=alarm,
        at=now,
        kind=step,
        by=by,
        reason=reason,
        note=note.strip()[:LONGEST_NOTE],
        details={"assignee": assignee.pk, "assignee_name": str(assignee)} if assignee else {},
    )
    announce_after_commit([alarm])
    return alarm


def change(alarm: Alarm, step: Step, by: User, *, reason: str, assignee: User | None, now: datetime) -> None:
    """Change the alarm where it still is as it was seen.

    Raises:
        AlarmTakenError: where it is not.
    """
    state = AFTER[State(alarm.state), step]
    changes: dict[str, object] = {"state": state, "updated_at": now}
    if alarm.seen_at is None:
        changes |= {"seen_at": now, "seen_by": by}
    if step is Step.ASSIGN:
        changes["assignee"] = assignee
    if step is Step.RESOLVE:
        changes |= {"reason": reason, "resolved_at": now}
    if step is Step.REOPEN:
        changes |= {"reason": "", "resolved_at": None, "suppression": None}
    seen = Alarm.objects.filter(pk=alarm.pk, version=alarm.version, state=alarm.state)
    if not seen.update(version=alarm.version + 1, **changes):
        raise AlarmTakenError(Alarm.objects.get(pk=alarm.pk))
    for name, value in changes.items():
        setattr(alarm, name, value)
    alarm.version += 1


def has_caused(person: User, alarm: Alarm) -> bool:
    """Whether an alarm is about a person's own driving or trip, or findings name the person as who caused it."""
    if is_about(person, alarm):
        return True
    caused = (one.details.get("caused_by") for one in findings_of([alarm])[alarm.pk])
    return any(person.pk in each for each in caused if isinstance(each, list))


@transaction.atomic
def suppress(
    *,
    organisation: Organisation,
    bus: Bus | None,
    rule: str,
    since: datetime,
    until: datetime,
    reason: str,
    by: User,
) -> Suppression:
    """Keep a rule from raising alarms for a time; findings are kept as ever, and emergencies are always raised.

    Raises:
        PermissionDenied: for who may not, for this organisation.
        RecordError: without a reason, or where it ends before it begins.
    """
    if not reason.strip():
        raise RecordError(_("Say why."))
    if until <= since:
        raise RecordError(_("It must end after it begins."))
    made = Suppression(
        organisation=organisation, bus=bus, rule=rule, since=since, until=until, reason=reason.strip()
    )
    refuse_unless_allowed(by, SUPPRESS, made)
    sign_change(made, by=by, reason=reason)
    made.save()
    return made


@transaction.atomic
def end_suppression(*, suppression: Suppression, by: User, reason: str) -> None:
    """End a suppression now; what it has kept from people stays in the list of alarms.

    Raises:
        PermissionDenied: for who may not.
    """
    refuse_unless_allowed(by, SUPPRESS, suppression)
    now = timezone.now()
    sign_change(suppression, by=by, reason=reason)
    if suppression.since >= now:
        suppression.archived_at = now
    else:
        suppression.until = now
    suppression.save()


@transaction.atomic
def undo_resolution(*, alarm: Alarm, by: User) -> Alarm:
    """Open again an alarm that the person has just resolved by mistake.

    Raises:
        PermissionDenied: for who may not handle it.
        AlarmError: where it is not resolved.
        AlarmTakenError: where it was changed since it was seen.
    """
    if alarm.state != AlarmState.RESOLVED:
        raise AlarmError(str(OBSTACLES[Obstacle.NOT_NOW]))
    return handle_alarm(alarm=alarm, step=Step.REOPEN, by=by, note=_("Resolved by mistake"))
