"""Trips, where they have come, and what was predicted of them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fleet.append_only import AppendOnly
from fleet.people.models import Attendant, Driver
from fleet.routes.models import Departure, RoutePattern, Stop
from fleet.trips.states import State
from fleet.vehicles.models import Bus


class TripState(models.TextChoices):
    """How far a trip has come."""

    PLANNED = State.PLANNED.value, _("Planned")
    DISPATCHED = State.DISPATCHED.value, _("Dispatched")
    RUNNING = State.RUNNING.value, _("Running")
    CLOSING = State.CLOSING.value, _("Closing")
    CLOSED = State.CLOSED.value, _("Closed")
    CANCELLED = State.CANCELLED.value, _("Cancelled")


OPEN_STATES = (TripState.PLANNED, TripState.DISPATCHED, TripState.RUNNING, TripState.CLOSING)


class Trip(models.Model):
    """One run of a pattern on a day.

    Attributes:
        planned_bus: whom the departure names; `bus` differs where a substitute runs.
        version: grows with each change, so that two people can't both make one.
    """

    pattern = models.ForeignKey(RoutePattern, models.PROTECT, related_name="trips", verbose_name=_("pattern"))
    departure = models.ForeignKey(
        Departure, models.PROTECT, null=True, related_name="trips", verbose_name=_("departure")
    )
    service_date = models.DateField(_("day"))
    starts_at = models.DateTimeField(_("planned departure"))
    ends_at = models.DateTimeField(_("planned end"))
    planned_bus = models.ForeignKey(
        Bus, models.PROTECT, null=True, related_name="+", verbose_name=_("planned bus")
    )
    bus = models.ForeignKey(Bus, models.PROTECT, null=True, related_name="trips", verbose_name=_("bus"))
    driver = models.ForeignKey(
        Driver, models.PROTECT, null=True, related_name="trips", verbose_name=_("driver")
    )
    attendant = models.ForeignKey(
        Attendant, models.PROTECT, null=True, related_name="trips", verbose_name=_("attendant")
    )
    state = models.CharField(_("state"), max_length=16, choices=TripState, default=TripState.PLANNED)
    gate_check = models.ForeignKey(
        "dispatch.GateCheck", models.PROTECT, null=True, related_name="trips", verbose_name=_("gate check")
    )
    started_at = models.DateTimeField(_("started"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    late_reason = models.CharField(_("reason for lateness"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("trip")
        verbose_name_plural = _("trips")
        ordering = ("starts_at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["departure", "service_date"], name="trip_once_per_departure")
        ]
        indexes = [
            models.Index(fields=["service_date", "starts_at"], name="trips_of_day"),
            models.Index(fields=["bus", "starts_at"], name="trips_of_bus"),
        ]

    def __str__(self) -> str:
        return f"{self.pattern} · {self.service_date}"

    @property
    def is_substituted(self) -> bool:
        """Whether another bus runs than was planned."""
        return self.bus_id != self.planned_bus_id


class TripEvent(AppendOnly):
    """Something that happened to a trip: who did it, when, why; the system did what nobody did."""

    trip = models.ForeignKey(Trip, models.PROTECT, related_name="events", verbose_name=_("trip"))
    at = models.DateTimeField(_("time"))
    kind = models.CharField(_("kind"), max_length=24)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("event of a trip")
        verbose_name_plural = _("events of trips")
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.trip} · {self.kind}"


class VisitState(models.TextChoices):
    """What is known of a bus at a stop."""

    AHEAD = "ahead", _("Ahead")
    ARRIVED = "arrived", _("Arrived")
    DEPARTED = "departed", _("Departed")
    SKIPPED = "skipped", _("Skipped")
    UNKNOWN = "unknown", _("Unknown")


class StopVisit(models.Model):
    """A trip's stop: when it was planned, what is known of it, how surely and by which reports."""

    trip = models.ForeignKey(Trip, models.CASCADE, related_name="visits", verbose_name=_("trip"))
    stop = models.ForeignKey(Stop, models.PROTECT, related_name="visits", verbose_name=_("stop"))
    order = models.PositiveSmallIntegerField(_("order"))
    distance_m = models.FloatField(_("distance along the line (m)"))
    planned_at = models.DateTimeField(_("planned arrival"))
    state = models.CharField(_("state"), max_length=16, choices=VisitState, default=VisitState.AHEAD)
    arrived_at = models.DateTimeField(_("arrived"), null=True)
    departed_at = models.DateTimeField(_("departed"), null=True)
    uncertainty_s = models.FloatField(_("uncertainty (s)"), null=True)
    confidence = models.FloatField(_("confidence"), null=True)
    evidence = models.JSONField(_("evidence"), default=dict)

    class Meta:
        verbose_name = _("visit to a stop")
        verbose_name_plural = _("visits to stops")
        ordering = ("trip", "order")
        constraints = [models.UniqueConstraint(fields=["trip", "order"], name="visit_once_per_order")]

    def __str__(self) -> str:
        return f"{self.trip} · {self.stop}"


class Tracking(models.Model):
    """What the matching remembers of a bus on a day: a cache of the log, which can be dropped and rebuilt.

    Attributes:
        trips: ids of the trips that it was matched against, in their order; others mean to begin anew.
        asked_at: the newest report for which the rules asked who was aboard; None before they did. Whoever counts
            late changes nothing after it.
    """

    bus = models.ForeignKey(Bus, models.CASCADE, related_name="+", verbose_name=_("bus"))
    service_date = models.DateField(_("day"))
    trips = models.JSONField(default=list)
    reported_at = models.DateTimeField(_("event time of the newest report"), null=True)
    digest = models.IntegerField(null=True)
    asked_at = models.DateTimeField(_("asked last who was aboard"), null=True)
    state = models.BinaryField(_("what the matching remembers"), default=bytes)
    rules = models.BinaryField(_("what the rules remember"), default=bytes)

    class Meta:
        verbose_name = _("tracking of a bus")
        verbose_name_plural = _("trackings of buses")
        constraints = [
            models.UniqueConstraint(fields=["bus", "service_date"], name="tracking_once_per_bus_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.bus} · {self.service_date}"


class Progress(models.Model):
    """Where a trip is, and when it is expected where: a cache of the log, which can be dropped and rebuilt.

    Attributes:
        predictions: for each stop ahead its `order`, and `median`, `low` and `high` in seconds since 1970.
    """

    trip = models.OneToOneField(Trip, models.CASCADE, primary_key=True, related_name="progress")
    reported_at = models.DateTimeField(_("event time of the newest report"), null=True)
    distance_m = models.FloatField(_("distance along the line (m)"), null=True)
    phase = models.CharField(_("phase"), max_length=16, blank=True)
    predictions = models.JSONField(_("predicted arrivals"), default=list)
    predicted_at = models.DateTimeField(_("predicted"), null=True)

    class Meta:
        verbose_name = _("progress of a trip")
        verbose_name_plural = _("progress of trips")

    def __str__(self) -> str:
        return f"{self.trip}"


class PredictionSample(models.Model):
    """What was predicted for a stop at a moment, kept to be held against what came."""

    trip = models.ForeignKey(Trip, models.CASCADE, related_name="prediction_samples")
    order = models.PositiveSmallIntegerField(_("order"))
    predicted_at = models.DateTimeField(_("predicted"))
    median_at = models.DateTimeField(_("median"))
    low_at = models.DateTimeField(_("from"))
    high_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("sample of a prediction")
        verbose_name_plural = _("samples of predictions")
        constraints = [
            models.UniqueConstraint(fields=["trip", "order", "predicted_at"], name="sample_once_per_moment")
        ]

    def __str__(self) -> str:
        return f"{self.trip} · {self.order}"
