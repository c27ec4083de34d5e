"""Writes: notices of alarms on their way: each claimed, sent, tried again with growing pauses, or given up.

Nothing is sent twice: a delivery is claimed in the database before it is given away. Push services and gateways know
a repeat by its name, so that one that was broken off is tried again; an e-mail that was broken off never is, since it
may have arrived.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException

import requests
import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from pywebpush import WebPushException, webpush

from fleet.family.models import PushSubscription
from fleet.family.vapid import vapid_key
from fleet.notices.alarm_notices import Channel, Hook, NoticeDelivery, NoticeState
from fleet.notices.alarm_words import message_of
from fleet.notices.queries import language_of

log = structlog.get_logger(__name__)

BATCH = 200
TIMEOUT_S = 10.0
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=10)
WORTH_TELLING = timedelta(hours=2)
"""Of an alarm that was told so long ago nobody need be told any more."""
CLAIMED_FOR = timedelta(minutes=2)
SIGNATURE_HEADER = "X-Schoolrun-Signature"
GONE = (404, 410)


class NotDelivered(Exception):  # noqa: N818  (it is an answer, and tried again)
    """A channel did not take a notice; the message is what it answered."""


class Unreachable(Exception):  # noqa: N818  (it is an answer, and never tried again)
    """There is nobody at the other end any more."""


def send_due(now: datetime | None = None) -> int:
    """Send the notices that are due; how many were taken."""
    now = now or timezone.now()
    return sum(send(delivery, now) for delivery in claim_due(now))


@transaction.atomic
def claim_due(now: datetime) -> list[NoticeDelivery]:
    """Take deliveries that are due, so that no other process sends them too."""
    waiting = NoticeDelivery.objects.filter(state=NoticeState.WAITING, next_try_at__lte=now)
    broken_off = NoticeDelivery.objects.filter(state=NoticeState.SENDING, next_try_at__lte=now).exclude(
        channel=Channel.MAIL
    )
    ids = list(
        (waiting | broken_off)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_try_at", "pk")
        .values_list("pk", flat=True)[:BATCH]
    )
    NoticeDelivery.objects.filter(pk__in=ids).update(
        state=NoticeState.SENDING, next_try_at=now + CLAIMED_FOR, attempts=F("attempts") + 1
    )
    related = ("notice__person", "notice__telling__alarm__bus", "notice__telling__alarm__finding")
    return list(NoticeDelivery.objects.filter(pk__in=ids).select_related(*related).order_by("pk"))


def send(delivery: NoticeDelivery, now: datetime) -> bool:
    """Send one notice, and note what became of it."""
    if now - delivery.notice.telling.at > WORTH_TELLING:
        return finish(delivery, NoticeState.GIVEN_UP, now)
    try:
        delivery.answer = SENDERS[Channel(delivery.channel)](delivery)
    except Unreachable as error:
        delivery.answer = str(error)[:200]
        return finish(delivery, NoticeState.GIVEN_UP, now)
    except (NotDelivered, requests.RequestException, SMTPException, OSError, ValueError) as error:
        return try_again(delivery, str(error) or type(error).__name__, now)
    finish(delivery, NoticeState.SENT, now)
    return True


def by_push(delivery: NoticeDelivery) -> str:
    """Push to a browser (RFC 8030); gives the push service's answer."""
    subscription = PushSubscription.objects.filter(pk=number_of(delivery)).first()
    if subscription is None:
        raise Unreachable("unsubscribed")
    with translation.override(subscription.language):
        shown = message_of(delivery.notice) | {"tag": tag_of(delivery), "lang": subscription.language}
    keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
    try:
        answer = webpush(
            {"endpoint": subscription.endpoint, "keys": keys},
            json.dumps(shown, ensure_ascii=False),
            vapid_private_key=vapid_key(),
            vapid_claims={"sub": settings.PUBLIC_URL or f"mailto:{settings.DEFAULT_FROM_EMAIL}"},
            ttl=int(WORTH_TELLING.total_seconds()),
            headers={"Urgency": "high", "Topic": tag_of(delivery)},
            timeout=TIMEOUT_S,
        )
    except WebPushException as error:
        if error.status_code in GONE:
            subscription.delete()
            raise Unreachable(str(error.status_code)) from error
        raise NotDelivered(str(error.status_code or type(error).__name__)) from error
    return str(getattr(answer, "status_code", ""))


def by_mail(delivery: NoticeDelivery) -> str:
    """Send an e-mail."""
    person = delivery.notice.person
    if not person.email or not settings.MAIL_NOTICES:
        raise Unreachable("no mail server" if person.email else "no address")
    with translation.override(language_of(person)):
        shown = message_of(delivery.notice)
        text = f"{shown['body']}\n\n{settings.PUBLIC_URL}{shown['url']}\n"
        EmailMessage(shown["title"], text, to=[person.email]).send()
    return ""


def by_hook(delivery: NoticeDelivery) -> str:
    """Post to a gateway for SMS or WeChat, signed; gives its status."""
    hook = Hook.objects.filter(pk=number_of(delivery), archived_at=None).first()
    if hook is None:
        raise Unreachable("taken away")
    body = json.dumps(hook_body(delivery), ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        SIGNATURE_HEADER: signature(hook.secret, body, int(timezone.now().timestamp())),
    }
    answer = requests.post(hook.url, data=body, headers=headers, timeout=TIMEOUT_S, allow_redirects=False)
    if not answer.ok:
        raise NotDelivered(f"HTTP {answer.status_code}")
    return str(answer.status_code)


def hook_body(delivery: NoticeDelivery) -> dict[str, object]:
    """What a gateway is told: an id that is the same when it is told again, whom to reach, and the words."""
    person = delivery.notice.person
    with translation.override(language_of(person)):
        shown = message_of(delivery.notice)
    return {
        "id": f"notice-{delivery.pk}",
        "person": {"id": person.pk, "username": person.get_username(), "name": str(person)},
        "severity": delivery.notice.telling.severity,
        "rule": delivery.notice.telling.alarm.rule,
        "language": language_of(person),
        "title": shown["title"],
        "body": shown["body"],
        "url": f"{settings.PUBLIC_URL}{shown['url']}",
    }


def signature(secret: str, body: bytes, at: int) -> str:
    """The signature header: ``t=<Unix time>,v1=<HMAC-SHA-256 of "<t>.<body>">``; a receiver refuses old times."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


SENDERS: dict[Channel, Callable[[NoticeDelivery], str]] = {
    Channel.PUSH: by_push,
    Channel.MAIL: by_mail,
    Channel.HOOK: by_hook,
}


def number_of(delivery: NoticeDelivery) -> int:
    """The id in a target such as "push:3"."""
    return int(delivery.target.partition(":")[2])


def tag_of(delivery: NoticeDelivery) -> str:
    """By which a newer notice of the same alarm takes the place of an older."""
    return f"alarm-{delivery.notice.telling.alarm_id}"


def try_again(delivery: NoticeDelivery, answer: str, now: datetime) -> bool:
    """Put a notice off, longer each time; gives False, for what is not sent."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(delivery.attempts - 1, 10))
    delivery.state, delivery.answer, delivery.next_try_at = NoticeState.WAITING, answer[:200], now + pause
    delivery.save(update_fields=["state", "answer", "next_try_at"])
    log.warning("notice_failed", delivery=delivery.pk, channel=delivery.channel, answer=answer[:200])
    return False


def finish(delivery: NoticeDelivery, state: NoticeState, now: datetime) -> bool:
    """Note that a notice is not tried again; gives False, for what is not sent."""
    delivery.state, delivery.done_at = state, now
    delivery.save(update_fields=["state", "done_at", "answer"])
    return False
