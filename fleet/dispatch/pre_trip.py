"""The check of a bus before it drives off: what the driver looks at, and what the attendant sees of the driver."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fleet.append_only import AppendOnly

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ITEMS = ("brakes", "steering", "lights", "tyres", "safety_door", "seats", "belts")
"""What is checked (校车安全管理条例 Art 41)."""


class ItemState(models.TextChoices):
    """How something that is checked was found."""

    OK = "ok", _("In order")
    DEFECT = "defect", _("Defect")
    NOT_CHECKED = "not_checked", _("Not checked")


def item(name: "StrOrPromise") -> "models.CharField[str, str]":
    """A thing that is checked."""
    return models.CharField(name, max_length=12, choices=ItemState, default=ItemState.NOT_CHECKED)


class PreTripCheck(AppendOnly):
    """One look at a bus before a trip (Art 41), and at its driver (Art 39); it holds for the local day.

    Attributes:
        card_displayed: the plate card is in its place; None where nobody looked, as for the following.
        sober: the driver is, as somebody else than the driver sees.
        fit: the driver is neither ill nor unfit, as somebody else sees.
        odometer_km: where it was read.
    """

    bus = models.ForeignKey(
        "vehicles.Bus", models.PROTECT, related_name="pre_trip_checks", verbose_name=_("bus")
    )
    driver = models.ForeignKey(
        "people.Driver", models.PROTECT, related_name="pre_trip_checks", verbose_name=_("driver")
    )
    attendant = models.ForeignKey(
        "people.Attendant",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pre_trip_checks",
        verbose_name=_("attendant"),
    )
    checked_at = models.DateTimeField(_("checked"))
    brakes = item(_("brakes"))
    steering = item(_("steering"))
    lights = item(_("exterior lights"))
    tyres = item(_("tyres"))
    safety_door = item(_("safety door"))
    seats = item(_("seats"))
    belts = item(_("seat belts"))
    card_displayed = models.BooleanField(_("plate card in its place"), null=True, blank=True)
    sober = models.BooleanField(_("driver sober"), null=True, blank=True)
    fit = models.BooleanField(_("driver well"), null=True, blank=True)
    odometer_km = models.PositiveIntegerField(_("odometer, km"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="pre_trip_checks", verbose_name=_("checked by")
    )

    class Meta:
        verbose_name = _("check before the trip")
        verbose_name_plural = _("checks before the trip")
        ordering = ("-checked_at", "-pk")
        indexes = [models.Index(fields=["bus", "-checked_at"], name="pre_trip_check_of_bus")]

    def __str__(self) -> str:
        return f"{self.bus} · {timezone.localtime(self.checked_at):%Y-%m-%d %H:%M}"

    @classmethod
    def label(cls, name: str) -> str:
        """What an item is called."""
        return next(str(field.verbose_name) for field in cls._meta.fields if field.name == name)

    @property
    def defects(self) -> list[str]:
        """Names of what was not in order."""
        return [name for name in ITEMS if getattr(self, name) == ItemState.DEFECT]
