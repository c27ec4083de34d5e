"""Writes: notices of alarms on their way to people, over each of their channels.

Push services and gateways know a repeat by its name, so that one that was broken off is tried again; an e-mail that
was broken off never is, since it may have arrived.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta

import requests
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.utils import timezone, translation

from fleet import deliveries
from fleet.deliveries import TIMEOUT_S, NotDelivered, Post, Unreachable
from fleet.family.models import PushSubscription
from fleet.family.push import push_to
from fleet.notices.alarm_notices import Channel, Hook, NoticeDelivery
from fleet.notices.alarm_words import message_of
from fleet.notices.queries import language_of

WORTH_TELLING = timedelta(hours=2)
"""Of an alarm that was told so long ago nobody need be told any more."""
SIGNATURE_HEADER = "X-Schoolrun-Signature"


def by_push(delivery: NoticeDelivery, session: requests.Session) -> str:
    """Push to a browser; gives the push service's answer."""
    subscription = PushSubscription.objects.filter(pk=number_of(delivery)).first()
    if subscription is None:
        raise Unreachable("unsubscribed")
    with translation.override(subscription.language):
        shown = message_of(delivery.notice) | {"tag": tag_of(delivery)}
    return push_to(subscription, shown, worth_telling=WORTH_TELLING, session=session)


def by_mail(delivery: NoticeDelivery, _session: requests.Session) -> str:
    """Send an e-mail."""
    person = delivery.notice.person
    if not person.email or not settings.MAIL_NOTICES:
        raise Unreachable("no mail server" if person.email else "no address")
    with translation.override(language_of(person)):
        shown = message_of(delivery.notice)
        text = f"{shown['body']}\n\n{settings.PUBLIC_URL}{shown['url']}\n"
        EmailMessage(shown["title"], text, to=[person.email]).send()
    return ""


def by_hook(delivery: NoticeDelivery, _session: requests.Session) -> str:
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


SENDERS: dict[Channel, Callable[[NoticeDelivery, requests.Session], str]] = {
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


def told_at(delivery: NoticeDelivery) -> datetime:
    """When people were told of the alarm."""
    at: datetime = delivery.notice.telling.at
    return at


def send(delivery: NoticeDelivery, session: requests.Session) -> str:
    """Give a notice away over its channel; gives what was answered."""
    return SENDERS[Channel(delivery.channel)](delivery, session)


POST = Post(
    model=NoticeDelivery,
    related=("notice__person", "notice__telling__alarm__bus", "notice__telling__alarm__finding"),
    send=send,
    told_at=told_at,
    worth_telling=WORTH_TELLING,
    claimed_for=timedelta(minutes=2),
    once=Q(channel=Channel.MAIL),
    batch=200,
)


def send_due(now: datetime | None = None) -> int:
    """Send the notices that are due; how many were taken."""
    return deliveries.send_due(POST, now)
