"""Findings: what the rules found, each an episode with its evidence."""

from django.contrib.gis.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fleet.vehicles.models import Bus, Device
from telematics.rules.episode import Severity


class Rule(models.TextChoices):
    """The rules that find things."""

    SPEEDING = "speeding", _("Speeding")
    OVERLOADING = "overloading", _("Overloading")
    CONTRADICTING_COUNTS = "contradicting_counts", _("Counts that contradict each other")
    CONTINUOUS_DRIVING = "continuous_driving", _("Driving for too long without a rest")
    NIGHT_DRIVING = "night_driving", _("Driving for too long at night")
    DAILY_DRIVING = "daily_driving", _("Too much driving in a day")
    WEEKLY_DRIVING = "weekly_driving", _("Too much driving in a week")
    FORTNIGHTLY_DRIVING = "fortnightly_driving", _("Too much driving in a fortnight")
    WEEKLY_ON_DUTY = "weekly_on_duty", _("Too much time on duty in a week")
    DUTY_WINDOW = "duty_window", _("Driving too long after coming on duty")
    DAILY_REST = "daily_rest", _("Too short a daily rest")
    WEEKLY_REST = "weekly_rest", _("Too short a weekly rest")
    EARLY_MORNING_DRIVING = "early_morning_driving", _("Driving in the early morning ban")
    DRIVING_TIME_WARNING = "driving_time_warning", _("Driving time is running out")
    UNIDENTIFIED_DRIVER = "unidentified_driver", _("Unidentified driver")
    ROUTE_DEVIATION = "route_deviation", _("Deviation from the route")
    UNAPPROVED_STOP = "unapproved_stop", _("Stop at an unapproved place")
    MISSED_STOP = "missed_stop", _("Missed stop")
    WRONG_ORDER = "wrong_order", _("Stops in the wrong order")
    EARLY_DEPARTURE = "early_departure", _("Early departure")
    DOOR_OPEN = "door_open", _("Door open while moving")
    PUPILS_OUTSIDE_TRIP = "pupils_outside_trip", _("Pupils aboard outside a trip")
    SPEED_LIMITER = "speed_limiter", _("Speed limiter of the stretch exceeded")
    HARSH_BRAKING = "harsh_braking", _("Harsh braking")
    HARSH_ACCELERATION = "harsh_acceleration", _("Harsh acceleration")
    LEFT_ABOARD = "left_aboard", _("Child possibly left aboard")
    BOARDED_BUT_ABSENT = "boarded_but_absent", _("Boarded, but absent in class")
    UNEXPECTED_RIDER = "unexpected_rider", _("Pupil aboard whom nobody expected")
    SIGNAL_GAP = "signal_gap", _("Signal gap")
    JAMMING = "jamming", _("Signs of jamming")
    FROZEN_POSITION = "frozen_position", _("Frozen position")
    CLOCK_DRIFT = "clock_drift", _("Clock of the receiver is wrong")
    RECEIVER_UNPLUGGED = "receiver_unplugged", _("Receiver unplugged")
    SOS = "sos", _("SOS")
    GATE_OVERRIDE = "gate_override", _("Override of the dispatch gate")


class LimitSource(models.TextChoices):
    """What sets a limit."""

    ORDINARY = "ordinary", _("Limit with pupils aboard, no expressway")
    EXPRESSWAY = "expressway", _("Limit with pupils aboard, on an expressway")
    APPROVED_ROUTE = "approved_route", _("Approved route")
    POSTED = "posted", _("Posted limit")
    CLASS_DEFAULT = "class_default", _("Limit of this class of road, no sign known")
    HAZARD = "hazard", _("Hazardous stretch")
    WEATHER = "weather", _("Bad weather")
    NIGHT = "night", _("Limit at night")
    LIMITER = "limiter", _("Speed limiter of the stretch")
    CERTIFIED_CAPACITY = "certified_capacity", _("Certified capacity")
    DRIVING_TIME = "driving_time", _("Driving and rest times")
    TIMETABLE = "timetable", _("Timetable")
    LEDGER = "ledger", _("Child ledger")
    RULE_OF_SERVICE = "rule_of_service", _("Rule of the service")
    DEVICE = "device", _("Device")


class FindingSeverity(models.TextChoices):
    """How soon a person must look at a finding."""

    RECORD = Severity.RECORD, _("For the record")
    MEDIUM = Severity.MEDIUM, _("Medium")
    HIGH = Severity.HIGH, _("High")
    EMERGENCY = Severity.EMERGENCY, _("Emergency")


def rules() -> list[tuple[str, str | Promise]]:
    """All rules with their names: as a function, so that a further rule needs no migration."""
    return [(rule.value, rule.label) for rule in Rule]


def limit_sources() -> list[tuple[str, str | Promise]]:
    """All that sets a limit: as a function, so that a further one needs no migration."""
    return [(source.value, source.label) for source in LimitSource]


class Finding(models.Model):
    """One episode. A report that comes late can correct it, or withdraw it; it is never deleted.

    Attributes:
        device: whose reports alone show it; None where people did it, such as an override of the dispatch gate, or
            where it takes more to know, such as the trip or the driver.
        subject: what it is about where no device names it, as "trip:7", "driver:5" or "bus:3"; "device:9"
            where its reports show it but their time is not to be believed; else empty.
        peak: the worst of it, in `unit`; None where nothing is measured, as for `limit`.
    """

    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="findings")
    bus = models.ForeignKey(Bus, models.PROTECT, null=True, blank=True, related_name="findings")
    subject = models.CharField(_("subject"), max_length=64, blank=True)
    trip = models.ForeignKey(
        "trips.Trip", models.PROTECT, null=True, related_name="findings", verbose_name=_("trip")
    )
    driver = models.ForeignKey(
        "people.Driver", models.PROTECT, null=True, related_name="findings", verbose_name=_("driver")
    )
    rule = models.CharField(_("rule"), max_length=32, choices=rules)
    started_at = models.DateTimeField(_("start"))
    last_at = models.DateTimeField(_("last report of it"))
    ended_at = models.DateTimeField(_("end"), null=True, blank=True)
    peak = models.FloatField(_("peak"), null=True)
    limit = models.FloatField(_("limit"), null=True)
    unit = models.CharField(_("unit"), max_length=8, blank=True)
    limit_source = models.CharField(_("what sets the limit"), max_length=32, choices=limit_sources)
    article = models.CharField(_("article of law"), max_length=200)
    profile = models.CharField(_("regulation profile"), max_length=64)
    severity = models.CharField(
        _("severity"), max_length=12, choices=FindingSeverity, default=FindingSeverity.MEDIUM
    )
    points = models.PositiveSmallIntegerField(_("penalty points"), null=True)
    penalty = models.CharField(_("penalty"), max_length=200, blank=True)
    details = models.JSONField(_("details"), default=dict)
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
            models.UniqueConstraint(fields=["device", "rule", "started_at"], name="finding_once_per_start"),
            models.UniqueConstraint(
                fields=["subject", "rule", "started_at"],
                condition=~models.Q(subject=""),
                name="finding_once_per_subject_and_start",
            ),
        ]
        indexes = [
            models.Index(fields=["bus", "-started_at"], name="finding_of_bus"),
            models.Index(fields=["driver", "-started_at"], name="finding_of_driver"),
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()} · {self.started_at:%Y-%m-%d %H:%M:%S}"
