"""Access tokens: named, limited in scope and time, kept as a digest only."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """What a token may be used for; never more than its person may do."""

    REGISTRY_READ = "registry:read", _("Read organisations, buses, routes, regulations and what lapses")
    REGISTRY_WRITE = "registry:write", _("Change organisations, buses and regulations")
    ROUTES_WRITE = "routes:write", _("Change routes, stops and school calendars")
    CREW_READ = "crew:read", _("Read the records of drivers and attendants")
    CREW_WRITE = "crew:write", _("Change the records of drivers and attendants")
    PEOPLE_READ = "people:read", _("Read accounts and memberships")
    PEOPLE_WRITE = "people:write", _("Change accounts and memberships")
    PERMITS_READ = "permits:read", _("Read permits, applications and plate cards")
    PERMITS_WRITE = "permits:write", _("Apply, decide, and issue plate cards")
    TRIPS_READ = "trips:read", _("Read trips, their stops and predictions")
    TRIPS_WRITE = "trips:write", _("Add trips, let them go, substitute, cancel")
    PUPILS_READ = "pupils:read", _("Read pupils, their stops, absences and guardians")
    PUPILS_WRITE = "pupils:write", _("Change pupils, give them stops, report absences")
    GATE_READ = "gate:read", _("Read the dispatch gate's checks")
    GATE_WRITE = "gate:write", _("Ask the dispatch gate, and override it")
    POSITIONS_READ = "positions:read", _("Read devices, last positions and findings")
    LEDGER_READ = "ledger:read", _("Read who is aboard, by name")
    LEDGER_WRITE = "ledger:write", _("Record boardings, counts and walks through the bus")
    OCCUPANCY_WRITE = "occupancy:write", _("Report how many people a machine aboard counts")
    ALARMS_READ = "alarms:read", _("Read alarms with their evidence")
    ALARMS_WRITE = "alarms:write", _("Acknowledge, assign and resolve alarms")
    DUTY_READ = "duty:read", _("Read drivers' driving and rest times")
    DUTY_WRITE = "duty:write", _("State what drivers did where no bus tells")
    SIGN_INS_WRITE = "sign-ins:write", _("Sign drivers in on buses and out again")
    AUDIT_READ = "audit:read", _("Read the access log")
    FEEDS_READ = "feeds:read", _("Read the feeds of a contract")


class AccessToken(models.Model):
    """Lets a program act for a person. The token itself is shown once and not kept."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="access_tokens", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=80)
    scopes = models.JSONField(_("what it may be used for"))
    digest = models.CharField(max_length=64, unique=True)
    ending = models.CharField(_("ends in"), max_length=4)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        ordering = ("-created_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="token_revoked_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="token_expires_after_it_is_made"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (…{self.ending})"

    def is_valid_at(self, time: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and time < self.expires_at

    @property
    def scopes_in_words(self) -> list[str]:
        """What it may be used for, for people."""
        return [str(scope.label) for scope in Scope if scope in self.scopes]
