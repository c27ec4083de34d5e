"""E-mails: each person's new notices of a day in one message, never sent twice.

A message is claimed in the database before it is given to the mail server. One that the server refuses is marked as
failed, and its notices go into the next; one that was broken off in between is never repeated, since it may have
arrived. Messages name buses, drivers and papers, never identity numbers.
"""

from collections.abc import Iterable
from datetime import date
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils.translation import ngettext, override

from fleet.notices.models import ExpiryNotice, MailDelivery, MailState
from fleet.notices.queries import language_of, unread
from fleet.people.models import User

log = structlog.get_logger(__name__)

LONGEST_ERROR = 200
TEMPLATE = "notices/mail.txt"


def mail_notices(today: date) -> int:
    """Send each person who has an e-mail address the notices that are neither read nor mailed.

    Args:
        today: in the local zone; one message a day.

    Returns:
        How many messages the mail server took; none where no server is configured.
    """
    if not settings.MAIL_NOTICES:
        return 0
    waiting = User.objects.filter(
        is_active=True, expiry_notices__read_at=None, expiry_notices__delivery=None
    ).exclude(email="")
    mailed_today = MailDelivery.objects.filter(day=today).exclude(state=MailState.FAILED)
    people = list(waiting.exclude(pk__in=mailed_today.values("person")).distinct().order_by("pk"))
    if not people:
        return 0
    with get_connection() as connection:
        return sum(mail_person(person, today, connection) for person in people)


def mail_person(person: User, today: date, connection: BaseEmailBackend) -> bool:
    """Send a person's notices; whether the mail server took them."""
    notices = list(unread(person).filter(delivery=None))
    delivery = claimed(person, notices, today)
    if delivery is None:
        return False
    try:
        message(delivery, notices, today, connection).send()
    except (SMTPException, OSError) as error:
        give_back(delivery, str(error))
        log.warning("mail_failed", delivery=delivery.pk, error=repr(error))
        return False
    MailDelivery.objects.filter(pk=delivery.pk).update(state=MailState.SENT)
    return True


def claimed(person: User, notices: Iterable[ExpiryNotice], today: date) -> MailDelivery | None:
    """The message of a day, taken by this process; None where another has taken it, or nothing is to be said."""
    ids = [one.pk for one in notices]
    if not ids:
        return None
    try:
        with transaction.atomic():
            delivery = MailDelivery.objects.create(
                person=person, address=person.email, day=today, language=language_of(person), notices=len(ids)
            )
            ExpiryNotice.objects.filter(pk__in=ids).update(delivery=delivery)
    except IntegrityError:
        return None
    return delivery


@transaction.atomic
def give_back(delivery: MailDelivery, error: str) -> None:
    """Mark a message as failed; its notices go into the next."""
    delivery.expiry_notices.update(delivery=None)
    MailDelivery.objects.filter(pk=delivery.pk).update(state=MailState.FAILED, error=error[:LONGEST_ERROR])


def message(
    delivery: MailDelivery, notices: list[ExpiryNotice], today: date, connection: BaseEmailBackend
) -> EmailMessage:
    """The message, in the person's language, what lapses first at the top."""
    with override(delivery.language):
        subject = ngettext(
            "Schoolrun: %(count)d notice of what lapses",
            "Schoolrun: %(count)d notices of what lapses",
            len(notices),
        )
        body = render_to_string(
            TEMPLATE,
            {"person": delivery.person, "notices": notices, "today": today, "address": settings.PUBLIC_URL},
        )
        return EmailMessage(
            subject % {"count": len(notices)}, body, to=[delivery.address], connection=connection
        )
