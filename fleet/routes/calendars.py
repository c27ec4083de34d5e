"""When a school has lessons: its terms, and the days that differ from them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.organisations.models import Organisation
from fleet.records import Record, refuse_overlap, refuse_wrong_order


class Weekday(models.IntegerChoices):
    """A day of the week, Monday is 0."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Term(Record):
    """A stretch of days on which a school teaches; public holidays in it are free."""

    school = models.ForeignKey(Organisation, models.PROTECT, related_name="terms", verbose_name=_("school"))
    name = models.CharField(_("name"), max_length=60)
    valid_from = models.DateField(_("first day"))
    valid_until = models.DateField(_("last day"))

    class Meta:
        app_label = "routes"
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ("school", "valid_from")

    def __str__(self) -> str:
        return f"{self.school} · {self.name}"

    def clean(self) -> None:
        """Terms of a school don't overlap."""
        refuse_wrong_order(self.valid_from, self.valid_until)
        refuse_overlap(self, Term.objects.filter(school=self.school_id))


class ExceptionalDay(Record):
    """A day on which a school teaches otherwise than its term and the public holidays say.

    Attributes:
        as_weekday: the weekday whose patterns run, Monday is 0; None where no bus runs.
    """

    school = models.ForeignKey(
        Organisation, models.PROTECT, related_name="exceptional_days", verbose_name=_("school")
    )
    day = models.DateField(_("day"))
    as_weekday = models.PositiveSmallIntegerField(
        _("runs as on"), null=True, blank=True, choices=Weekday, help_text=_("Empty: no bus runs.")
    )
    note = models.CharField(_("why"), max_length=120)

    class Meta:
        app_label = "routes"
        verbose_name = _("exceptional day")
        verbose_name_plural = _("exceptional days")
        ordering = ("school", "day")
        constraints = [
            models.UniqueConstraint(
                fields=["school", "day"],
                condition=Q(archived_at__isnull=True),
                name="exceptional_day_once_per_school",
            )
        ]

    def __str__(self) -> str:
        return f"{self.school} · {self.day}"
