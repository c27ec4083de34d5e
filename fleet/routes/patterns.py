"""Routes: their patterns by direction and weekday, with stops, departures, dangerous stretches and limiters."""

from django.contrib.gis.db import models
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.naming import Named
from fleet.organisations.models import Organisation
from fleet.records import Record, refuse_wrong_order
from fleet.routes.stops import HazardKind, Stop

EVERY_WEEKDAY = 0b0011111
"""Monday to Friday: bit 0 is Monday."""
LAST_WEEKDAYS = 0b1111111
SLOWEST_KMH, FASTEST_KMH = 5, 80
"""What a limiter can be set to: a receiver hardly tells less from standing, and the law allows no more anywhere."""


class Direction(models.TextChoices):
    """Which way the children go."""

    TO_SCHOOL = "to_school", _("To school")
    TO_HOME = "to_home", _("Home")


class Route(Record, Named):
    """A line of a school, by which plate cards and permits name it; how it runs is in its patterns."""

    school = models.ForeignKey(Organisation, models.PROTECT, related_name="routes", verbose_name=_("school"))

    class Meta:
        app_label = "routes"
        verbose_name = _("route")
        verbose_name_plural = _("routes")
        ordering = ("name", "pk")


class RoutePattern(Record):
    """The way of a route in one direction, on some weekdays, for some time: a version of it.

    Another way is another pattern: what ran is judged by the pattern of its day.
    """

    route = models.ForeignKey(Route, models.PROTECT, related_name="patterns", verbose_name=_("route"))
    direction = models.CharField(_("direction"), max_length=16, choices=Direction)
    weekdays = models.PositiveSmallIntegerField(
        _("weekdays"),
        default=EVERY_WEEKDAY,
        validators=[MinValueValidator(1), MaxValueValidator(LAST_WEEKDAYS)],
    )
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    line = models.LineStringField(_("line"))
    length_m = models.FloatField(_("length (m)"))

    class Meta:
        app_label = "routes"
        verbose_name = _("route pattern")
        verbose_name_plural = _("route patterns")
        ordering = ("route", "direction", "valid_from")

    def __str__(self) -> str:
        return f"{self.route} · {self.get_direction_display()}"

    def clean(self) -> None:
        """No two patterns of a route hold for the same direction on the same day."""
        refuse_wrong_order(self.valid_from, self.valid_until)
        others = RoutePattern.objects.current().filter(route=self.route_id, direction=self.direction)
        if self.valid_until:
            others = others.filter(valid_from__lte=self.valid_until)
        others = others.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=self.valid_from))
        if any(one.weekdays & self.weekdays for one in others.exclude(pk=self.pk)):
            raise ValidationError(
                {"valid_from": _("Another pattern of this direction holds on some of these days.")}
            )


class PatternStop(models.Model):
    """A stop's place in a pattern.

    Attributes:
        distance_m: along the pattern's line.
        offset_s: planned arrival, after the departure from the first stop.
        dwell_s: planned standing time.
    """

    pattern = models.ForeignKey(RoutePattern, models.CASCADE, related_name="pattern_stops")
    stop = models.ForeignKey(Stop, models.PROTECT, related_name="pattern_stops", verbose_name=_("stop"))
    order = models.PositiveSmallIntegerField(_("order"))
    distance_m = models.FloatField(_("distance along the line (m)"))
    offset_s = models.PositiveIntegerField(_("planned after departure (s)"))
    dwell_s = models.PositiveSmallIntegerField(_("planned standing time (s)"), default=20)

    class Meta:
        app_label = "routes"
        verbose_name = _("stop of a pattern")
        verbose_name_plural = _("stops of patterns")
        ordering = ("pattern", "order")
        constraints = [models.UniqueConstraint(fields=["pattern", "order"], name="pattern_order_once")]

    def __str__(self) -> str:
        return f"{self.pattern} {self.order}: {self.stop}"


class Departure(Record):
    """A time at which a pattern is run, by which bus; two of one bus are a double run."""

    pattern = models.ForeignKey(
        RoutePattern, models.PROTECT, related_name="departures", verbose_name=_("pattern")
    )
    at = models.TimeField(_("departure"))
    bus = models.ForeignKey(
        "vehicles.Bus",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="departures",
        verbose_name=_("bus"),
    )

    class Meta:
        app_label = "routes"
        verbose_name = _("departure")
        verbose_name_plural = _("departures")
        ordering = ("pattern", "at")
        constraints = [
            models.UniqueConstraint(
                fields=["pattern", "at", "bus"],
                condition=Q(archived_at__isnull=True),
                name="departure_once_per_bus",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pattern} · {self.at:%H:%M}"


class Stretch(Record):
    """A part of a pattern's line, in metres along it."""

    begins_m = models.FloatField(_("begins (m)"))
    ends_m = models.FloatField(_("ends (m)"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    pattern: RoutePattern

    class Meta:
        abstract = True
        ordering = ("pattern", "begins_m")

    def clean(self) -> None:
        """A stretch lies on its line, and ends after it begins."""
        if not 0 <= self.begins_m < self.ends_m <= self.pattern.length_m:
            raise ValidationError({"ends_m": _("A stretch ends after it begins, and lies on the line.")})


class HazardousStretch(Stretch):
    """A dangerous part of a pattern's line, where 20 km/h hold (Art 28, 35)."""

    pattern = models.ForeignKey(
        RoutePattern, models.PROTECT, related_name="hazardous_stretches", verbose_name=_("pattern")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=HazardKind)
    protected = models.BooleanField(_("barriers and signs are there"), default=False)

    class Meta(Stretch.Meta):
        app_label = "routes"
        verbose_name = _("hazardous stretch")
        verbose_name_plural = _("hazardous stretches")

    def __str__(self) -> str:
        return f"{self.pattern} · {self.get_kind_display()}"


class LimiterStretch(Stretch):
    """A part of a pattern's line on which school and operator have buses go slower than the law asks for (Art 10).

    Attributes:
        since: it holds from when it was recorded, until it is archived.
    """

    pattern = models.ForeignKey(
        RoutePattern, models.PROTECT, related_name="limiter_stretches", verbose_name=_("pattern")
    )
    limit_kmh = models.PositiveSmallIntegerField(
        _("speed limiter (km/h)"), validators=[MinValueValidator(SLOWEST_KMH), MaxValueValidator(FASTEST_KMH)]
    )
    since = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta(Stretch.Meta):
        app_label = "routes"
        verbose_name = _("stretch with a speed limiter")
        verbose_name_plural = _("stretches with a speed limiter")

    def __str__(self) -> str:
        return f"{self.pattern} · {self.limit_kmh} km/h"
