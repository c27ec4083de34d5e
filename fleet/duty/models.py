"""What drivers did: who signed in on which bus, what people said, and the log that follows from both and reports."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fleet.people.drivers import Driver
from fleet.records import Record
from fleet.vehicles.models import Bus
from telematics.duty.timeline import Activity as Kind


class Activity(models.TextChoices):
    """What a driver does; what nothing is known of has no row."""

    DRIVING = Kind.DRIVING.value, _("Driving")
    WORK = Kind.WORK.value, _("Other work")
    AVAILABILITY = Kind.AVAILABILITY.value, _("On call")
    REST = Kind.REST.value, _("Rest")


class SignInSource(models.TextChoices):
    """How a driver was identified."""

    PAGE = "page", _("Own account")
    COORDINATOR = "coordinator", _("Coordinator")
    PIN = "pin", _("Number on the onboard unit")
    CARD = "card", _("Card in the onboard unit")


class Afterwards(models.TextChoices):
    """What a driver does after signing out, as they say."""

    REST = Kind.REST.value, _("Rest")
    WORK = Kind.WORK.value, _("Other work")


def refuse_empty_span(record: "SignIn | Statement") -> None:
    """Refuse a time that ends before it begins.

    Raises:
        ValidationError: naming the field.
    """
    if record.since and record.until and record.until <= record.since:
        raise ValidationError({"until": _("This is not after the start.")})


class SignIn(Record):
    """A driver's time at the wheel of a bus: whatever the bus drives in it, they drive.

    Attributes:
        until: None while they are signed in.
        afterwards: what they do from `until` on, up to the next thing known of them; empty where they didn't say.
    """

    driver = models.ForeignKey(Driver, models.PROTECT, related_name="sign_ins", verbose_name=_("driver"))
    bus = models.ForeignKey(Bus, models.PROTECT, related_name="sign_ins", verbose_name=_("bus"))
    since = models.DateTimeField(_("signed in"))
    until = models.DateTimeField(_("signed out"), null=True, blank=True)
    source = models.CharField(_("identified by"), max_length=16, choices=SignInSource)
    afterwards = models.CharField(_("afterwards"), max_length=16, choices=Afterwards, blank=True)

    class Meta:
        verbose_name = _("sign-in of a driver")
        verbose_name_plural = _("sign-ins of drivers")
        ordering = ("-since", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["bus"],
                condition=Q(until__isnull=True, archived_at__isnull=True),
                name="sign_in_one_driver_per_bus",
                violation_error_message=_("Somebody else is signed in on this bus."),
            ),
            models.UniqueConstraint(
                fields=["driver"],
                condition=Q(until__isnull=True, archived_at__isnull=True),
                name="sign_in_one_bus_per_driver",
                violation_error_message=_("The driver is signed in on another bus."),
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="sign_in_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["bus", "since"], name="sign_ins_of_bus")]

    def __str__(self) -> str:
        return f"{self.driver} · {self.bus} · {self.since:%Y-%m-%d %H:%M}"

    def clean(self) -> None:
        """It ends after it began."""
        refuse_empty_span(self)


class Statement(Record):
    """What somebody says that a driver did where no bus tells: other work, being on call, rest, driving elsewhere."""

    driver = models.ForeignKey(
        Driver, models.PROTECT, related_name="duty_statements", verbose_name=_("driver")
    )
    activity = models.CharField(_("activity"), max_length=16, choices=Activity)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("entry of a driver's time")
        verbose_name_plural = _("entries of drivers' times")
        ordering = ("-since", "-pk")
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="statement_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.driver} · {self.get_activity_display()} · {self.since:%Y-%m-%d %H:%M}"

    def clean(self) -> None:
        """It ends after it begins."""
        refuse_empty_span(self)


class DutyStretch(models.Model):
    """A stretch of a driver's log: a cache of sign-ins, trips, statements and reports, which can be rebuilt.

    Attributes:
        bus: that was driven, where one was.
    """

    driver = models.ForeignKey(Driver, models.CASCADE, related_name="duty_log", verbose_name=_("driver"))
    bus = models.ForeignKey(Bus, models.PROTECT, null=True, related_name="+", verbose_name=_("bus"))
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    activity = models.CharField(_("activity"), max_length=16, choices=Activity)

    class Meta:
        verbose_name = _("stretch of a driver's log")
        verbose_name_plural = _("drivers' logs")
        ordering = ("driver", "since")
        constraints = [
            models.UniqueConstraint(fields=["driver", "since"], name="duty_one_activity_at_a_time")
        ]
        indexes = [models.Index(fields=["driver", "until"], name="duty_of_driver")]

    def __str__(self) -> str:
        return f"{self.driver} · {self.get_activity_display()} · {self.since:%Y-%m-%d %H:%M}"
