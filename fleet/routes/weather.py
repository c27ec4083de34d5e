"""Low visibility and slippery roads: where and when they are declared, 20 km/h hold with pupils aboard (Art 35)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from fleet.organisations.models import Organisation
from fleet.records import Record


class Weather(models.TextChoices):
    """What the law names."""

    FOG = "fog", _("Fog")
    RAIN = "rain", _("Heavy rain")
    SNOW = "snow", _("Snow")
    SAND = "sand", _("Sand or dust")
    HAIL = "hail", _("Hail")
    ICE = "ice", _("Ice or snow on the road")
    MUD = "mud", _("Mud on the road")


class LowVisibility(Record):
    """A switch for the area of an organisation and all below it, from a time on until another.

    It never begins in the past: nobody is held to what could not be known. So what was in force at a time does not
    change afterwards, and a report that comes late is judged as one that came at once.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="low_visibility", verbose_name=_("area of")
    )
    weather = models.CharField(_("weather"), max_length=16, choices=Weather)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        app_label = "routes"
        verbose_name = _("low visibility")
        verbose_name_plural = _("times of low visibility")
        ordering = ("-since", "-pk")
        indexes = [models.Index(fields=["since"], name="low_visibility_since")]

    def __str__(self) -> str:
        return f"{self.get_weather_display()} · {self.organisation}"
