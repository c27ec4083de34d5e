"""What guardians ask a school to correct or delete in the data of their child (个人信息保护法 Art 46, 47)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fleet.records import Record


class Outcome(models.TextChoices):
    """How a school has answered."""

    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused, with the reason")


class CorrectionRequest(Record):
    """A guardian's request; it stays open until the school has answered."""

    pupil = models.ForeignKey(
        "pupils.Pupil", models.PROTECT, related_name="correction_requests", verbose_name=_("pupil")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    wish = models.CharField(_("what is to be corrected or deleted"), max_length=500)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome, default=Outcome.OPEN)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("request to correct")
        verbose_name_plural = _("requests to correct")
        ordering = ("-asked_at", "-pk")

    def __str__(self) -> str:
        return f"{self.pupil} · {self.asked_at:%Y-%m-%d}"
