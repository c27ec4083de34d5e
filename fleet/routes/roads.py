"""Roads and the land around them: what the map draws without tiles, and what rules look up."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from fleet.naming import Named


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
        app_label = "routes"
        verbose_name = _("road")
        verbose_name_plural = _("roads")


class Area(Named):
    """Water, a park, a hill, a built-up area: what the map shows where no tiles are configured."""

    kind = models.CharField(_("kind"), max_length=16)
    outline = models.PolygonField(_("outline"))

    class Meta:
        app_label = "routes"
        verbose_name = _("area")
        verbose_name_plural = _("areas")
