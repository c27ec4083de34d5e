"""Regulation profiles: the law's numbers, by jurisdiction and in versions, each with the days it is in force."""

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from fleet.naming import Named


class Status(models.TextChoices):
    """How far a version has come."""

    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Bound(models.TextChoices):
    """How a number holds; the number itself is inside, as 以上 and 以下 mean, but with the last two."""

    AT_MOST = "at_most", _("at most")
    AT_LEAST = "at_least", _("at least")
    EXACTLY = "exactly", _("exactly")
    OVER = "over", _("over")
    UNDER = "under", _("under")


class Certainty(models.TextChoices):
    """How sure a number is."""

    TEXT = "text", _("Read in the law")
    SECONDARY = "secondary", _("Read in a secondary source, to be confirmed")
    COMMON = "common", _("Common knowledge, to be confirmed")


class RegulationProfile(Named):
    """One version of a jurisdiction's numbers. Once approved it stays as it is; a later version takes over."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    jurisdiction = models.CharField(
        _("jurisdiction"),
        max_length=10,
        validators=[
            RegexValidator(
                r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$",
                _("Give a code as in ISO 3166, such as CN or, for a province, CN-JS."),
            )
        ],
    )
    version = models.PositiveSmallIntegerField(_("version"))
    valid_from = models.DateField(_("in force from"))
    valid_until = models.DateField(_("in force until"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    enabled = models.BooleanField(_("switched on"), default=True)
    reason = models.TextField(_("reason"), blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="profiles_proposed",
        verbose_name=_("proposed by"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="profiles_approved",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    history = HistoricalRecords(history_change_reason_field=models.TextField(null=True))

    class Meta:
        verbose_name = _("regulation profile")
        verbose_name_plural = _("regulation profiles")
        ordering = ("jurisdiction", "-version")
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "version"], name="profile_version_once_per_jurisdiction"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="profile_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="profile_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{super().__str__()} · {self.version}"

    @property
    def parent(self) -> str | None:
        """The jurisdiction whose numbers hold where this one has none of its own: CN for CN-JS."""
        return parent_of(self.jurisdiction)


def parent_of(jurisdiction: str) -> str | None:
    """The jurisdiction above, by ISO 3166-2: the country of a province."""
    return jurisdiction.rpartition("-")[0] or None


class RegulationNumber(models.Model):
    """One number of a profile, with the law that it comes from."""

    profile = models.ForeignKey(RegulationProfile, models.CASCADE, related_name="numbers")
    key = models.CharField(
        _("key"),
        max_length=60,
        validators=[RegexValidator(r"^[a-z_]+(\.[a-z0-9_]+)+$", _("Give a key such as driver.age_max."))],
    )
    value = models.FloatField(_("value"))
    unit = models.CharField(_("unit"), max_length=30)
    bound = models.CharField(_("bound"), max_length=10, choices=Bound)
    article = models.CharField(_("article"), max_length=120, blank=True)
    source = models.CharField(_("source"), max_length=120, blank=True)
    certainty = models.CharField(_("certainty"), max_length=10, choices=Certainty)
    note = models.CharField(_("note"), max_length=200, blank=True)
    history = HistoricalRecords(history_change_reason_field=models.TextField(null=True))

    class Meta:
        verbose_name = _("number of a regulation")
        verbose_name_plural = _("numbers of regulations")
        ordering = ("key",)
        constraints = [models.UniqueConstraint(fields=["profile", "key"], name="number_once_per_profile")]

    def __str__(self) -> str:
        return f"{self.key} = {self.value:g} {self.unit}"

    @property
    def to_be_confirmed(self) -> bool:
        """Whether nobody has read it in the law itself."""
        return self.certainty != Certainty.TEXT

    def content(self) -> dict[str, Any]:
        """What it says, by field, without its place in the database."""
        return {name: getattr(self, name) for name in NUMBER_FIELDS}


NUMBER_FIELDS = ("key", "value", "unit", "bound", "article", "source", "certainty", "note")
