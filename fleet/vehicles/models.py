"""Buses, devices, and which device was in which bus when."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.organisations.models import Organisation


class Bus(models.Model):
    """A school bus."""

    plate = models.CharField(_("plate"), max_length=16, unique=True)
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

    def __str__(self) -> str:
        return self.plate


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
