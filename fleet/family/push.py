"""Writes: pushes on their way: each sent, tried again with growing pauses, given up, or its browser forgotten."""

import json
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

import requests
import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from pywebpush import WebPushException, webpush

from fleet.family.models import DeliveryState, PushDelivery, PushSubscription
from fleet.family.vapid import vapid_key
from fleet.family.words import sentence_of

log = structlog.get_logger(__name__)

BATCH = 500
TIMEOUT_S = 10.0
WORTH_TELLING = timedelta(minutes=15)
"""A notice that is older than this when it comes does more harm than good."""
FIRST_PAUSE = timedelta(seconds=10)
CLAIMED_FOR = timedelta(minutes=1)
"""So long a delivery belongs to the process that sends it; then another one may."""
GONE = (404, 410)


def is_push_service(endpoint: str) -> bool:
    """Whether an address is one of a push service that we send to: a browser could name any computer otherwise."""
    url = urlsplit(endpoint)
    origin = f"{url.scheme}://{url.netloc}"
    return any(fnmatchcase(origin, allowed) for allowed in settings.PUSH_SERVICES)


def send_due(now: datetime | None = None) -> int:
    """Send the pushes that are due; how many were taken by their push service."""
    now = now or timezone.now()
    sent = 0
    with requests.Session() as session:
        for delivery in claim_due(now):
            sent += send(delivery, session, now)
    return sent


@transaction.atomic
def claim_due(now: datetime) -> list[PushDelivery]:
    """Take deliveries that are due, so that no other process sends them too."""
    due = PushDelivery.objects.filter(state=DeliveryState.WAITING, next_try_at__lte=now)
    ids = list(
        due.select_for_update(skip_locked=True).order_by("next_try_at").values_list("pk", flat=True)[:BATCH]
    )
    PushDelivery.objects.filter(pk__in=ids).update(next_try_at=now + CLAIMED_FOR, attempts=F("attempts") + 1)
    found = PushDelivery.objects.filter(pk__in=ids).select_related("notice", "subscription")
    return list(found.order_by("pk"))


def send(delivery: PushDelivery, session: requests.Session, now: datetime) -> bool:
    """Send one push, and note what became of it."""
    subscription = delivery.subscription
    if subscription is None:
        return finish(delivery, DeliveryState.GONE, now)
    if now - delivery.notice.at > WORTH_TELLING:
        return finish(delivery, DeliveryState.TOO_LATE, now)
    try:
        answer = webpush(
            {
                "endpoint": subscription.endpoint,
                "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth},
            },
            json.dumps(message_of(delivery, subscription), ensure_ascii=False),
            vapid_private_key=vapid_key(),
            vapid_claims={"sub": settings.PUBLIC_URL or f"mailto:{settings.DEFAULT_FROM_EMAIL}"},
            ttl=int(WORTH_TELLING.total_seconds()),
            headers={"Urgency": "high", "Topic": topic_of(delivery)},
            timeout=TIMEOUT_S,
            requests_session=session,
        )
    except WebPushException as error:
        return take_refusal(delivery, subscription, error, now)
    except (requests.RequestException, ValueError) as error:
        return try_again(delivery, type(error).__name__, now)
    delivery.answer = str(getattr(answer, "status_code", ""))
    finish(delivery, DeliveryState.SENT, now)
    return True


def message_of(delivery: PushDelivery, subscription: PushSubscription) -> dict[str, str]:
    """What the service worker shows: no name, no place."""
    with translation.override(subscription.language):
        return {
            "title": translation.gettext("School bus"),
            "body": sentence_of(delivery.notice),
            "url": reverse("family"),
            "tag": topic_of(delivery),
            "lang": subscription.language,
        }


def topic_of(delivery: PushDelivery) -> str:
    """By which a newer push of the same trip takes the place of one that was not delivered yet."""
    return f"trip{delivery.notice.trip_id}-{delivery.notice.kind.replace('_', '')}"[:32]


def take_refusal(
    delivery: PushDelivery, subscription: PushSubscription, error: WebPushException, now: datetime
) -> bool:
    """Forget a browser that has unsubscribed; try again after every other refusal."""
    if error.status_code in GONE:
        delivery.answer = str(error.status_code)
        finish(delivery, DeliveryState.GONE, now)
        subscription.delete()
        log.info("push_subscription_gone", guardian=subscription.guardian_id)
        return False
    return try_again(delivery, str(error.status_code or type(error).__name__), now, error.retry_after)


def try_again(delivery: PushDelivery, answer: str, now: datetime, retry_after: str | None = None) -> bool:
    """Put a push off, longer each time, or as long as its service asks for."""
    pause = FIRST_PAUSE * 2 ** (delivery.attempts - 1)
    if retry_after and retry_after.isdecimal():
        pause = max(pause, timedelta(seconds=int(retry_after)))
    delivery.answer = answer
    delivery.next_try_at = now + pause
    delivery.save(update_fields=["answer", "next_try_at"])
    log.warning("push_failed", delivery=delivery.pk, answer=answer, attempts=delivery.attempts)
    return False


def finish(delivery: PushDelivery, state: DeliveryState, now: datetime) -> bool:
    """Note that a push is not tried again; gives False, for what is not sent."""
    delivery.state, delivery.done_at = state, now
    delivery.save(update_fields=["state", "done_at", "answer"])
    return False
