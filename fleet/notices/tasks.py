"""Scheduled work: people are told what lapses, on the page and by e-mail, and of alarms over every channel."""

import structlog
from celery import shared_task
from django.utils import timezone

from fleet.notices.changes import notify_all
from fleet.notices.mail import mail_notices
from fleet.notices.sending import send_due
from fleet.notices.telling import tell_of_alarms

log = structlog.get_logger(__name__)


@shared_task
def notify_expiries() -> int:
    """Tell whoever can act what lapses in 60, 30, 7 and 1 days, or has lapsed."""
    told = notify_all(timezone.localdate())
    log.info("expiries_notified", notices=told)
    return told


@shared_task
def tell_alarms() -> int:
    """Tell whoever has to know of alarms, and send what is due."""
    now = timezone.now()
    told = tell_of_alarms(now)
    sent = send_due(now)
    if told or sent:
        log.info("alarms_told", notices=told, sent=sent)
    return told


@shared_task
def send_mail() -> int:
    """Send what people were told and have not read."""
    sent = mail_notices(timezone.localdate())
    log.info("notices_mailed", messages=sent)
    return sent
