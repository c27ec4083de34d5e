"""Findings: what the rules found, each an episode with its evidence."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from fleet.vehicles.models import Bus, Device


class Rule(models.TextChoices):
    """The rules that find things."""

    SPEEDING = "speeding", _("Speeding")
    GATE_OVERRIDE = "gate_override", _("Override of the dispatch gate")


class LimitSource(models.TextChoices):
    """What sets a limit."""

    ORDINARY = "ordinary", _("Limit with pupils aboard, no expressway")
    EXPRESSWAY = "expressway", _("Limit with pupils aboard, on an expressway")
    APPROVED_ROUTE = "approved_route", _("Approved route")


class Finding(models.Model):
    """One episode. A report that comes late can correct it, or withdraw it; it is never deleted.

    Attributes:
        device: whose reports show it; None where people did it, such as an override of the dispatch gate.
        peak: the worst of it, in `unit`; None where nothing is measured, as for `limit`.
    """

    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="findings")
    bus = models.ForeignKey(Bus, models.PROTECT, null=True, blank=True, related_name="findings")
    rule = models.CharField(_("rule"), max_length=32, choices=Rule)
    started_at = models.DateTimeField(_("start"))
    last_at = models.DateTimeField(_("last report of it"))
    ended_at = models.DateTimeField(_("end"), null=True, blank=True)
    peak = models.FloatField(_("peak"), null=True)
    limit = models.FloatField(_("limit"), null=True)
    unit = models.CharField(_("unit"), max_length=8, blank=True)
    limit_source = models.CharField(_("what sets the limit"), max_length=32, choices=LimitSource)
    article = models.CharField(_("article of law"), max_length=200)
    profile = models.CharField(_("regulation profile"), max_length=64)
    place = models.PointField(_("place of the peak"), null=True, spatial_index=False)
    evidence = models.JSONField(_("evidence"), default=dict)
    found_live = models.BooleanField(_("found as it happened"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ("-started_at",)
        constraints = [
            models.UniqueConstraint(fields=["device", "rule", "started_at"], name="finding_once_per_start")
        ]
        indexes = [models.Index(fields=["bus", "-started_at"], name="finding_of_bus")]

    def __str__(self) -> str:
        return f"{self.get_rule_display()} · {self.started_at:%Y-%m-%d %H:%M:%S}"
