"""What is recorded of a bus: inspections, insurances, equipment, seats, maintenance and defects."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fleet.records import (
    Record,
    document_field,
    not_in_future,
    not_later_than_now,
    photograph_field,
    refuse_wrong_order,
)


class BusRecord(Record):
    """Something recorded of one bus."""

    bus = models.ForeignKey(
        "vehicles.Bus", models.PROTECT, related_name="%(class)s_set", verbose_name=_("bus")
    )

    class Meta:
        abstract = True


class InspectionResult(models.TextChoices):
    """How an inspection ended."""

    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Failed")


class VehicleInspection(BusRecord):
    """A technical inspection, due every six months (校车安全管理条例 Art 20)."""

    inspected_on = models.DateField(_("inspected"), validators=[not_in_future])
    result = models.CharField(_("result"), max_length=8, choices=InspectionResult)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    station = models.CharField(_("inspection station"), max_length=120, blank=True)
    document = document_field("inspections")

    class Meta:
        verbose_name = _("vehicle inspection")
        verbose_name_plural = _("vehicle inspections")
        ordering = ("-inspected_on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("inspected_on")),
                name="inspection_valid_from_its_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.bus} · {self.inspected_on} · {self.get_result_display()}"

    def clean(self) -> None:
        """Only an inspection that was passed is valid, and until a day after it."""
        refuse_wrong_order(self.inspected_on, self.valid_until)
        if self.result == InspectionResult.PASSED and not self.valid_until:
            raise ValidationError(
                {"valid_until": _("Say until when the inspection that was passed is valid.")}
            )
        if self.result == InspectionResult.FAILED and self.valid_until:
            raise ValidationError({"valid_until": _("An inspection that was failed is not valid.")})


class InsuranceKind(models.TextChoices):
    """What an insurance covers."""

    COMPULSORY_TRAFFIC = "compulsory_traffic", _("Compulsory traffic insurance")
    CARRIER_LIABILITY = "carrier_liability", _("Carrier's liability")
    THIRD_PARTY = "third_party", _("Third-party liability")
    VEHICLE_DAMAGE = "vehicle_damage", _("Damage to the vehicle")
    OCCUPANT_ACCIDENT = "occupant_accident", _("Accidents of occupants")


class Insurance(BusRecord):
    """A policy for a bus, which is not insured twice for the same."""

    one_at_a_time = ("bus", "kind")

    kind = models.CharField(_("kind"), max_length=20, choices=InsuranceKind)
    insurer = models.CharField(_("insurer"), max_length=120)
    policy_number = models.CharField(_("policy number"), max_length=64)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    document = document_field("insurances")

    class Meta:
        verbose_name = _("insurance")
        verbose_name_plural = _("insurances")
        ordering = ("-valid_until", "kind")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="insurance_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["insurer", "policy_number"],
                condition=Q(archived_at__isnull=True),
                name="policy_once_per_insurer",
                violation_error_message=_("This policy of this insurer is recorded already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bus} · {self.get_kind_display()} · {self.policy_number}"

    def clean(self) -> None:
        """The period is in order."""
        refuse_wrong_order(self.valid_from, self.valid_until)


class EquipmentKind(models.TextChoices):
    """What a school bus carries (校车安全管理条例 Art 21; GB 24407-2012; 校车查验)."""

    ESCAPE_HAMMER = "escape_hammer", _("Escape hammer")
    EXTINGUISHER = "extinguisher", _("Dry-powder fire extinguisher")
    FIRST_AID_KIT = "first_aid_kit", _("First-aid kit")
    RECORDER = "recorder", _("Positioning device with driving record")
    CCTV_INSIDE = "cctv_inside", _("Cameras inside")
    CCTV_OUTSIDE = "cctv_outside", _("Cameras outside")
    STOP_ARM = "stop_arm", _("Stop arm")
    SIGN_LAMPS = "sign_lamps", _("Sign lamps")
    SPEED_LIMITER = "speed_limiter", _("Speed limiter")
    SEAT_BELTS = "seat_belts", _("Seat belts")
    WARNING_TRIANGLE = "warning_triangle", _("Warning triangle")
    REVERSING_AID = "reversing_aid", _("Reversing aid")
    ATTENDANT_SEAT = "attendant_seat", _("Attendant's seat")
    EMERGENCY_EXIT = "emergency_exit", _("Emergency exit")


class Equipment(BusRecord):
    """Pieces of one kind in a bus, bought together where they expire."""

    kind = models.CharField(_("kind"), max_length=20, choices=EquipmentKind)
    count = models.PositiveSmallIntegerField(_("count"), default=1, validators=[MinValueValidator(1)])
    expires_on = models.DateField(_("expires"), null=True, blank=True)
    checked_on = models.DateField(_("checked"), null=True, blank=True, validators=[not_in_future])
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("equipment")
        verbose_name_plural = _("equipment")
        ordering = ("kind", "expires_on", "pk")

    def __str__(self) -> str:
        return f"{self.bus} · {self.get_kind_display()}"


class SeatCheck(BusRecord):
    """Seats counted in a bus, to be held against the certified capacity."""

    checked_at = models.DateTimeField(_("checked"), validators=[not_later_than_now])
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="seat_checks", verbose_name=_("checked by")
    )
    seats_pupils = models.PositiveSmallIntegerField(_("seats for pupils"))
    seats_adults = models.PositiveSmallIntegerField(_("seats for adults"))
    photograph = photograph_field("seats")

    class Meta:
        verbose_name = _("seat check")
        verbose_name_plural = _("seat checks")
        ordering = ("-checked_at", "-pk")

    def __str__(self) -> str:
        return f"{self.bus} · {self.seats_pupils} + {self.seats_adults}"

    @property
    def agrees(self) -> bool:
        """Whether the bus has exactly the seats that it is certified for."""
        return (self.seats_pupils, self.seats_adults) == (self.bus.capacity_pupils, self.bus.capacity_adults)


class MaintenanceKind(models.TextChoices):
    """Why a bus was in the workshop."""

    ROUTINE = "routine", _("Routine maintenance")
    REPAIR = "repair", _("Repair")


class Maintenance(BusRecord):
    """Work done on a bus."""

    kind = models.CharField(_("kind"), max_length=8, choices=MaintenanceKind)
    done_on = models.DateField(_("done"), validators=[not_in_future])
    work = models.TextField(_("work"))
    workshop = models.CharField(_("workshop"), max_length=120, blank=True)
    odometer_km = models.PositiveIntegerField(_("odometer, km"), null=True, blank=True)
    next_due_on = models.DateField(_("next due"), null=True, blank=True)
    document = document_field("maintenance")

    class Meta:
        verbose_name = _("maintenance")
        verbose_name_plural = _("maintenance")
        ordering = ("-done_on", "-pk")

    def __str__(self) -> str:
        return f"{self.bus} · {self.done_on} · {self.get_kind_display()}"

    def clean(self) -> None:
        """What is due next comes after what was done."""
        refuse_wrong_order(self.done_on, self.next_due_on, "next_due_on")


class Severity(models.TextChoices):
    """How bad a defect is."""

    MINOR = "minor", _("Minor")
    MAJOR = "major", _("Major")
    CRITICAL = "critical", _("Critical")


class Defect(BusRecord):
    """Something wrong with a bus, until it is released. What blocks dispatch is released by another person."""

    description = models.TextField(_("description"))
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    blocks_dispatch = models.BooleanField(_("blocks dispatch"))
    found_at = models.DateTimeField(_("found"), validators=[not_later_than_now])
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="defects_reported",
        verbose_name=_("reported by"),
    )
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="defects_released",
        verbose_name=_("released by"),
    )
    release_reason = models.TextField(_("why it is released"), blank=True)

    class Meta:
        verbose_name = _("defect")
        verbose_name_plural = _("defects")
        ordering = ("-found_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True, release_reason="")
                | (Q(released_at__isnull=False, released_by__isnull=False) & ~Q(release_reason="")),
                name="defect_released_by_someone_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(blocks_dispatch=False)
                | Q(released_by__isnull=True)
                | ~Q(released_by=F("reported_by")),
                name="blocking_defect_released_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(severity=Severity.CRITICAL.value) | Q(blocks_dispatch=True),
                name="critical_defect_blocks_dispatch",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bus} · {self.description[:40]}"

    def clean(self) -> None:
        """A critical defect always blocks."""
        if self.severity == Severity.CRITICAL and not self.blocks_dispatch:
            raise ValidationError({"blocks_dispatch": _("A critical defect blocks dispatch.")})
