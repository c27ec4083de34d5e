"""Who gets which report by e-mail, and what became of each."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.notices.models import MailState
from fleet.records import Record


class Rhythm(models.TextChoices):
    """How often a report comes."""

    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")


class ReportSubscription(Record):
    """A person wants the report of an organisation, week by week or month by month; archived when it is ended."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="report_subscriptions",
        verbose_name=_("person"),
    )
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Rhythm)
    language = models.CharField(_("language"), max_length=16, choices=settings.LANGUAGES)

    class Meta:
        verbose_name = _("subscription to reports")
        verbose_name_plural = _("subscriptions to reports")
        ordering = ("organisation__name", "kind")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "kind"],
                condition=Q(archived_at__isnull=True),
                name="report_subscribed_once",
                violation_error_message=_("You get this report already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_kind_display()}"


class ReportDelivery(models.Model):
    """A report sent for a period; one that was broken off stays "being sent", and is never repeated."""

    subscription = models.ForeignKey(
        ReportSubscription,
        models.PROTECT,
        related_name="deliveries",
        verbose_name=_("subscription to reports"),
    )
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    address = models.EmailField(_("e-mail address"))
    state = models.CharField(_("state"), max_length=8, choices=MailState, default=MailState.SENDING)
    at = models.DateTimeField(_("time"), auto_now_add=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("report sent")
        verbose_name_plural = _("reports sent")
        ordering = ("-at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "first"],
                condition=~Q(state="failed"),
                name="report_sent_once_a_period",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscription} · {self.first}"
