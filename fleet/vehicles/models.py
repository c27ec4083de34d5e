"""Buses, devices, and which device was in which bus when."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.organisations.models import Organisation
from fleet.records import Record, not_in_future
from fleet.vehicles.crews import CrewAssignment
from fleet.vehicles.fields import PlateField, VinField
from fleet.vehicles.upkeep import Defect, Equipment, Insurance, Maintenance, SeatCheck, VehicleInspection

__all__ = [
    "Bus",
    "BusType",
    "CrewAssignment",
    "Defect",
    "Device",
    "DeviceAssignment",
    "Equipment",
    "Insurance",
    "Maintenance",
    "SeatCheck",
    "VehicleInspection",
]

FEWEST_SEATS = 7
"""A school bus has at least so many (校车安全管理条例 Art 2)."""


class BusType(models.TextChoices):
    """Whom a bus is built for (GB 24407-2012)."""

    KINDERGARTEN = "kindergarten", _("School bus for kindergartens")
    PRIMARY = "primary", _("School bus for primary schools")
    PRIMARY_AND_MIDDLE = "primary_and_middle", _("School bus for primary and middle schools")
    ORDINARY = "ordinary", _("Not built as a school bus")


MOST_OCCUPANTS = {BusType.KINDERGARTEN: 45, BusType.PRIMARY: 56, BusType.PRIMARY_AND_MIDDLE: 56}
"""Of a dedicated school bus, pupils and adults together (GB 24407-2012)."""


class Bus(Record):
    """A school bus."""

    plate = PlateField(_("plate"), max_length=16, unique=True)
    vin = VinField(_("VIN"), max_length=17, blank=True)
    engine_number = models.CharField(_("engine number"), max_length=32, blank=True)
    make = models.CharField(_("make"), max_length=60, blank=True)
    model = models.CharField(_("model"), max_length=60, blank=True)
    bus_type = models.CharField(_("type"), max_length=20, choices=BusType, blank=True)
    capacity_pupils = models.PositiveSmallIntegerField(_("certified for pupils"), null=True, blank=True)
    capacity_adults = models.PositiveSmallIntegerField(_("certified for adults"), null=True, blank=True)
    first_registered_on = models.DateField(
        _("first registered"), null=True, blank=True, validators=[not_in_future]
    )
    owner = models.CharField(_("owner"), max_length=120, blank=True)
    operator = models.ForeignKey(
        Organisation, models.PROTECT, related_name="buses_operated", verbose_name=_("operator")
    )
    school = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="buses_serving",
        verbose_name=_("school"),
    )
    route = models.ForeignKey(
        "routes.Route", models.SET_NULL, null=True, blank=True, related_name="buses", verbose_name=_("route")
    )

    class Meta:
        verbose_name = _("bus")
        verbose_name_plural = _("buses")
        ordering = ("plate",)
        constraints = [
            models.UniqueConstraint(
                fields=["vin"],
                condition=~Q(vin=""),
                name="vin_of_one_bus",
                violation_error_message=_("Another bus has this VIN already."),
                violation_error_code="unique",  # has it told of the field, not of the bus
            ),
        ]

    def __str__(self) -> str:
        return str(self.plate)

    @property
    def certified_capacity(self) -> int | None:
        """People that the bus may carry, pupils and adults; None where it is not recorded."""
        if self.capacity_pupils is None or self.capacity_adults is None:
            return None
        return self.capacity_pupils + self.capacity_adults

    def clean(self) -> None:
        """The capacity is given whole, and is one that a bus of this type can have."""
        if (self.capacity_pupils is None) != (self.capacity_adults is None):
            missing = "capacity_pupils" if self.capacity_pupils is None else "capacity_adults"
            raise ValidationError({missing: _("Give the certified numbers of pupils and of adults, both.")})
        if self.certified_capacity is None:
            return
        if self.certified_capacity < FEWEST_SEATS:
            raise ValidationError({"capacity_pupils": _("A school bus has seven seats or more.")})
        most = MOST_OCCUPANTS.get(BusType(self.bus_type)) if self.bus_type in BusType.values else None
        if most and self.certified_capacity > most:
            message = _("A bus of this type carries at most %(most)s people, pupils and adults together.")
            raise ValidationError({"capacity_pupils": message % {"most": most}})


class Device(models.Model):
    """An onboard unit, known by the name that it gives itself on its link."""

    identifier = models.CharField(_("identifier"), max_length=64, unique=True)
    protocol = models.CharField(_("protocol"), max_length=16, default="nmea")
    peer = models.CharField(_("first seen from"), max_length=64, blank=True)
    first_seen_at = models.DateTimeField(_("first seen"))

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ("identifier",)

    def __str__(self) -> str:
        return self.identifier


class DeviceAssignment(models.Model):
    """A device's time in a bus. Reports belong to the bus that it was in at their event time."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="assignments")
    bus = models.ForeignKey(Bus, models.PROTECT, related_name="assignments")
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("device assignment")
        verbose_name_plural = _("device assignments")
        ordering = ("-since",)
        constraints = [
            models.UniqueConstraint(
                fields=["device"], condition=Q(until__isnull=True), name="device_in_one_bus_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["bus"], condition=Q(until__isnull=True), name="bus_has_one_device_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="assignment_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device} · {self.bus}"
