"""What guardians consent to, in which words, when, and when they withdrew it (个人信息保护法 Art 14, 15, 29, 31)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fleet.append_only import AppendOnly

VERSION = "2026-1"
"""Of the words below: whoever changes them gives them a new one."""


class Purpose(models.TextChoices):
    """What a child's data are used for; each is consented to by itself, and a link needs both."""

    RIDES = "rides", _("The child's rides")
    WHEREABOUTS = "whereabouts", _("Where the child's bus is")


def words_of(purpose: Purpose) -> str:
    """What a guardian reads and consents to, in the language of the page."""
    if purpose == Purpose.RIDES:
        return gettext(
            "The school keeps my child's name, class, stops, absences and the adults who may collect it, so that"
            " the school bus carries it safely. The school, the coordinator and the crew of the trip see them."
        )
    return gettext(
        "During my child's trip I am shown where the bus is. This tells where my child is, which is sensitive"
        " personal information of a minor. Nobody else is shown it through my account."
    )


class GuardianConsent(AppendOnly):
    """A guardian consented to a purpose, or withdrew that: one row for each, never changed."""

    pupil = models.ForeignKey(
        "pupils.Pupil", models.PROTECT, related_name="consents", verbose_name=_("pupil")
    )
    guardian = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="consents", verbose_name=_("guardian")
    )
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose)
    is_given = models.BooleanField(_("given"))
    version = models.CharField(_("version"), max_length=16)
    words = models.TextField(_("words"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("consent of a guardian")
        verbose_name_plural = _("consents of guardians")
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.guardian} · {self.get_purpose_display()} · {self.at:%Y-%m-%d}"
