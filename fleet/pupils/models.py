"""Pupils and their classes, guardians and other adults, stops, and absences. Children's data: least privilege."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.organisations.models import Organisation
from fleet.pupils.consents import GuardianConsent
from fleet.pupils.corrections import CorrectionRequest
from fleet.pupils.periods import Period, days_that_clash
from fleet.records import Record, refuse_wrong_order
from fleet.routes.models import Direction, RoutePattern, Stop
from fleet.routes.patterns import EVERY_WEEKDAY, LAST_WEEKDAYS

__all__ = [
    "Absence",
    "AuthorisedAdult",
    "CorrectionRequest",
    "GuardianConsent",
    "Guardianship",
    "LinkCode",
    "Pupil",
    "Relation",
    "SchoolClass",
    "StopAssignment",
]


class SchoolClass(Record):
    """A class of a school, and who teaches it."""

    school = models.ForeignKey(Organisation, models.PROTECT, related_name="classes", verbose_name=_("school"))
    name = models.CharField(_("name"), max_length=60)
    teachers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="classes", blank=True, verbose_name=_("teachers")
    )

    class Meta:
        verbose_name = _("school class")
        verbose_name_plural = _("classes")
        ordering = ("school", "name")
        constraints = [
            models.UniqueConstraint(
                fields=["school", "name"],
                condition=Q(archived_at__isnull=True),
                name="class_once_per_school",
                violation_error_message=_("There is a class of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def answers_to(self) -> int:
        """Id of the organisation that answers for the record."""
        return self.school_id


class Pupil(Record):
    """A child who rides, known by the school's own number for it; nothing more is kept than riding needs."""

    school = models.ForeignKey(Organisation, models.PROTECT, related_name="pupils", verbose_name=_("school"))
    school_class = models.ForeignKey(
        SchoolClass,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pupils",
        verbose_name=_("school class"),
    )
    number = models.CharField(_("pupil number"), max_length=32)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("pupil")
        verbose_name_plural = _("pupils")
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["school", "number"],
                name="pupil_number_once_per_school",
                violation_error_message=_("There is a pupil with this number already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def answers_to(self) -> int:
        """Id of the organisation that answers for the record."""
        return self.school_id

    def clean(self) -> None:
        """The class is one of the school."""
        if self.school_class and self.school_class.school_id != self.school_id:
            raise ValidationError({"school_class": _("This class is of another school.")})


class Relation(models.TextChoices):
    """What a guardian is to a pupil."""

    MOTHER = "mother", _("Mother")
    FATHER = "father", _("Father")
    GRANDPARENT = "grandparent", _("Grandparent")
    OTHER = "other", _("Other guardian")


class Guardianship(Record):
    """A person who answers for a pupil and may see where the bus is; archived when the link is revoked."""

    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="guardianships", verbose_name=_("pupil"))
    guardian = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="guardianships", verbose_name=_("guardian")
    )
    relation = models.CharField(_("relation"), max_length=16, choices=Relation, default=Relation.OTHER)

    class Meta:
        verbose_name = _("guardianship")
        verbose_name_plural = _("guardianships")
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "guardian"],
                condition=Q(archived_at__isnull=True),
                name="guardian_once_per_pupil",
            )
        ]

    def __str__(self) -> str:
        return f"{self.guardian} · {self.pupil}"


class LinkCode(models.Model):
    """A code from the school by which a guardian links a pupil; used once, kept as a digest."""

    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="link_codes", verbose_name=_("pupil"))
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("used by"),
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )

    class Meta:
        verbose_name = _("link code")
        verbose_name_plural = _("link codes")

    def __str__(self) -> str:
        return f"{self.pupil} · {self.made_at:%Y-%m-%d}"


class AuthorisedAdult(Record):
    """Someone who may collect a pupil."""

    pupil = models.ForeignKey(
        Pupil, models.PROTECT, related_name="authorised_adults", verbose_name=_("pupil")
    )
    name = models.CharField(_("name"), max_length=80)
    relation = models.CharField(_("relation"), max_length=60, blank=True)
    telephone = models.CharField(_("telephone"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("authorised adult")
        verbose_name_plural = _("authorised adults")
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class StopAssignment(Record):
    """Where a pupil boards or alights, on some weekdays: several may hold, never two for one day and direction."""

    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="stop_assignments", verbose_name=_("pupil"))
    pattern = models.ForeignKey(
        RoutePattern, models.PROTECT, related_name="stop_assignments", verbose_name=_("pattern")
    )
    stop = models.ForeignKey(Stop, models.PROTECT, related_name="stop_assignments", verbose_name=_("stop"))
    weekdays = models.PositiveSmallIntegerField(
        _("weekdays"),
        default=EVERY_WEEKDAY,
        validators=[MinValueValidator(1), MaxValueValidator(LAST_WEEKDAYS)],
    )
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("stop of a pupil")
        verbose_name_plural = _("stops of pupils")
        ordering = ("pupil", "valid_from")

    def __str__(self) -> str:
        return f"{self.pupil} · {self.stop}"

    @property
    def period(self) -> Period:
        """The days on which it holds."""
        return Period(self.weekdays, self.valid_from, self.valid_until)

    def others(self) -> "list[StopAssignment]":
        """The pupil's other stops in the same direction that are not archived."""
        same = StopAssignment.objects.current().filter(
            pupil=self.pupil_id, pattern__direction=self.pattern.direction
        )
        return list(same.exclude(pk=self.pk).select_related("stop"))

    def clean(self) -> None:
        """The pattern is one of the school and serves the stop on these weekdays; no other stop holds then."""
        refuse_wrong_order(self.valid_from, self.valid_until)
        if self.pattern.route.school_id != self.pupil.school_id:
            raise ValidationError({"pattern": _("This route serves another school.")})
        if not self.pattern.pattern_stops.filter(stop=self.stop_id).exists():
            raise ValidationError({"stop": _("The route does not serve this stop in this direction.")})
        if self.weekdays & ~self.pattern.weekdays:
            raise ValidationError({"weekdays": _("The route does not run on all of these weekdays.")})
        for other in self.others():
            if days_that_clash(self.period, other.period):
                message = _("On some of these days “%(stop)s” is the stop already.") % {"stop": other.stop}
                raise ValidationError({"weekdays": ValidationError(message, code="clash")})


class Absence(Record):
    """A pupil does not ride on some days; archived when it is taken back."""

    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="absences", verbose_name=_("pupil"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    direction = models.CharField(
        _("direction"), max_length=16, choices=Direction, blank=True, help_text=_("Both, where empty.")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("reported by")
    )
    reported_at = models.DateTimeField(_("reported"), auto_now_add=True)
    is_late = models.BooleanField(
        _("late"),
        default=False,
        editable=False,
        help_text=_("Reported after the first departure that it is for."),
    )

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ("-first_day", "-pk")

    def __str__(self) -> str:
        return f"{self.pupil} · {self.first_day}"

    def clean(self) -> None:
        """It does not end before it begins, and nothing is reported twice."""
        refuse_wrong_order(self.first_day, self.last_day, "last_day")
        same = Absence.objects.current().filter(
            pupil=self.pupil_id, first_day__lte=self.last_day, last_day__gte=self.first_day
        )
        if self.direction:
            same = same.filter(direction__in=("", self.direction))
        if known := same.exclude(pk=self.pk).first():
            days = {"first": known.first_day, "last": known.last_day}
            message = _("An absence from %(first)s to %(last)s is reported already.") % days
            raise ValidationError({"first_day": ValidationError(message, code="known")})
