"""What people were told: of things that lapse, with the e-mails that told them; and of alarms."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.notices.alarm_notices import (
    AlarmNotice,
    AlarmTelling,
    Channel,
    Hook,
    NoticeDelivery,
    NoticePreferences,
)

__all__ = [
    "AlarmNotice",
    "AlarmTelling",
    "Channel",
    "ExpiryNotice",
    "Hook",
    "MailDelivery",
    "MailState",
    "NoticeDelivery",
    "NoticePreferences",
]


class MailState(models.TextChoices):
    """What became of an e-mail."""

    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class MailDelivery(models.Model):
    """An e-mail to a person with the notices of a day; one that was broken off stays "being sent", never repeated."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_deliveries", verbose_name=_("person")
    )
    address = models.EmailField(_("e-mail address"))
    day = models.DateField(_("day"))
    language = models.CharField(_("language"), max_length=16)
    notices = models.PositiveSmallIntegerField(_("notices"))
    state = models.CharField(_("state"), max_length=8, choices=MailState, default=MailState.SENDING)
    at = models.DateTimeField(_("time"), auto_now_add=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ("-at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "day"], condition=~Q(state="failed"), name="mailed_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.day}"


class ExpiryNotice(models.Model):
    """What a person was told of something that lapses: once for each number of days before, and once after."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="expiry_notices", verbose_name=_("person")
    )
    subject_key = models.CharField(_("record"), max_length=64)
    key = models.CharField(_("key"), max_length=64)
    subject = models.CharField(_("whose"), max_length=160)
    what = models.CharField(_("what lapses"), max_length=160)
    lapses_on = models.DateField(_("lapses"))
    days_before = models.PositiveSmallIntegerField(_("days before"))
    sent_at = models.DateTimeField(_("sent"), auto_now_add=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    delivery = models.ForeignKey(
        MailDelivery, models.SET_NULL, null=True, related_name="expiry_notices", verbose_name=_("e-mail")
    )

    class Meta:
        verbose_name = _("expiry notice")
        verbose_name_plural = _("expiry notices")
        ordering = ("lapses_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "subject_key", "key", "lapses_on", "days_before"],
                name="expiry_told_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} · {self.what} · {self.lapses_on}"
