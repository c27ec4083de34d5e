"""What people were told of alarms, over which channels, and what became of each try."""

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from fleet.deliveries import Delivery
from fleet.findings.models import FindingSeverity
from fleet.records import Record


class Channel(models.TextChoices):
    """The ways by which a person is told; on the pages everybody is."""

    PUSH = "push", _("Push to a browser")
    MAIL = "mail", _("E-mail")
    HOOK = "hook", _("SMS or WeChat, by a gateway")


def every_channel() -> list[str]:
    """All of them: what is used where nothing was chosen."""
    return [channel.value for channel in Channel]


class NoticePreferences(models.Model):
    """How a person wants to be told of alarms. Emergencies come over every channel, at any hour.

    Attributes:
        quiet_from, quiet_until: local times between which only emergencies come; over midnight where the first is
            the later.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="notice_preferences"
    )
    channels = models.JSONField(_("tell me by"), default=every_channel, blank=True)
    least_severity = models.CharField(
        _("from this severity on"),
        max_length=12,
        choices=FindingSeverity.choices[1:],
        default=FindingSeverity.HIGH,
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    class Meta:
        verbose_name = _("how a person is told of alarms")
        verbose_name_plural = _("how people are told of alarms")

    def __str__(self) -> str:
        return f"{self.person}"


class Hook(Record):
    """A gateway for SMS or WeChat: notices to people of an organisation are posted there as signed JSON."""

    organisation = models.ForeignKey(
        "organisations.Organisation",
        models.PROTECT,
        related_name="notice_hooks",
        verbose_name=_("organisation"),
    )
    name = models.CharField(_("name"), max_length=60)
    url = models.URLField(_("address"), max_length=500, validators=[URLValidator(schemes=["http", "https"])])
    secret = models.CharField(_("secret"), max_length=100)

    class Meta:
        verbose_name = _("notice gateway")
        verbose_name_plural = _("notice gateways")
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class AlarmTelling(models.Model):
    """That those of a level were told of an alarm of a severity: so they are told once, whichever process does it."""

    alarm = models.ForeignKey(
        "alarms.Alarm", models.CASCADE, related_name="tellings", verbose_name=_("alarm")
    )
    level = models.PositiveSmallIntegerField(_("level of escalation"))
    severity = models.CharField(_("severity"), max_length=12, choices=FindingSeverity)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("telling of an alarm")
        verbose_name_plural = _("tellings of alarms")
        constraints = [
            models.UniqueConstraint(fields=["alarm", "level", "severity"], name="alarm_told_once_per_level")
        ]

    def __str__(self) -> str:
        return f"{self.alarm} · {self.level}"


class AlarmNotice(models.Model):
    """That a person was told of an alarm. The words are made when it is shown or sent."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="alarm_notices", verbose_name=_("person")
    )
    telling = models.ForeignKey(
        AlarmTelling, models.CASCADE, related_name="notices", verbose_name=_("telling")
    )
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice of an alarm")
        verbose_name_plural = _("notices of alarms")
        ordering = ("-telling__at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["person", "telling"], name="person_told_once_per_telling")
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.telling}"


class NoticeDelivery(Delivery):
    """The way of a notice over one channel to one place.

    Attributes:
        target: which browser, address or gateway, as "push:3", "mail" or "hook:2"; with the notice, only once.
    """

    notice = models.ForeignKey(
        AlarmNotice, models.CASCADE, related_name="deliveries", verbose_name=_("notice")
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    target = models.CharField(_("to"), max_length=40)

    class Meta(Delivery.Meta):
        verbose_name = _("delivery of a notice")
        verbose_name_plural = _("deliveries of notices")
        ordering = ("-pk",)
        constraints = [models.UniqueConstraint(fields=["notice", "target"], name="notice_once_per_target")]

    def __str__(self) -> str:
        return f"{self.notice} · {self.target}"
