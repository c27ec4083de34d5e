"""Roads, routes, stops and the land around them: what is known of where buses run."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from fleet.naming import Named
from fleet.organisations.models import Organisation


class RoadClass(models.TextChoices):
    """How a road is built, which decides its default speed limit."""

    EXPRESSWAY = "expressway", _("Expressway")
    ARTERIAL = "arterial", _("Arterial road")
    COLLECTOR = "collector", _("Collector road")
    LOCAL = "local", _("Local road")


class Road(Named):
    """A stretch of road between two junctions, or several."""

    road_class = models.CharField(_("class"), max_length=16, choices=RoadClass)
    tunnel = models.BooleanField(_("tunnel"), default=False)
    line = models.LineStringField(_("line"))

    class Meta:
        verbose_name = _("road")
        verbose_name_plural = _("roads")


class Area(Named):
    """Water, a park, a hill, a built-up area: what the map shows where no tiles are configured."""

    kind = models.CharField(_("kind"), max_length=16)
    outline = models.PolygonField(_("outline"))

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")


class Stop(Named):
    """A place where a school bus may stop."""

    place = models.PointField(_("place"))
    approach_deg = models.FloatField(_("approach heading (degrees)"), null=True, blank=True)

    class Meta:
        verbose_name = _("stop")
        verbose_name_plural = _("stops")


class Route(Named):
    """An ordered run of stops to or from a school."""

    school = models.ForeignKey(Organisation, models.PROTECT, related_name="routes", verbose_name=_("school"))
    line = models.LineStringField(_("line"))
    stops = models.ManyToManyField(Stop, through="RouteStop", related_name="routes")

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")


class RouteStop(models.Model):
    """A stop's place in a route's order."""

    route = models.ForeignKey(Route, models.CASCADE)
    stop = models.ForeignKey(Stop, models.PROTECT)
    order = models.PositiveSmallIntegerField(_("order"))

    class Meta:
        verbose_name = _("stop of a route")
        verbose_name_plural = _("stops of routes")
        ordering = ("order",)
        constraints = [models.UniqueConstraint(fields=["route", "order"], name="route_order_once")]

    def __str__(self) -> str:
        return f"{self.route} {self.order}: {self.stop}"
