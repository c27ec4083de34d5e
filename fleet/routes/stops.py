"""Stops, their markings to GB 24315-2009, what an inspector found there, and what endangers children around."""

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.append_only import AppendOnly
from fleet.naming import Named
from fleet.organisations.models import Organisation
from fleet.records import Record, document_field, photograph_field, refuse_wrong_order
from telematics.geometry import distance_m


class StopKind(models.TextChoices):
    """What a stop is: a bus platform serves only where no stop is set for school buses (Art 32)."""

    SCHOOL_BUS_STOP = "school_bus_stop", _("Set for school buses")
    BUS_PLATFORM = "bus_platform", _("Bus platform")


class SideOfRoad(models.TextChoices):
    """Where a stop lies, seen along the bus's heading."""

    RIGHT = "right", _("Right of the road")
    LEFT = "left", _("Left of the road")
    OFF_ROAD = "off_road", _("Off the road")


class Stop(Record, Named):
    """A place where a school bus may stop, once it is approved (校车安全管理条例 Art 28, 32)."""

    place = models.PointField(_("place"))
    approach_deg = models.FloatField(_("approach heading (degrees)"), null=True, blank=True)
    side = models.CharField(_("side of the road"), max_length=16, choices=SideOfRoad, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=StopKind, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="stops", verbose_name=_("kept by")
    )
    school = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stops_serving",
        verbose_name=_("school"),
    )
    approval_number = models.CharField(_("approval"), max_length=60, blank=True)
    approved_on = models.DateField(_("approved"), null=True, blank=True)
    approved_until = models.DateField(_("approved until"), null=True, blank=True)
    approval_document = document_field("stops")

    class Meta:
        app_label = "routes"
        verbose_name = _("stop")
        verbose_name_plural = _("stops")
        ordering = ("name", "pk")

    def clean(self) -> None:
        """An approval does not end before it begins."""
        refuse_wrong_order(self.approved_on, self.approved_until, "approved_until")


class MarkingKind(models.TextChoices):
    """What marks a stop (GB 24315-2009)."""

    ADVANCE_SIGN = "advance_sign", _("Advance sign")
    STOP_SIGN = "stop_sign", _("Stop sign")
    ROAD_MARKING = "road_marking", _("Road marking")


class MarkingCondition(models.TextChoices):
    """How a marking was found."""

    GOOD = "good", _("Good")
    WORN = "worn", _("Worn")
    DAMAGED = "damaged", _("Damaged")
    HIDDEN = "hidden", _("Hidden from view")
    MISSING = "missing", _("Missing")


class StopMarking(Record):
    """One of a stop's markings: who keeps it, and how it was found last. Without a condition it is unknown."""

    stop = models.ForeignKey(Stop, models.PROTECT, related_name="markings", verbose_name=_("stop"))
    kind = models.CharField(_("kind"), max_length=16, choices=MarkingKind)
    condition = models.CharField(_("condition"), max_length=16, choices=MarkingCondition, blank=True)
    owner = models.CharField(_("kept by"), max_length=120, blank=True)
    inspected_at = models.DateTimeField(_("last inspected"), null=True, blank=True)
    photograph = photograph_field("markings")

    class Meta:
        app_label = "routes"
        verbose_name = _("marking of a stop")
        verbose_name_plural = _("markings of stops")
        ordering = ("stop", "kind")
        constraints = [
            models.UniqueConstraint(
                fields=["stop", "kind"], condition=Q(archived_at__isnull=True), name="marking_once_per_stop"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stop} · {self.get_kind_display()}"


class StopInspection(AppendOnly):
    """What somebody who stood at a stop found; the markings take their condition from the newest."""

    stop = models.ForeignKey(Stop, models.PROTECT, related_name="inspections", verbose_name=_("stop"))
    inspected_at = models.DateTimeField(_("inspected"))
    inspected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("inspected by")
    )
    place = models.PointField(_("where the inspector stood"), null=True, blank=True)
    accuracy_m = models.FloatField(_("accuracy (m)"), null=True, blank=True)
    conditions = models.JSONField(_("conditions"))
    photograph = photograph_field("inspections")
    note = models.TextField(_("note"), blank=True)

    class Meta:
        app_label = "routes"
        verbose_name = _("inspection of a stop")
        verbose_name_plural = _("inspections of stops")
        ordering = ("-inspected_at", "-pk")

    def __str__(self) -> str:
        return f"{self.stop} · {self.inspected_at:%Y-%m-%d}"

    @property
    def from_stop_m(self) -> float | None:
        """How far from the stop the inspector stood; None where that is not known."""
        if self.place is None:
            return None
        return distance_m(self.stop.place.y, self.stop.place.x, self.place.y, self.place.x)


class HazardKind(models.TextChoices):
    """What endangers children at a stop or a bus on its way (Art 28)."""

    WATER = "water", _("Water")
    CLIFF = "cliff", _("Cliff")
    STEEP_SLOPE = "steep_slope", _("Steep slope")
    SHARP_BEND = "sharp_bend", _("Sharp bend")
    LEVEL_CROSSING = "level_crossing", _("Level crossing")
    NO_PAVEMENT = "no_pavement", _("No pavement")
    NARROW = "narrow", _("Narrow road or bridge")


class Hazard(Record):
    """Something dangerous near a stop."""

    stop = models.ForeignKey(Stop, models.PROTECT, related_name="hazards", verbose_name=_("stop"))
    kind = models.CharField(_("kind"), max_length=16, choices=HazardKind)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        app_label = "routes"
        verbose_name = _("hazard")
        verbose_name_plural = _("hazards")

    def __str__(self) -> str:
        return f"{self.stop} · {self.get_kind_display()}"
