"""Drivers of school buses, and what is recorded of each: Art 23's conditions, reviews, health, points, training."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fleet.people import standing
from fleet.people.crew import CrewMember
from fleet.records import Record, document_field, not_in_future, refuse_wrong_order


class LicenceClass(models.TextChoices):
    """Classes of driving licence with which a school bus can be driven (机动车驾驶证申领和使用规定 annex 1)."""

    A1 = "A1", _("A1: large coach")
    A2 = "A2", _("A2: tractor-trailer")
    A3 = "A3", _("A3: city bus")
    B1 = "B1", _("B1: medium coach")
    B2 = "B2", _("B2: large lorry")
    C1 = "C1", _("C1: small car")
    C2 = "C2", _("C2: small automatic car")


class Driver(CrewMember):
    """A driver. The number of the licence is the identity number."""

    licence_class = models.CharField(_("class of licence"), max_length=2, choices=LicenceClass, blank=True)
    licence_first_issued_on = models.DateField(
        _("licence first issued"), null=True, blank=True, validators=[not_in_future]
    )
    licence_class_since = models.DateField(
        _("class held since"), null=True, blank=True, validators=[not_in_future]
    )
    licence_valid_until = models.DateField(_("licence valid until"), null=True, blank=True)

    class Meta(CrewMember.Meta):
        verbose_name = _("driver")
        verbose_name_plural = _("drivers")

    @property
    def licence_number(self) -> str:
        """The number of the driving licence."""
        return str(self.identity_number)

    def clean(self) -> None:
        """The licence's dates follow each other, and the birth date."""
        super().clean()
        refuse_wrong_order(self.born_on, self.licence_first_issued_on, "licence_first_issued_on")
        refuse_wrong_order(self.licence_first_issued_on, self.licence_class_since, "licence_class_since")
        refuse_wrong_order(self.licence_class_since, self.licence_valid_until, "licence_valid_until")


class DriverRecord(Record):
    """Something recorded of one driver."""

    driver = models.ForeignKey(Driver, models.PROTECT, related_name="%(class)s_set", verbose_name=_("driver"))

    class Meta:
        abstract = True


class Condition(models.TextChoices):
    """Conditions of Art 23 that are recorded with their evidence; age and years of licence follow from dates."""

    NO_FULL_POINTS = (
        standing.Condition.NO_FULL_POINTS.value,
        _("No full-points record in the last three cycles"),
    )
    NO_LIABLE_ACCIDENT = (
        standing.Condition.NO_LIABLE_ACCIDENT.value,
        _("No accident with death or serious injury for which liable"),
    )
    NO_DRINK_DRIVING = standing.Condition.NO_DRINK_DRIVING.value, _("Never driven after drinking")
    NO_OVERLOADING_OR_SPEEDING = (
        standing.Condition.NO_OVERLOADING_OR_SPEEDING.value,
        _("No overloading or speeding with a passenger vehicle in the last year"),
    )
    NO_CRIMINAL_RECORD = standing.Condition.NO_CRIMINAL_RECORD.value, _("No criminal record")
    HEALTHY = standing.Condition.HEALTHY.value, _("Healthy, and no infectious disease")
    NO_DANGEROUS_ILLNESS = (
        standing.Condition.NO_DANGEROUS_ILLNESS.value,
        _("No epilepsy, psychiatric history or other illness that endangers driving"),
    )
    NO_ABUSE = standing.Condition.NO_ABUSE.value, _("No abuse of alcohol, no drugs")


class State(models.TextChoices):
    """Whether a condition is fulfilled."""

    MET = standing.State.MET.value, _("Met")
    NOT_MET = standing.State.NOT_MET.value, _("Not met")
    UNKNOWN = standing.State.UNKNOWN.value, _("Unknown")


class DriverCondition(DriverRecord):
    """What was found out about one condition on a day; the newest counts."""

    condition = models.CharField(_("condition"), max_length=32, choices=Condition)
    state = models.CharField(_("state"), max_length=8, choices=State)
    established_on = models.DateField(_("established"), validators=[not_in_future])
    evidence = models.TextField(_("evidence"), blank=True)
    document = document_field("drivers")

    class Meta:
        verbose_name = _("condition of a driver")
        verbose_name_plural = _("conditions of drivers")
        ordering = ("condition", "-established_on", "-pk")

    def __str__(self) -> str:
        return f"{self.driver} · {self.get_condition_display()} · {self.get_state_display()}"

    def clean(self) -> None:
        """A state that is known has its evidence."""
        if self.state != State.UNKNOWN and not self.evidence.strip() and not self.document:
            raise ValidationError({"evidence": _("Say what shows it, or add the document.")})


class DriverQualification(DriverRecord):
    """The qualification to drive school buses, given by the police (校车安全管理条例 Art 24); one at a time."""

    one_at_a_time = ("driver",)

    number = models.CharField(_("number"), max_length=64)
    issuer = models.CharField(_("issuer"), max_length=120)
    issued_on = models.DateField(_("issued"), validators=[not_in_future])
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    document = document_field("drivers")

    class Meta:
        verbose_name = _("driver's qualification")
        verbose_name_plural = _("drivers' qualifications")
        ordering = ("-valid_until", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(archived_at__isnull=True),
                name="qualification_number_once",
                violation_error_message=_("A qualification of this number is recorded already."),
                violation_error_code="unique",  # has it told of the field, not of the record
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="qualification_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.driver} · {self.number}"

    def clean(self) -> None:
        """The period is in order, and begins when issued or later."""
        refuse_wrong_order(self.issued_on, self.valid_from, "valid_from")
        refuse_wrong_order(self.valid_from, self.valid_until)


class AnnualReview(DriverRecord):
    """The review after a points cycle (校车安全管理条例 Art 26)."""

    cycle_ended_on = models.DateField(_("cycle ended"), validators=[not_in_future])
    reviewed_on = models.DateField(_("reviewed"), validators=[not_in_future])
    passed = models.BooleanField(_("passed"))
    document = document_field("drivers")

    class Meta:
        verbose_name = _("annual review")
        verbose_name_plural = _("annual reviews")
        ordering = ("-reviewed_on", "-pk")

    def __str__(self) -> str:
        return f"{self.driver} · {self.reviewed_on}"

    def clean(self) -> None:
        """A review comes after its cycle, which ends as the licence was issued."""
        refuse_wrong_order(self.cycle_ended_on, self.reviewed_on, "reviewed_on")
        next_begins_on = self.cycle_ended_on and self.cycle_ended_on + standing.ONE_DAY
        refuse_foreign_cycle(self.driver, next_begins_on, "cycle_ended_on")


class MedicalCertificate(DriverRecord):
    """A medical examination; its certificate is valid for six months."""

    examined_on = models.DateField(_("examined"), validators=[not_in_future])
    valid_until = models.DateField(_("valid until"))
    fit = models.BooleanField(_("fit to drive"))
    hospital = models.CharField(_("hospital"), max_length=120, blank=True)
    document = document_field("drivers")

    class Meta:
        verbose_name = _("medical certificate")
        verbose_name_plural = _("medical certificates")
        ordering = ("-examined_on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("examined_on")), name="medical_valid_from_its_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.driver} · {self.examined_on}"

    def clean(self) -> None:
        """A certificate ends after the examination."""
        refuse_wrong_order(self.examined_on, self.valid_until)


class PointsRecord(DriverRecord):
    """Points that a driver has in a cycle of twelve months (公安部令 163)."""

    cycle_from = models.DateField(_("cycle begins"), validators=[not_in_future])
    points = models.PositiveSmallIntegerField(_("points"))
    checked_on = models.DateField(_("checked"), validators=[not_in_future])

    class Meta:
        verbose_name = _("points record")
        verbose_name_plural = _("points records")
        ordering = ("-cycle_from",)
        constraints = [
            models.UniqueConstraint(
                fields=["driver", "cycle_from"],
                condition=Q(archived_at__isnull=True),
                name="points_once_per_cycle",
                violation_error_message=_(
                    "The points of this cycle are recorded already. Correct them there."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.driver} · {self.cycle_from} · {self.points}"

    def clean(self) -> None:
        """A cycle begins on an anniversary of the licence, and is checked after that."""
        refuse_wrong_order(self.cycle_from, self.checked_on, "checked_on")
        refuse_foreign_cycle(self.driver, self.cycle_from, "cycle_from")


class TrainingHours(DriverRecord):
    """Study of traffic law and safety; three hours for each annual review."""

    held_on = models.DateField(_("held"), validators=[not_in_future])
    hours = models.DecimalField(
        _("hours"), max_digits=4, decimal_places=1, validators=[MinValueValidator(Decimal("0.5"))]
    )
    subject = models.CharField(_("subject"), max_length=200)
    document = document_field("drivers")

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("training")
        ordering = ("-held_on", "-pk")

    def __str__(self) -> str:
        return f"{self.driver} · {self.held_on} · {self.subject}"


def refuse_foreign_cycle(driver: Driver, begins_on: date | None, field: str) -> None:
    """Refuse a day on which no points cycle of a driver begins.

    Raises:
        ValidationError: naming `field`.
    """
    issued_on = driver.licence_first_issued_on
    if issued_on is None or begins_on is None:
        return
    if begins_on < issued_on or standing.current_cycle(issued_on, begins_on) != begins_on:
        message = _("A points cycle of this driver begins on each anniversary of %(day)s.")
        raise ValidationError({field: message % {"day": issued_on}})
