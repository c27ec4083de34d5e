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


class PostedKind(models.TextChoices):
    """How a limit is posted."""

    NUMBER = "number", _("By a number")
    NONE = "none", _("No limit")
    WALK = "walk", _("Walking pace")
    SIGNALS = "signals", _("By signals")
    VARIABLE = "variable", _("Variable")
    ZONE = "zone", _("By a zone")


class Road(Named):
    """A stretch of road between two junctions, or several.

    Attributes:
        way_id: its number in OpenStreetMap; None where it does not come from there.
        source: the import that it came with; empty where it came otherwise.
        posted: how its limit is posted; empty where none is known.
        forward_kmh: the posted limit along its line.
        backward_kmh: and against it.
        oneway: 1 along its line only, -1 against it only, 0 both ways.
        lanes: of both directions together.
        centre_line: whether a line parts the directions.
        urban: whether it lies in a built-up area.
    """

    road_class = models.CharField(_("class"), max_length=16, choices=RoadClass)
    tunnel = models.BooleanField(_("tunnel"), default=False)
    bridge = models.BooleanField(_("bridge"), default=False)
    line = models.LineStringField(_("line"))
    way_id = models.BigIntegerField(_("number in OpenStreetMap"), null=True, blank=True, unique=True)
    source = models.CharField(_("source"), max_length=100, blank=True, db_index=True)
    highway = models.CharField(_("kind of highway"), max_length=24, blank=True)
    posted = models.CharField(_("posted limit"), max_length=16, choices=PostedKind, blank=True)
    forward_kmh = models.FloatField(_("limit along the line (km/h)"), null=True, blank=True)
    backward_kmh = models.FloatField(_("limit against the line (km/h)"), null=True, blank=True)
    oneway = models.SmallIntegerField(_("one way"), default=0)
    lanes = models.PositiveSmallIntegerField(_("lanes"), null=True, blank=True)
    centre_line = models.BooleanField(_("line between the directions"), null=True, blank=True)
    urban = models.BooleanField(_("built-up area"), null=True, blank=True)

    class Meta:
        app_label = "routes"
        verbose_name = _("road")
        verbose_name_plural = _("roads")


class RoadImport(models.Model):
    """A time at which the roads of an area were read from an extract; a new one makes rules look roads up anew."""

    source = models.CharField(_("source"), max_length=100)
    file_name = models.CharField(_("file"), max_length=255)
    imported_at = models.DateTimeField(_("imported"), auto_now_add=True)
    counts = models.JSONField(_("counts"), default=dict)

    class Meta:
        app_label = "routes"
        verbose_name = _("import of roads")
        verbose_name_plural = _("imports of roads")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.source} · {self.imported_at:%Y-%m-%d %H:%M}"


class Area(Named):
    """Water, a park, a hill, a built-up area: what the map shows where no tiles are configured."""

    kind = models.CharField(_("kind"), max_length=16)
    outline = models.PolygonField(_("outline"))

    class Meta:
        app_label = "routes"
        verbose_name = _("area")
        verbose_name_plural = _("areas")
