"""Writes: pushes to browsers (RFC 8030); those of families on their way, and browsers that have gone forgotten."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

import requests
import structlog
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from pywebpush import WebPushException, webpush

from fleet import deliveries
from fleet.deliveries import TIMEOUT_S, NotDelivered, Post, Unreachable
from fleet.family.models import PushDelivery, PushSubscription
from fleet.family.vapid import vapid_key
from fleet.family.words import sentence_of

log = structlog.get_logger(__name__)

WORTH_TELLING = timedelta(minutes=15)
"""A notice that is older than this when it comes does more harm than good."""
GONE = (404, 410)


def is_push_service(endpoint: str) -> bool:
    """Whether an address is one of a push service that we send to: a browser could name any computer otherwise."""
    url = urlsplit(endpoint)
    origin = f"{url.scheme}://{url.netloc}"
    return any(fnmatchcase(origin, allowed) for allowed in settings.PUSH_SERVICES)


def push_to(
    subscription: PushSubscription,
    shown: Mapping[str, str],
    *,
    worth_telling: timedelta,
    session: requests.Session,
) -> str:
    """Push a message to a browser; gives the push service's answer.

    Args:
        subscription: the browser; it is forgotten where it has unsubscribed.
        shown: what its service worker shows; a newer one with the same `tag` takes the place of an older.
        worth_telling: how long the service keeps it for a browser that is away.
        session: of HTTP.

    Raises:
        Unreachable: where the browser has unsubscribed.
        NotDelivered: where the service did not take it.
    """
    keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
    try:
        answer = webpush(
            {"endpoint": subscription.endpoint, "keys": keys},
            json.dumps({**shown, "lang": subscription.language}, ensure_ascii=False),
            vapid_private_key=vapid_key(),
            vapid_claims={"sub": settings.PUBLIC_URL or f"mailto:{settings.DEFAULT_FROM_EMAIL}"},
            ttl=int(worth_telling.total_seconds()),
            headers={"Urgency": "high", "Topic": shown["tag"]},
            timeout=TIMEOUT_S,
            requests_session=session,
        )
    except WebPushException as error:
        if error.status_code in GONE:
            log.info("push_subscription_gone", person=subscription.guardian_id)
            PushSubscription.objects.filter(pk=subscription.pk).delete()
            raise Unreachable(str(error.status_code)) from error
        raise NotDelivered(str(error.status_code or type(error).__name__), waiting_time(error)) from error
    except requests.RequestException as error:  # its text has the address, which is a secret of the browser
        raise NotDelivered(type(error).__name__) from error
    return str(getattr(answer, "status_code", ""))


def waiting_time(error: WebPushException) -> timedelta:
    """How long a push service asks to wait."""
    asked = error.retry_after or ""
    return timedelta(seconds=int(asked) if asked.isdecimal() else 0)


def push_to_family(delivery: PushDelivery, session: requests.Session) -> str:
    """Push a notice to a guardian's browser: no name, no place; gives the push service's answer."""
    subscription = delivery.subscription
    if subscription is None:
        raise Unreachable("unsubscribed")
    with translation.override(subscription.language):
        shown = {
            "title": translation.gettext("School bus"),
            "body": sentence_of(delivery.notice),
            "url": reverse("family"),
            "tag": topic_of(delivery),
        }
    return push_to(subscription, shown, worth_telling=WORTH_TELLING, session=session)


def topic_of(delivery: PushDelivery) -> str:
    """By which a newer push of the same trip takes the place of one that was not delivered yet."""
    return f"trip{delivery.notice.trip_id}-{delivery.notice.kind.replace('_', '')}"[:32]


def told_at(delivery: PushDelivery) -> datetime:
    """When the family was told."""
    at: datetime = delivery.notice.at
    return at


POST = Post(
    model=PushDelivery,
    related=("notice", "subscription"),
    send=push_to_family,
    told_at=told_at,
    worth_telling=WORTH_TELLING,
    claimed_for=timedelta(minutes=1),
)


def send_due(now: datetime | None = None) -> int:
    """Send the pushes to families that are due; how many were taken by their push service."""
    return deliveries.send_due(POST, now)
