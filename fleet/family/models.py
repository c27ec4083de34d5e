"""What families have chosen, what they were told and by which way, and the links that they have shared."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fleet.deliveries import Delivery
from fleet.organisations.models import Organisation
from fleet.pupils.models import Pupil
from fleet.records import Record
from fleet.trips.models import Trip


class DriverName(models.TextChoices):
    """How much of the driver's name a school shows to families."""

    NONE = "none", _("Not at all")
    SURNAME = "surname", _("Surname only")
    FULL = "full", _("Whole name")


class NoticeKind(models.TextChoices):
    """What a family is told of a trip."""

    DEPARTED = "departed", _("The bus has departed")
    STOPS_AWAY = "stops_away", _("The bus is some stops away")
    ARRIVING = "arriving", _("The bus is arriving at the stop")
    AT_SCHOOL = "at_school", _("The bus has arrived at school")
    LATE = "late", _("The bus is late")
    CANCELLED = "cancelled", _("The trip is cancelled")
    SUBSTITUTE = "substitute", _("Another bus comes instead")
    BOARDED = "boarded", _("My child has boarded")
    ALIGHTED = "alighted", _("My child has got off")
    TAKEN_BACK = "taken_back", _("What I was told of my child was wrong")
    NOT_IN_CLASS = "not_in_class", _("My child rode and is not in class")


ALWAYS_TOLD = (NoticeKind.TAKEN_BACK, NoticeKind.NOT_IN_CLASS)
"""Nobody can choose not to be told of these."""


def choices_of_kinds() -> list[tuple[str, str | Promise]]:
    """The kinds that can be chosen, with their names."""
    return [(kind.value, kind.label) for kind in NoticeKind if kind not in ALWAYS_TOLD]


def every_kind() -> list[str]:
    """All of them: what is told where nothing was chosen."""
    return [kind for kind, _name in choices_of_kinds()]


class SchoolPrivacy(Record):
    """What a school allows its families to see, and what they are told while they have chosen nothing.

    Attributes:
        notice_kinds: the kinds of notices that a guardian gets who has chosen none.
    """

    school = models.OneToOneField(
        Organisation, models.PROTECT, related_name="family_privacy", verbose_name=_("school")
    )
    driver_name = models.CharField(
        _("driver's name"), max_length=8, choices=DriverName, default=DriverName.SURNAME
    )
    shows_plate = models.BooleanField(_("plate of the bus is shown"), default=True)
    telephone = models.CharField(_("school's telephone for families"), max_length=32, blank=True)
    allows_shares = models.BooleanField(_("guardians may share links"), default=True)
    shown_before_min = models.PositiveSmallIntegerField(
        _("bus is shown before departure (min)"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(120)],
    )
    notice_kinds = models.JSONField(_("told unless a guardian chooses"), default=every_kind, blank=True)
    stops_away = models.PositiveSmallIntegerField(
        _("told so many stops before"), default=2, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    publishes_accuracy = models.BooleanField(
        _("everybody may read how accurate the predictions are"), default=False
    )

    class Meta:
        verbose_name = _("what families see")
        verbose_name_plural = _("what families see")

    def __str__(self) -> str:
        return f"{self.school}"

    @property
    def shown_before(self) -> timedelta:
        """So long before the planned departure a bus that was let go is shown."""
        return timedelta(minutes=self.shown_before_min)

    def clean(self) -> None:
        """Every kind of notice is one that there is."""
        if unknown := set(self.notice_kinds) - set(NoticeKind.values):
            message = _("There is no such notice: %(kinds)s.")
            raise ValidationError({"notice_kinds": message % {"kinds": ", ".join(sorted(unknown))}})

    @property
    def answers_to(self) -> int:
        """Id of the organisation that answers for the record."""
        return self.school_id


class FamilyPreferences(models.Model):
    """What a guardian has chosen: what to be told and when, and how long the way to the stop is.

    Attributes:
        kinds: the kinds of notices wanted.
        quiet_from, quiet_until: local times between which nothing is pushed; over midnight where the first is later.
    """

    guardian = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="family_preferences"
    )
    walking_minutes = models.PositiveSmallIntegerField(
        _("minutes to walk to the stop"), default=5, validators=[MaxValueValidator(60)]
    )
    stops_away = models.PositiveSmallIntegerField(
        _("tell me so many stops before"), default=2, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    kinds = models.JSONField(_("tell me when"), default=every_kind, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    class Meta:
        verbose_name = _("preferences of a guardian")
        verbose_name_plural = _("preferences of guardians")

    def __str__(self) -> str:
        return f"{self.guardian}"


class FamilyNotice(models.Model):
    """Something that a guardian was told of a child's trip: each kind once. The words are made when it is shown.

    Attributes:
        details: what its words need: stops away, reason, plate.
    """

    guardian = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="family_notices", verbose_name=_("guardian")
    )
    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="family_notices", verbose_name=_("pupil"))
    trip = models.ForeignKey(Trip, models.CASCADE, related_name="family_notices", verbose_name=_("trip"))
    kind = models.CharField(_("kind"), max_length=16, choices=NoticeKind)
    details = models.JSONField(_("details"), default=dict)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("notice to a family")
        verbose_name_plural = _("notices to families")
        ordering = ("-at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["guardian", "pupil", "trip", "kind"], name="family_told_once_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.trip} · {self.get_kind_display()}"


class PushSubscription(models.Model):
    """A browser that a guardian lets us push to, as its Push API gave it (RFC 8030, 8291)."""

    guardian = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="push_subscriptions",
        verbose_name=_("guardian"),
    )
    endpoint = models.URLField(_("address at the push service"), max_length=1000, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=60)
    language = models.CharField(_("language"), max_length=16, choices=settings.LANGUAGES)
    browser = models.CharField(_("browser"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("push subscription")
        verbose_name_plural = _("push subscriptions")

    def __str__(self) -> str:
        return f"{self.guardian} · {self.created_at:%Y-%m-%d}"


class PushDelivery(Delivery):
    """The way of a notice to one browser.

    Attributes:
        subscription: None once the browser has unsubscribed.
    """

    notice = models.ForeignKey(FamilyNotice, models.CASCADE, related_name="deliveries")
    subscription = models.ForeignKey(PushSubscription, models.SET_NULL, null=True, related_name="deliveries")

    class Meta(Delivery.Meta):
        verbose_name = _("delivery of a push")
        verbose_name_plural = _("deliveries of pushes")

    def __str__(self) -> str:
        return f"{self.notice} · {self.get_state_display()}"


class ShareToken(models.Model):
    """A read-only link to one child's trips, each in its time window; the secret is kept as a digest."""

    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="share_tokens", verbose_name=_("pupil"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="share_tokens", verbose_name=_("made by")
    )
    name = models.CharField(_("for whom"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
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
        verbose_name = _("shared link")
        verbose_name_plural = _("shared links")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.pupil} · {self.name}"
