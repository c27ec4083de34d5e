"""The log of everything devices reported, and the newest position of each."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from fleet.vehicles.models import Bus, Device


class State(models.IntegerChoices):
    """What a bus is doing, as far as its newest report tells."""

    UNKNOWN = 0, _("Unknown")
    DRIVING = 1, _("Driving")
    STANDING = 2, _("Standing")
    NO_FIX = 3, _("No satellite fix")
    SPEEDING = 4, _("Speeding")


class Fix(models.Model):
    """One report as received: written once, never changed but for its verdicts, and purged only by retention.

    Rows are written by `fleet.ingest`, in batches; (device, time, digest) makes a repeat of a report the same row.
    """

    pk = models.CompositePrimaryKey("device_id", "time", "digest")
    device = models.ForeignKey(Device, models.PROTECT, related_name="+", db_index=False)
    time = models.DateTimeField(_("event time"))
    digest = models.IntegerField()
    received_at = models.DateTimeField(_("received"))
    position = models.PointField(_("position"), null=True, spatial_index=False)
    speed_mps = models.FloatField(_("speed (m/s)"), null=True)
    course_deg = models.FloatField(_("course (degrees)"), null=True)
    altitude_m = models.FloatField(_("altitude (m)"), null=True)
    satellites = models.SmallIntegerField(_("satellites"), null=True)
    accuracy_m = models.FloatField(_("accuracy (m)"), null=True)
    verdicts = models.SmallIntegerField(_("verdicts"), default=0)
    signals = models.SmallIntegerField(_("alarms and inputs"), null=True)
    source = models.CharField(_("source"), max_length=16)
    raw = models.BinaryField(_("as received"))

    class Meta:
        verbose_name = _("fix")
        verbose_name_plural = _("fixes")

    def __str__(self) -> str:
        return f"{self.device_id} @ {self.time:%Y-%m-%d %H:%M:%S}"


class LastPosition(models.Model):
    """A device's newest good position, when it was last heard, and the rules' state after it."""

    device = models.OneToOneField(Device, models.CASCADE, primary_key=True, related_name="last_position")
    bus = models.OneToOneField(Bus, models.SET_NULL, null=True, blank=True, related_name="last_position")
    time = models.DateTimeField(_("event time of the position"), null=True)
    position = models.PointField(_("position"), null=True, spatial_index=False)
    speed_mps = models.FloatField(_("speed (m/s)"), null=True)
    course_deg = models.FloatField(_("course (degrees)"), null=True)
    heard_at = models.DateTimeField(_("last heard"), null=True)
    state = models.SmallIntegerField(_("state"), choices=State, default=State.UNKNOWN)
    rule_state = models.TextField(blank=True)
    version = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("last position")
        verbose_name_plural = _("last positions")

    def __str__(self) -> str:
        return f"{self.device_id} @ {self.time or '-'}"
