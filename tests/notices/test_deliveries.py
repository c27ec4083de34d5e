"""What families and people on duty are told goes out by one mechanism: claimed, tried again, never sent twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
import requests

from fleet import deliveries
from fleet.deliveries import FIRST_PAUSE, LONGEST_PAUSE, DeliveryState, NotDelivered, Unreachable, claim_due
from fleet.family.models import FamilyNotice, NoticeKind, PushDelivery
from fleet.family.push import POST as TO_FAMILIES
from fleet.notices.models import AlarmNotice, Channel, NoticeDelivery
from fleet.notices.sending import POST as OF_ALARMS
from fleet.notices.telling import tell_of_alarms
from tests.alarms.builders import NOON, coordinator, episode, tell
from tests.fleet.builders import bus as make_bus
from tests.parent.builders import running_family

pytestmark = pytest.mark.django_db
NOW = NOON + timedelta(minutes=2)


def push_to_a_family():
    home = running_family()
    notice = FamilyNotice.objects.create(
        guardian=home.guardian, pupil=home.child, trip=home.trip, kind=NoticeKind.LATE, at=NOW
    )
    return PushDelivery.objects.create(notice=notice, next_try_at=NOW)


def notice_by(channel):
    bus = make_bus()
    coordinator(bus)
    tell(bus, episode())
    tell_of_alarms(NOW)
    notice = AlarmNotice.objects.get()
    return NoticeDelivery.objects.create(notice=notice, channel=channel, target="hook:1", next_try_at=NOW)


@pytest.fixture(params=["family", "alarm"])
def post(request):
    """How a kind of delivery is sent, with one of it that is due."""
    if request.param == "family":
        push_to_a_family()
        return TO_FAMILIES
    notice_by(Channel.HOOK)
    return OF_ALARMS


def answering(post, *answers):
    """A post whose other end answers so, and what it got."""
    left, got = list(answers), []

    def send(delivery, _session):
        got.append(delivery.pk)
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return replace(post, send=send), got


def stored(post):
    return post.model.objects.get()


def test_what_one_process_has_claimed_no_other_takes(post):
    assert len(claim_due(post, NOW)) == 1
    assert claim_due(post, NOW) == []
    assert stored(post).state == DeliveryState.SENDING


def test_what_was_broken_off_is_tried_again_once_its_claim_is_over(post):
    claim_due(post, NOW)
    assert claim_due(post, NOW + post.claimed_for - timedelta(seconds=1)) == []
    assert [one.attempts for one in claim_due(post, NOW + post.claimed_for)] == [2]


def test_what_was_broken_off_and_may_have_arrived_is_never_sent_again():
    notice_by(Channel.MAIL)
    claim_due(OF_ALARMS, NOW)
    assert claim_due(OF_ALARMS, NOW + timedelta(days=1)) == []


def test_what_was_sent_is_sent_once_and_stands_in_the_log(post):
    sending, got = answering(post, "201")
    assert deliveries.send_due(sending, NOW) == 1
    assert deliveries.send_due(sending, NOW + timedelta(hours=1)) == 0
    assert len(got) == 1
    one = stored(post)
    assert (one.state, one.answer, one.attempts, one.done_at) == (DeliveryState.SENT, "201", 1, NOW)


def test_pauses_grow_up_to_the_longest(post):
    patient = replace(post, worth_telling=timedelta(days=1))
    sending, got = answering(patient, *[NotDelivered("503")] * 9)
    now, pauses = NOW, []
    for _ in range(9):
        assert deliveries.send_due(sending, now) == 0
        one = stored(post)
        assert (one.state, one.answer) == (DeliveryState.WAITING, "503")
        pauses.append(one.next_try_at - now)
        assert deliveries.send_due(sending, one.next_try_at - timedelta(seconds=1)) == 0
        now = one.next_try_at
    assert pauses == [min(FIRST_PAUSE * 2**number, LONGEST_PAUSE) for number in range(9)]
    assert len(got) == 9


def test_the_other_end_may_ask_for_a_longer_pause(post):
    sending, _got = answering(post, NotDelivered("429", retry_after=timedelta(minutes=5)))
    deliveries.send_due(sending, NOW)
    assert stored(post).next_try_at == NOW + timedelta(minutes=5)


@pytest.mark.parametrize("error", [requests.ConnectionError("no route"), OSError("x"), ValueError("bad key")])
def test_whatever_breaks_is_tried_again_and_said(post, error):
    sending, _got = answering(post, error)
    deliveries.send_due(sending, NOW)
    assert (stored(post).state, stored(post).answer) == (DeliveryState.WAITING, str(error))


def test_where_nobody_is_any_more_nothing_is_tried_again(post):
    sending, got = answering(post, Unreachable("410"))
    deliveries.send_due(sending, NOW)
    assert deliveries.send_due(sending, NOW + timedelta(hours=1)) == 0
    assert (stored(post).state, stored(post).answer, len(got)) == (DeliveryState.GONE, "410", 1)


def test_what_is_too_old_is_given_up_unsent(post):
    sending, got = answering(post)
    deliveries.send_due(sending, NOW + post.worth_telling + timedelta(seconds=1))
    assert (stored(post).state, got) == (DeliveryState.GIVEN_UP, [])
