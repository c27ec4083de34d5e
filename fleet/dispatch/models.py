"""What the dispatch gate was asked and answered, and overrides of it; rows are added, never changed."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fleet.append_only import AppendOnly
from fleet.dispatch.gate import OVERRIDABLE, RouteException
from fleet.dispatch.pre_trip import ItemState, PreTripCheck

__all__ = [
    "ExceptionReason",
    "GateCheck",
    "GateOverride",
    "ItemState",
    "OverrideConfirmation",
    "PreTripCheck",
]


class GateCheck(AppendOnly):
    """One question to the gate, with all that was known then and the numbers it was held against."""

    bus = models.ForeignKey("vehicles.Bus", models.PROTECT, related_name="gate_checks", verbose_name=_("bus"))
    driver = models.ForeignKey(
        "people.Driver", models.PROTECT, null=True, related_name="gate_checks", verbose_name=_("driver")
    )
    attendant = models.ForeignKey(
        "people.Attendant", models.PROTECT, null=True, related_name="gate_checks", verbose_name=_("attendant")
    )
    route = models.ForeignKey(
        "routes.Route", models.PROTECT, null=True, related_name="gate_checks", verbose_name=_("route")
    )
    starts_at = models.DateTimeField(_("departure"))
    allowed = models.BooleanField(_("allowed"))
    facts = models.JSONField(_("facts"))
    refusals = models.JSONField(_("refusals"))
    numbers = models.JSONField(_("numbers of the regulation"))
    profile = models.CharField(_("regulation profile"), max_length=64)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="gate_checks", verbose_name=_("checked by")
    )
    checked_at = models.DateTimeField(_("checked"), auto_now_add=True)

    class Meta:
        verbose_name = _("gate check")
        verbose_name_plural = _("gate checks")
        ordering = ("-checked_at", "-pk")
        indexes = [
            models.Index(fields=["bus", "-checked_at"], name="gate_check_of_bus"),
            models.Index(fields=["starts_at"], name="gate_checks_of_day"),
        ]

    def __str__(self) -> str:
        return f"{self.bus} · {timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"

    @property
    def is_overridable(self) -> bool:
        """Whether nothing but what Art 30 excepts stood against the trip."""
        return bool(self.refusals) and all(
            refusal["code"] in OVERRIDABLE and not refusal["unknown"] for refusal in self.refusals
        )


class ExceptionReason(models.TextChoices):
    """What allows a bus off its approved route (校车安全管理条例 Art 30)."""

    TRAFFIC_CONTROL = RouteException.TRAFFIC_CONTROL.value, _("Traffic control")
    WORKS = RouteException.WORKS.value, _("Road works")
    DISASTER = RouteException.DISASTER.value, _("Natural disaster")
    SEVERE_WEATHER = RouteException.SEVERE_WEATHER.value, _("Severe weather")
    ACCIDENT = RouteException.ACCIDENT.value, _("Grave traffic accident")


class GateOverride(AppendOnly):
    """A request to let a trip off its approved route; it counts once another person has confirmed it."""

    check_made = models.OneToOneField(
        GateCheck, models.PROTECT, related_name="override", verbose_name=_("gate check")
    )
    exception = models.CharField(_("exception"), max_length=16, choices=ExceptionReason)
    reason = models.TextField(_("reason"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="overrides", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested"), auto_now_add=True)

    class Meta:
        verbose_name = _("override of the gate")
        verbose_name_plural = _("overrides of the gate")
        ordering = ("-requested_at", "-pk")

    def __str__(self) -> str:
        return f"{self.check_made} · {ExceptionReason(self.exception).label}"


class OverrideConfirmation(AppendOnly):
    """The second person's word for an override."""

    override = models.OneToOneField(
        GateOverride, models.PROTECT, related_name="confirmation", verbose_name=_("override")
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="overrides_confirmed",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed"), auto_now_add=True)

    class Meta:
        verbose_name = _("confirmation of an override")
        verbose_name_plural = _("confirmations of overrides")

    def __str__(self) -> str:
        return f"{self.override} · {self.confirmed_by}"
