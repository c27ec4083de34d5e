"""What people and machines recorded of who is aboard; rows are added, never changed: corrections are rows, too.

Whoever records makes the key, so that the same record sent twice is one row.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fleet.append_only import AppendOnly
from fleet.pupils.models import Pupil, SchoolClass
from fleet.routes.models import Stop
from fleet.trips.models import Trip
from fleet.vehicles.models import Bus
from telematics.rules.ledger_records import CountKind, CrewRole, Deed


class PupilDeed(models.TextChoices):
    """What is recorded of a pupil."""

    BOARDING = Deed.BOARDING.value, _("Boarded")
    ALIGHTING = Deed.ALIGHTING.value, _("Got off")
    TRANSFER = Deed.TRANSFER.value, _("Went on by another bus")
    NO_SHOW = Deed.NO_SHOW.value, _("Was not at the stop")


class CountedWhat(models.TextChoices):
    """What was counted."""

    ABOARD = CountKind.ABOARD.value, _("Pupils aboard")
    OFF = CountKind.OFF.value, _("Pupils who got off")


class Walker(models.TextChoices):
    """In which capacity somebody walked through the bus."""

    DRIVER = CrewRole.DRIVER.value, _("Driver")
    ATTENDANT = CrewRole.ATTENDANT.value, _("Attendant")


class Source(models.TextChoices):
    """By which way a record came."""

    PAGE = "page", _("Page")
    UNIT = "unit", _("Onboard unit")


class LedgerRecord(AppendOnly):
    """Something recorded of a trip.

    Attributes:
        key: made by whoever recorded it.
        at: when it happened, by a clock that is set right.
        received_at: when it came here: an onboard unit may be without a network for hours.
    """

    key = models.UUIDField(_("key"), unique=True)
    trip = models.ForeignKey(Trip, models.PROTECT, related_name="+", verbose_name=_("trip"))
    at = models.DateTimeField(_("time"))
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    source = models.CharField(_("way"), max_length=8, choices=Source, default=Source.PAGE)

    class Meta:
        abstract = True
        ordering = ("at", "pk")


class PupilEvent(LedgerRecord):
    """A named pupil boarded, got off, went on by another bus, or was not there.

    Attributes:
        order: of the stop in the trip; None where it is not one of them.
        is_handed_over: a guardian or another authorised adult has taken over.
    """

    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="ledger_events", verbose_name=_("pupil"))
    deed = models.CharField(_("what"), max_length=12, choices=PupilDeed)
    stop = models.ForeignKey(Stop, models.PROTECT, null=True, related_name="+", verbose_name=_("stop"))
    order = models.PositiveSmallIntegerField(_("order"), null=True)
    to_trip = models.ForeignKey(
        Trip, models.PROTECT, null=True, related_name="transfers", verbose_name=_("by which trip it went on")
    )
    is_handed_over = models.BooleanField(_("handed over"), default=False)

    class Meta(LedgerRecord.Meta):
        verbose_name = _("boarding or alighting")
        verbose_name_plural = _("boardings and alightings")
        indexes = [
            models.Index(fields=["trip", "at"], name="pupil_events_of_trip"),
            models.Index(fields=["pupil", "-at"], name="pupil_events_of_pupil"),
        ]

    def __str__(self) -> str:
        return f"{self.pupil} · {self.get_deed_display()}"


class HeadCount(LedgerRecord):
    """Pupils counted by a person, on leaving a stop or in all at the end."""

    kind = models.CharField(_("what"), max_length=8, choices=CountedWhat)
    count = models.PositiveSmallIntegerField(_("number"))
    order = models.PositiveSmallIntegerField(_("order of the stop"), null=True)

    class Meta(LedgerRecord.Meta):
        verbose_name = _("head count")
        verbose_name_plural = _("head counts")

    def __str__(self) -> str:
        return f"{self.trip} · {self.get_kind_display()} · {self.count}"


class WalkThrough(LedgerRecord):
    """Somebody walked to the rear seats and looked.

    Attributes:
        is_empty: nobody was found.
    """

    role = models.CharField(_("as"), max_length=12, choices=Walker)
    is_empty = models.BooleanField(_("nobody left aboard"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta(LedgerRecord.Meta):
        verbose_name = _("walk-through")
        verbose_name_plural = _("walk-throughs")

    def __str__(self) -> str:
        return f"{self.trip} · {self.get_role_display()}"


class Correction(LedgerRecord):
    """Undoes a boarding, an alighting or a count, and says why.

    Attributes:
        undoes: its key; it may come after this.
    """

    undoes = models.UUIDField(_("what it undoes"))
    reason = models.CharField(_("reason"), max_length=200)

    class Meta(LedgerRecord.Meta):
        verbose_name = _("correction of the ledger")
        verbose_name_plural = _("corrections of the ledger")

    def __str__(self) -> str:
        return f"{self.trip} · {self.reason}"


class RollCall(AppendOnly):
    """Who was in class on a day, by the teacher's word; a later one counts."""

    key = models.UUIDField(_("key"), unique=True)
    school_class = models.ForeignKey(
        SchoolClass, models.PROTECT, related_name="roll_calls", verbose_name=_("class")
    )
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("taken by")
    )

    class Meta:
        verbose_name = _("roll-call")
        verbose_name_plural = _("roll-calls")
        ordering = ("at", "pk")
        indexes = [models.Index(fields=["school_class", "day"], name="roll_calls_of_day")]

    def __str__(self) -> str:
        return f"{self.school_class} · {self.day}"


class RollCallEntry(AppendOnly):
    """Whether a pupil was there."""

    roll_call = models.ForeignKey(RollCall, models.PROTECT, related_name="entries")
    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="roll_entries", verbose_name=_("pupil"))
    is_present = models.BooleanField(_("present"))

    class Meta:
        verbose_name = _("entry of a roll-call")
        verbose_name_plural = _("entries of roll-calls")
        constraints = [
            models.UniqueConstraint(fields=["roll_call", "pupil"], name="roll_entry_once_per_pupil")
        ]

    def __str__(self) -> str:
        return f"{self.roll_call} · {self.pupil}"


class CountingMachine(models.TextChoices):
    """What counts people without being asked."""

    COUNTER = "counter", _("Passenger counter")
    LOAD_STATE = "load_state", _("Load state (JT/T 808)")


class OccupancyReport(models.Model):
    """What a machine says of how many people are aboard, adults too.

    Attributes:
        lowest: people, at least.
        highest: at most; None where the machine can't tell.
    """

    source = models.CharField(_("machine"), max_length=12, choices=CountingMachine)
    bus = models.ForeignKey(Bus, models.PROTECT, related_name="occupancy", verbose_name=_("bus"))
    at = models.DateTimeField(_("time"))
    lowest = models.PositiveSmallIntegerField(_("people, at least"))
    highest = models.PositiveSmallIntegerField(_("people, at most"), null=True)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)

    class Meta:
        verbose_name = _("occupancy report")
        verbose_name_plural = _("occupancy reports")
        ordering = ("bus", "at")
        constraints = [
            models.UniqueConstraint(fields=["bus", "source", "at"], name="occupancy_once_per_moment")
        ]

    def __str__(self) -> str:
        return f"{self.bus} · {self.at:%Y-%m-%d %H:%M}"
