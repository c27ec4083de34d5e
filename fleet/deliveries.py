"""Messages on their way to people: each claimed, sent, tried again with growing pauses, or given up.

Nothing is sent twice: a delivery is claimed in the database before it is given away. What is broken off in between is
tried again only where the other end knows a repeat by its name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any, Generic, TypeVar

import requests
import structlog
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

log = structlog.get_logger(__name__)

TIMEOUT_S = 10.0
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=10)
MOST_DOUBLINGS = 10
LONGEST_ANSWER = 200


class DeliveryState(models.TextChoices):
    """What became of a message on its way."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    QUIET = "quiet", _("Not sent: quiet hours")
    GIVEN_UP = "given_up", _("Given up")
    GONE = "gone", _("Nobody there any more")


class Delivery(models.Model):
    """The way of a message to one place: the delivery log.

    Attributes:
        next_try_at: when it is due; of one that is being sent, until when it belongs to the process that sends it.
        answer: what was answered last: a status, or an error.
    """

    state = models.CharField(_("state"), max_length=12, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"))
    done_at = models.DateTimeField(_("done"), null=True)
    answer = models.CharField(_("answer"), max_length=LONGEST_ANSWER, blank=True)

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["state", "next_try_at"], name="%(class)s_due")]


NONE = Q(pk__in=[])

D = TypeVar("D", bound=Delivery)


class NotDelivered(Exception):  # noqa: N818  (it is an answer, and tried again)
    """A message was not taken; the text is what was answered, `retry_after` how long to wait at least."""

    def __init__(self, answer: str, retry_after: timedelta = timedelta(0)) -> None:
        super().__init__(answer)
        self.retry_after = retry_after


class Unreachable(Exception):  # noqa: N818  (it is an answer, and never tried again)
    """There is nobody at the other end any more."""


@dataclass(frozen=True)
class Post(Generic[D]):
    """How the deliveries of a model are sent.

    Attributes:
        model: of them.
        related: what is read with each.
        send: gives a delivery away within a session of HTTP, and gives what was answered.
        told_at: when what it tells of was told.
        worth_telling: what is older than this does more harm than good.
        claimed_for: so long a delivery belongs to the process that sends it; then another one may.
        once: those that are never sent again when they were broken off, since they may have arrived.
        batch: so many are taken at a time.
    """

    model: type[D]
    related: tuple[str, ...]
    send: Callable[[D, requests.Session], str]
    told_at: Callable[[D], datetime]
    worth_telling: timedelta
    claimed_for: timedelta
    once: Q = NONE
    batch: int = 500


def send_due(post: Post[D], now: datetime | None = None) -> int:
    """Send what is due; how many were taken at the other end."""
    now = now or timezone.now()
    with requests.Session() as session:
        return sum(send(post, delivery, session, now) for delivery in claim_due(post, now))


@transaction.atomic
def claim_due(post: Post[D], now: datetime) -> list[D]:
    """Take deliveries that are due, so that no other process sends them too."""
    rows = post.model._base_manager
    open_ones = (DeliveryState.WAITING, DeliveryState.SENDING)
    due = rows.filter(state__in=open_ones, next_try_at__lte=now)
    due = due.exclude(post.once, state=DeliveryState.SENDING)
    ids = list(
        due.select_for_update(skip_locked=True, of=("self",))
        .order_by("next_try_at", "pk")
        .values_list("pk", flat=True)[: post.batch]
    )
    rows.filter(pk__in=ids).update(
        state=DeliveryState.SENDING, next_try_at=now + post.claimed_for, attempts=F("attempts") + 1
    )
    return list(rows.filter(pk__in=ids).select_related(*post.related).order_by("pk"))


def send(post: Post[D], delivery: D, session: requests.Session, now: datetime) -> bool:
    """Send one, and note what became of it."""
    if now - post.told_at(delivery) > post.worth_telling:
        return finish(delivery, DeliveryState.GIVEN_UP, now)
    try:
        answer = post.send(delivery, session)
    except Unreachable as error:
        return finish(delivery, DeliveryState.GONE, now, str(error))
    except NotDelivered as error:
        return try_again(delivery, str(error), now, error.retry_after)
    except (requests.RequestException, SMTPException, OSError, ValueError) as error:
        return try_again(delivery, str(error) or type(error).__name__, now)
    return finish(delivery, DeliveryState.SENT, now, answer)


def try_again(delivery: Delivery, answer: str, now: datetime, retry_after: timedelta = timedelta(0)) -> bool:
    """Put a delivery off, longer each time, or as long as the other end asks for; gives False: it is not sent."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(delivery.attempts - 1, MOST_DOUBLINGS))
    delivery.state, delivery.next_try_at = DeliveryState.WAITING, now + max(pause, retry_after)
    keep(delivery, answer, "next_try_at")
    told: dict[str, Any] = {"delivery": delivery.pk, "kind": delivery._meta.label_lower}
    log.warning("delivery_failed", **told, attempts=delivery.attempts, answer=delivery.answer)
    return False


def finish(delivery: Delivery, state: DeliveryState, now: datetime, answer: str = "") -> bool:
    """Note that a delivery is not tried again; whether it was sent."""
    delivery.state, delivery.done_at = state, now
    keep(delivery, answer or delivery.answer, "done_at")
    return state == DeliveryState.SENT


def keep(delivery: Delivery, answer: str, moment: str) -> None:
    """Store what became of a delivery."""
    delivery.answer = answer[:LONGEST_ANSWER]
    delivery.save(update_fields=["state", "answer", moment])
