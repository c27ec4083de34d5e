"""Attendants, who answer for the pupils aboard, and what is checked of each."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from fleet.people.crew import CrewMember
from fleet.records import Record, document_field, not_in_future, refuse_wrong_order


class Attendant(CrewMember):
    """An adult who is aboard for the whole trip (校车安全管理条例 Art 38)."""

    class Meta(CrewMember.Meta):
        verbose_name = _("attendant")
        verbose_name_plural = _("attendants")


class CheckKind(models.TextChoices):
    """What must be known of an attendant."""

    TRAINING = "training", _("Training")
    HEALTH = "health", _("Health")
    BACKGROUND = "background", _("Background check")


class AttendantCheck(Record):
    """What was found out about an attendant on a day; the newest of each kind counts."""

    attendant = models.ForeignKey(
        Attendant, models.PROTECT, related_name="checks", verbose_name=_("attendant")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=CheckKind)
    done_on = models.DateField(_("done"), validators=[not_in_future])
    passed = models.BooleanField(_("passed"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    document = document_field("attendants")

    class Meta:
        verbose_name = _("attendant's check")
        verbose_name_plural = _("attendants' checks")
        ordering = ("kind", "-done_on", "-pk")

    def __str__(self) -> str:
        return f"{self.attendant} · {self.get_kind_display()} · {self.done_on}"

    def clean(self) -> None:
        """A check has its evidence, and ends after its day."""
        refuse_wrong_order(self.done_on, self.valid_until)
        if not self.evidence.strip() and not self.document:
            raise ValidationError({"evidence": _("Say what shows it, or add the document.")})
