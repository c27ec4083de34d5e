"""From findings to alarms, and what people do with them."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from fleet.alarms.audience import people_told
from fleet.alarms.changes import AlarmError, AlarmTakenError, end_suppression, handle_alarm, suppress
from fleet.alarms.escalation import escalate_due
from fleet.alarms.models import Alarm, AlarmState, Reason
from fleet.alarms.queries import people_who_handle, queue_of, rate_by_ten_minutes
from fleet.alarms.states import Obstacle, Step
from fleet.organisations.models import Kind, Role
from fleet.records import RecordError
from telematics.rules.episode import Severity
from tests.alarms.builders import NOON, RULE, coordinator, episode, tell
from tests.fleet.builders import bus as make_bus
from tests.fleet.builders import organisation, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def bus():
    district = organisation()
    return make_bus(organisation(Kind.OPERATOR, district), organisation(Kind.SCHOOL, district))


def test_an_episode_is_one_alarm_however_often_it_is_told(bus):
    tell(bus, episode(lasts=1))
    tell(bus, episode(lasts=2))
    [alarm] = tell(bus, episode(lasts=3))
    assert alarm.last_at == NOON + timedelta(minutes=3)
    assert (alarm.bus, alarm.operator, alarm.school) == (bus, bus.operator, bus.school)


def test_what_comes_again_soon_joins_and_what_comes_later_does_not(bus):
    alarms = tell(bus, episode(0), episode(10), episode(40))
    assert [one.links.count() for one in alarms] == [2, 1]


def test_what_comes_again_after_it_was_resolved_is_a_new_alarm(bus):
    [alarm] = tell(bus, episode(0))
    handle_alarm(alarm=alarm, step=Step.RESOLVE, by=coordinator(bus), reason="dealt_with", note="told")
    assert len(tell(bus, episode(0), episode(5))) == 2


@pytest.mark.parametrize(("severity", "live", "count"), [
    (Severity.RECORD, True, 0), (Severity.HIGH, False, 0), (Severity.EMERGENCY, False, 1),
])  # fmt: skip
def test_the_record_and_history_trouble_nobody_but_emergencies_do(bus, severity, live, count):
    assert len(tell(bus, episode(severity=severity), live=live)) == count


def test_an_episode_that_late_reports_move_keeps_its_alarm_and_who_took_it(bus):
    [alarm] = tell(bus, episode(1))
    handle_alarm(alarm=alarm, step=Step.ACKNOWLEDGE, by=coordinator(bus))
    [moved] = tell(bus, episode(0, lasts=2))
    assert (moved.pk, moved.state) == (alarm.pk, AlarmState.ACKNOWLEDGED)
    assert moved.finding.started_at == NOON


def test_what_late_reports_undo_leaves_the_queue(bus):
    tell(bus, episode())
    [alarm] = tell(bus)
    assert (alarm.state, alarm.reason) == (AlarmState.RESOLVED, Reason.WITHDRAWN)


def test_what_gets_worse_is_new_again(bus):
    [alarm] = tell(bus, episode(severity=Severity.MEDIUM))
    handle_alarm(alarm=alarm, step=Step.ACKNOWLEDGE, by=coordinator(bus))
    [worse] = tell(bus, episode(severity=Severity.EMERGENCY))
    assert (worse.state, worse.severity) == (AlarmState.NEW, "emergency")


def test_two_people_cannot_both_take_an_alarm(bus):
    [alarm] = tell(bus, episode())
    first, second = coordinator(bus), coordinator(bus)
    seen_by_both = [Alarm.objects.get(), Alarm.objects.get()]
    handle_alarm(alarm=seen_by_both[0], step=Step.ASSIGN, by=first, assignee=first)
    with pytest.raises(AlarmTakenError, match=str(first)):
        handle_alarm(alarm=seen_by_both[1], step=Step.ASSIGN, by=second, assignee=second)
    assert Alarm.objects.get(pk=alarm.pk).assignee == first


def test_who_caused_an_alarm_cannot_clear_it_and_somebody_else_can(bus):
    culprit = coordinator(bus)
    [alarm] = tell(bus, episode(details={"caused_by": [culprit.pk]}))
    with pytest.raises(AlarmError) as refused:
        handle_alarm(alarm=alarm, step=Step.RESOLVE, by=culprit, reason="false_alarm", note="nothing")
    assert refused.value.obstacles == (Obstacle.CAUSED_IT,)
    handle_alarm(alarm=alarm, step=Step.RESOLVE, by=coordinator(bus), reason="dealt_with", note="seen")
    assert [one.kind for one in alarm.events.all()] == ["raised", "resolve"]


def test_strangers_and_the_police_may_not_handle(bus):
    [alarm] = tell(bus, episode())
    police = person(Role.POLICE_OFFICER, organisation(Kind.POLICE, bus.operator.parent))
    for somebody in (police, coordinator(make_bus())):
        with pytest.raises(PermissionDenied):
            handle_alarm(alarm=alarm, step=Step.ACKNOWLEDGE, by=somebody)
    with pytest.raises(AlarmError):
        handle_alarm(alarm=alarm, step=Step.ASSIGN, by=coordinator(bus), assignee=police)
    assert police not in people_who_handle(alarm)


def test_a_reason_of_the_system_is_not_for_people(bus):
    [alarm] = tell(bus, episode())
    with pytest.raises(AlarmError):
        handle_alarm(alarm=alarm, step=Step.RESOLVE, by=coordinator(bus), reason="passed", note="x")


def suppressed(bus, **given):
    about = {"organisation": bus.operator, "bus": None, "rule": RULE, "reason": "works"}
    times = {"since": NOON - timedelta(hours=1), "until": NOON + timedelta(hours=1)}
    return suppress(by=coordinator(bus), **about | times | given)


def test_what_is_suppressed_is_counted_and_in_no_queue(bus):
    one = suppressed(bus)
    [alarm] = tell(bus, episode())
    assert (alarm.state, alarm.reason, alarm.suppression) == (AlarmState.RESOLVED, Reason.SUPPRESSED, one)
    assert not queue_of(Alarm.objects.all())


@pytest.mark.parametrize("given", [{"rule": "speeding"}, {"until": NOON - timedelta(minutes=30)}])
def test_other_kinds_and_other_times_are_not_suppressed(bus, given):
    suppressed(bus, **given)
    [alarm] = tell(bus, episode())
    assert alarm.state == AlarmState.NEW


def test_an_emergency_is_never_suppressed_not_even_when_it_was_less_before(bus):
    suppressed(bus)
    [alarm] = tell(bus, episode(severity=Severity.HIGH))
    assert alarm.state == AlarmState.RESOLVED
    [worse] = tell(bus, episode(severity=Severity.EMERGENCY))
    assert worse.state == AlarmState.NEW
    [other] = tell(bus, episode(severity=Severity.EMERGENCY, rule="sos"))[1:]
    assert other.state == AlarmState.NEW


def test_a_suppression_needs_a_reason_and_ends_when_it_is_ended(bus):
    with pytest.raises(RecordError):
        suppressed(bus, reason=" ")
    one = suppressed(
        bus, since=timezone.now() - timedelta(hours=1), until=timezone.now() + timedelta(hours=1)
    )
    end_suppression(suppression=one, by=coordinator(bus), reason="over")
    one.refresh_from_db()
    assert one.until <= timezone.now()


def test_nobody_looks_and_the_next_people_are_told(bus):
    watching, administrator = coordinator(bus), person(Role.ADMINISTRATOR, bus.operator)
    above = person(Role.COORDINATOR, bus.operator.parent)
    head = person(Role.PRINCIPAL, bus.school)
    [alarm] = tell(bus, episode(severity=Severity.EMERGENCY))
    assert list(people_told(alarm, 0)) == [watching]
    assert list(people_told(alarm, 1)) == [administrator, above]
    assert list(people_told(alarm, 2)) == [head]
    escalate_due(alarm.raised_at + timedelta(minutes=1))
    escalate_due(alarm.raised_at + timedelta(minutes=1))
    alarm.refresh_from_db()
    assert (alarm.level, alarm.events.filter(kind="escalated").count()) == (1, 1)


def test_a_finding_that_says_whom_to_tell_is_followed(bus):
    tell(bus, episode(severity=Severity.EMERGENCY, details={"stage": "principal"}))
    [alarm] = escalate_due(NOON + timedelta(minutes=1))
    assert alarm.level == 2


def test_a_medium_alarm_passes_by_itself(bus):
    tell(bus, episode(severity=Severity.MEDIUM))
    escalate_due(NOON + timedelta(hours=2))
    assert Alarm.objects.get().reason == Reason.PASSED


def test_the_load_counts_what_came_before_people(bus):
    suppressed(bus, rule="door_open")
    alarms = tell(bus, episode(0), episode(40), episode(0, rule="door_open"))
    Alarm.objects.update(raised_at=NOON + timedelta(minutes=12))
    alarms = list(Alarm.objects.all())
    assert rate_by_ten_minutes(alarms, NOON, NOON + timedelta(minutes=25)) == [0, 2, 0]
